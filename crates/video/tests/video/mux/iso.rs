//! mp4 and mov.

/// A track of pictures.
#[derive(Clone)]
pub(crate) struct Trak {
    pub(crate) size: [u16; 2],
    /// a, b, c, d.
    pub(crate) matrix: [f64; 4],
    /// Ticks a second.
    pub(crate) clock: u32,
    /// The JPEG of each picture, and how many ticks it lasts.
    pub(crate) pictures: Vec<(Vec<u8>, u32)>,
}

impl Trak {
    /// Pictures of one size, each as long, upright.
    pub(crate) fn new(size: [i32; 2], frame_rate: u32, pictures: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let pictures = pictures.into_iter().map(|picture| (picture, 100)).collect();
        let size = size.map(|side| u16::try_from(side).unwrap());
        Self { size, matrix: [1.0, 0.0, 0.0, 1.0], clock: frame_rate * 100, pictures }
    }

    fn bytes(&self, number: u32, mut offset: u32) -> Vec<u8> {
        let [width, height] = self.size;
        let ticks: u32 = self.pictures.iter().map(|(_, ticks)| ticks).sum();
        let big = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>();
        let full = |kind, numbers: &[u32]| part(kind, &[&[0; 4], big(numbers).as_slice()]);
        let mut head = big(&[3, 0, 0, number, 0, ticks, 0, 0, 0, 0]);
        head.extend(matrix(self.matrix));
        head.extend(big(&[u32::from(width) << 16, u32::from(height) << 16]));
        // A picture is described by 70 bytes behind the eight that every sample has.
        let mut entry = [0; 78];
        entry[7] = 1;
        entry[24..26].copy_from_slice(&width.to_be_bytes());
        entry[26..28].copy_from_slice(&height.to_be_bytes());
        entry[28..36].copy_from_slice(&big(&[72 << 16, 72 << 16]));
        entry[41] = 1;
        entry[75] = 24;
        entry[76..].fill(0xff);
        let count = self.pictures.len() as u32;
        let (mut times, mut sizes, mut offsets) = (vec![count], vec![0, count], vec![count]);
        for (picture, ticks) in &self.pictures {
            times.extend([1, *ticks]);
            sizes.push(picture.len() as u32);
            offsets.push(offset);
            offset += picture.len() as u32;
        }
        let table = part(
            *b"stbl",
            &[
                &part(*b"stsd", &[&[0; 4], &big(&[1]), &part(*b"jpeg", &[&entry])]),
                &full(*b"stts", &times),
                &full(*b"stsc", &[1, 1, 1, 1]),
                &full(*b"stsz", &sizes),
                &full(*b"stco", &offsets),
            ],
        );
        let here =
            part(*b"dinf", &[&part(*b"dref", &[&[0; 4], &big(&[1]), &part(*b"url ", &[&[0, 0, 0, 1]])])]);
        let media = part(*b"minf", &[&part(*b"vmhd", &[&[0, 0, 0, 1], &[0; 8]]), &here, &table]);
        let handler = part(*b"hdlr", &[&[0; 8], b"vide", &[0; 13]]);
        let clock = full(*b"mdhd", &[0, 0, self.clock, ticks, 0x55c4_0000]);
        part(*b"trak", &[&part(*b"tkhd", &[&head]), &part(*b"mdia", &[&clock, &handler, &media])])
    }
}

/// A file of tracks.
#[derive(Clone, Default)]
pub(crate) struct Iso {
    pub(crate) traks: Vec<Trak>,
    /// Of the whole film.
    pub(crate) matrix: Option<[f64; 4]>,
    /// What stands in the index before the tracks.
    pub(crate) before: Vec<u8>,
}

impl Iso {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let pictures =
            self.traks.iter().flat_map(|trak| &trak.pictures).map(|(picture, _)| picture.as_slice());
        let mut file = part(*b"ftyp", &[b"isom\0\0\0\0isommp41"]);
        let mut offset = file.len() as u32 + 8;
        file.extend(part(*b"mdat", &pictures.collect::<Vec<_>>()));
        let mut head: Vec<u8> = [0, 0, 0, 1000, 0, 0x0001_0000, 0x0100_0000, 0, 0]
            .iter()
            .flat_map(|n: &u32| n.to_be_bytes())
            .collect();
        head.extend(matrix(self.matrix.unwrap_or([1.0, 0.0, 0.0, 1.0])));
        head.extend([0; 24]);
        head.extend((self.traks.len() as u32 + 1).to_be_bytes());
        let mut index = [part(*b"mvhd", &[&head]), self.before.clone()].concat();
        for (number, trak) in self.traks.iter().enumerate() {
            index.extend(trak.bytes(number as u32 + 1, offset));
            offset += trak.pictures.iter().map(|(picture, _)| picture.len() as u32).sum::<u32>();
        }
        file.extend(part(*b"moov", &[&index]));
        file
    }
}

/// A box.
pub(crate) fn part(kind: [u8; 4], body: &[&[u8]]) -> Vec<u8> {
    let body = body.concat();
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), &body].concat()
}

fn matrix([a, b, c, d]: [f64; 4]) -> Vec<u8> {
    let cell = |value: f64| ((value * 65_536.0) as i32).to_be_bytes();
    [a, b, 0.0, c, d, 0.0, 0.0, 0.0, 16_384.0].into_iter().flat_map(cell).collect()
}

//! Matroska.

/// Tracks of JPEG pictures, with their blocks in the order in which they are written.
#[derive(Clone, Default)]
pub(crate) struct Matroska {
    /// Size in pixels, and what else is to stand in the description of the video.
    pub(crate) tracks: Vec<([i32; 2], Vec<u8>)>,
    /// Track from 1, milliseconds, picture.
    pub(crate) blocks: Vec<(u8, u32, Vec<u8>)>,
    /// What stands behind everything.
    pub(crate) tags: Vec<u8>,
    /// Nanoseconds from one frame to the next, as far as the tracks say so.
    pub(crate) duration: Option<u32>,
}

impl Matroska {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = element(0x4282, b"matroska");
        head.extend([element(0x4287, &[4]), element(0x4285, &[2])].concat());
        let mut tracks = Vec::new();
        for (number, ([width, height], video)) in self.tracks.iter().enumerate() {
            let number = number as u8 + 1;
            let mut track =
                [element(0xd7, &[number]), element(0x73c5, &[number]), element(0x83, &[1])].concat();
            track.extend(element(0x86, b"V_MJPEG"));
            track.extend(self.duration.map_or(Vec::new(), |n| element(0x23_e383, &n.to_be_bytes())));
            let size = [element(0xb0, &width.to_be_bytes()), element(0xba, &height.to_be_bytes())].concat();
            track.extend(element(0xe0, &[size.as_slice(), video].concat()));
            tracks.extend(element(0xae, &track));
        }
        let mut segment = element(0x1549_a966, &element(0x2a_d7b1, &1_000_000_u32.to_be_bytes()));
        segment.extend(element(0x1654_ae6b, &tracks));
        // As programs do, as many blocks of one cluster as its clock can tell apart.
        let follows = |a: &(u8, u32, Vec<u8>), b: &(u8, u32, Vec<u8>)| (a.1..a.1 + 2000).contains(&b.1);
        for blocks in self.blocks.chunk_by(follows) {
            let start = blocks[0].1;
            let mut cluster = element(0xe7, &start.to_be_bytes());
            for (track, time, picture) in blocks {
                let [high, low] = i16::try_from(time - start).unwrap().to_be_bytes();
                let block = [&[0x80 | track, high, low, 0x80], picture.as_slice()].concat();
                cluster.extend(element(0xa3, &block));
            }
            segment.extend(element(0x1f43_b675, &cluster));
        }
        segment.extend(&self.tags);
        [element(0x1a45_dfa3, &head), element(0x1853_8067, &segment)].concat()
    }
}

/// An element, its size in eight bytes.
pub(crate) fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let id = &id[id.iter().take_while(|&&byte| byte == 0).count()..];
    let size = (body.len() as u64 | 1 << 56).to_be_bytes();
    [id, &size, body].concat()
}

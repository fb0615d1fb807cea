//! Reading a recording.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::block::{Found, Kind, read};
use super::frames::unpack;
use super::{EXPECTED, MAGIC, RecordingHead};
use crate::{DetectionFrame, Error};

/// Frames of a recording, in its order; a block of them is in memory at a time.
#[derive(Debug)]
pub struct RecordingReader {
    path: PathBuf,
    file: BufReader<File>,
    head: RecordingHead,
    waiting: VecDeque<DetectionFrame>,
    blocks: u64,
    frames: u64,
    is_whole: Option<bool>,
}

impl RecordingReader {
    /// Opens a recording.
    ///
    /// # Errors
    /// When the file cannot be read, or is no recording of a version that this program knows.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |source| Error::read(path, source);
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?);
        let mut magic = [0; MAGIC.len()];
        let problem = match file.read_exact(&mut magic) {
            Ok(()) if magic == MAGIC => None,
            Ok(()) if magic[..7] == MAGIC[..7] => {
                Some(format!("it has version {}, and this program knows version {}", magic[7], MAGIC[7]))
            }
            Ok(()) => Some("it is no recording".to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Some("it is too short for a recording".to_owned())
            }
            Err(error) => return Err(failed(error)),
        };
        if let Some(problem) = problem {
            return Err(Error::Recording { path: path.to_owned(), problem, expected: EXPECTED });
        }
        let head = match read(&mut file).map_err(failed)? {
            Found::Block(Kind::Head, json) => serde_json::from_slice(&json).ok(),
            _ => None,
        };
        let Some(head) = head else {
            let problem = "its head cannot be read".to_owned();
            return Err(Error::Recording { path: path.to_owned(), problem, expected: EXPECTED });
        };
        let (path, waiting) = (path.to_owned(), VecDeque::new());
        Ok(Self { path, file, head, waiting, blocks: 0, frames: 0, is_whole: None })
    }

    /// What the recording says of its run.
    #[must_use]
    pub fn head(&self) -> &RecordingHead {
        &self.head
    }

    /// Whether the run that made it came to its end; `None` before the last frame was read.
    #[must_use]
    pub fn is_whole(&self) -> Option<bool> {
        self.is_whole
    }

    /// Reads the next block of frames; false at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        if self.is_whole.is_some() {
            return Ok(false);
        }
        let found = read(&mut self.file).map_err(|source| Error::read(&self.path, source))?;
        self.blocks += 1;
        match found {
            Found::Block(Kind::Frames, content) => {
                let frames = unpack(&content).ok_or_else(|| self.damage())?;
                self.frames += frames.len() as u64;
                self.waiting.extend(frames);
                Ok(true)
            }
            Found::Block(Kind::End, content) if content == self.frames.to_le_bytes() => {
                self.is_whole = Some(true);
                Ok(false)
            }
            Found::Cut => {
                self.is_whole = Some(false);
                Ok(false)
            }
            // What a power cut has left of the last block is the end of the file, too.
            Found::Damage if self.is_at_end()? => {
                self.is_whole = Some(false);
                Ok(false)
            }
            Found::Block(..) | Found::Damage => Err(self.damage()),
        }
    }

    /// Whether nothing follows, or only what a file system puts in place of what was never written.
    fn is_at_end(&mut self) -> Result<bool, Error> {
        let mut rest = Vec::new();
        self.file.read_to_end(&mut rest).map_err(|source| Error::read(&self.path, source))?;
        Ok(rest.iter().all(|&byte| byte == 0))
    }

    fn damage(&mut self) -> Error {
        self.is_whole = Some(false);
        let problem =
            format!("block {} is damaged; the {} frames before it are good", self.blocks, self.frames);
        Error::Recording { path: self.path.clone(), problem, expected: EXPECTED }
    }
}

impl Iterator for RecordingReader {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(frame) = self.waiting.pop_front() {
                return Some(Ok(frame));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::time::Duration;

    use footfall_track::{Bbox, Detection, Embeddings, Observations};
    use proptest::prelude::*;

    use super::RecordingReader;
    use crate::recording::{RecordingHead, RecordingWriter};
    use crate::{DetectionFrame, Error};

    fn head() -> RecordingHead {
        RecordingHead {
            version: "0.1.0".into(),
            source: "shop.mp4".into(),
            live: false,
            start: Some("2026-03-29T00:00:00Z".into()),
            size: [768, 576],
            frame_rate: Some(10.0),
            max_cosine_distance: Some(0.344),
            settings: serde_json::json!({ "tracker": { "n": 1.0 / 3.0 } }),
        }
    }

    fn frame(number: u64, people: &[(f64, f32, Option<[f32; 3]>)]) -> DetectionFrame {
        let mut embeddings = Embeddings::default();
        for (_, _, vector) in people {
            embeddings.push(vector.as_ref().map(|v| &v[..]));
        }
        let person =
            |&(x, confidence, _): &_| Detection { bbox: Bbox::new(x, x / 3.0, 40.0, 100.5), confidence };
        let detections = people.iter().map(person).collect();
        let time = Some(Duration::from_nanos(number * 99_999_999));
        DetectionFrame { number, time, observations: Observations { detections, embeddings } }
    }

    fn write(frames: &[DetectionFrame]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.ffrec");
        let mut writer = RecordingWriter::create(&path, &head()).unwrap();
        for frame in frames {
            writer.write(frame.number, frame.time.unwrap(), &frame.observations).unwrap();
        }
        writer.finish().unwrap();
        (folder, path)
    }

    type Bits = (u64, Option<Duration>, Vec<[u64; 5]>, Vec<Option<Vec<u32>>>);

    /// As the tracker sees them: the bits of all numbers, and who has a vector.
    fn bits(frames: &[DetectionFrame]) -> Vec<Bits> {
        let of = |frame: &DetectionFrame| {
            let seen = &frame.observations;
            let person = |d: &Detection| {
                let b = d.bbox;
                let confidence = u64::from(d.confidence.to_bits());
                [b.x.to_bits(), b.y.to_bits(), b.width.to_bits(), b.height.to_bits(), confidence]
            };
            let vector = |i: usize| seen.embeddings.get(i).map(|v| v.iter().map(|x| x.to_bits()).collect());
            let people = seen.detections.iter().map(person).collect();
            (frame.number, frame.time, people, (0..seen.detections.len()).map(vector).collect())
        };
        frames.iter().map(of).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_was_written_is_read_bit_for_bit(
            people in prop::collection::vec(prop::collection::vec(
                (-1e5f64..1e5, 0f32..=1.0, prop::option::of(prop::array::uniform3(-1f32..1.0))), 0..5), 0..120)
        ) {
            let frames: Vec<_> = (1..).zip(&people).map(|(number, people)| frame(number * 2, people)).collect();
            let (_folder, path) = write(&frames);
            let mut reader = RecordingReader::open(&path).unwrap();
            prop_assert_eq!(reader.head(), &head());
            let read: Vec<_> = reader.by_ref().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(bits(&read), bits(&frames));
            prop_assert_eq!(reader.is_whole(), Some(true));
        }
    }

    fn three_blocks() -> Vec<DetectionFrame> {
        (1..=150)
            .map(|number| frame(number, &[(number as f64, 0.9, Some([0.1, 0.2, number as f32]))]))
            .collect()
    }

    #[test]
    fn a_file_that_was_cut_anywhere_is_good_up_to_its_last_whole_block() {
        let frames = three_blocks();
        let (_folder, path) = write(&frames);
        let whole = fs::read(&path).unwrap();
        let mut lengths = std::collections::BTreeSet::new();
        for cut in (0..whole.len()).step_by(7).chain([whole.len() - 1]) {
            fs::write(&path, &whole[..cut]).unwrap();
            let Ok(mut reader) = RecordingReader::open(&path) else {
                assert!(lengths.is_empty(), "only a file without a head cannot be opened");
                continue;
            };
            let read: Vec<_> = reader.by_ref().collect::<Result<_, _>>().unwrap();
            assert_eq!(bits(&read), bits(&frames[..read.len()]));
            assert_eq!(reader.is_whole(), Some(false));
            lengths.insert(read.len());
        }
        assert_eq!(lengths.len(), 4, "nothing, and one, two and three blocks: {lengths:?}");
    }

    #[test]
    fn damage_in_the_middle_is_told_and_at_the_end_it_is_the_end() {
        let (_folder, path) = write(&three_blocks());
        let whole = fs::read(&path).unwrap();
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            RecordingReader::open(&path)?.collect::<Result<Vec<_>, Error>>()
        };
        let mut damaged = whole.clone();
        let middle = whole.len() / 2;
        damaged[middle] ^= 1;
        let error = read(&damaged).unwrap_err().to_string();
        assert!(error.contains("is damaged") && error.contains("run.ffrec"), "{error}");
        let mut zeroed = whole[..whole.len() * 9 / 10].to_vec();
        zeroed.extend([0; 4096]);
        assert_eq!(
            bits(&read(&zeroed).unwrap()),
            bits(&three_blocks()[..102]),
            "the last block was never written"
        );

        let mut newer = whole.clone();
        newer[7] = 9;
        assert!(read(&newer).unwrap_err().to_string().contains("version 9"));
        for other in [&b""[..], b"{\"frame\":1}", b"certainly no recording at all"] {
            assert!(read(other).unwrap_err().to_string().contains("footfall run --record"));
        }
    }
}

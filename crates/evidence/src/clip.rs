//! A clip, and its file.

use footfall_audit::Stratum;
use serde::{Deserialize, Serialize};

use crate::{EvidenceError, Seal};

/// Why a clip is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A crossing that is not certain.
    Doubtful,
    /// A minute that was drawn.
    Minute,
}

impl Kind {
    /// How a clip's name ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Doubtful => "-d",
            Self::Minute => "-m",
        }
    }

    /// Whether a clip of this name is of this kind.
    #[must_use]
    pub fn is_of(self, id: &str) -> bool {
        id.ends_with(self.ending())
    }
}

/// What a clip is of, and what the program saw and decided in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Its name: `front-29401234-m`.
    pub id: String,
    /// Why it is kept.
    pub kind: Kind,
    /// The source's name.
    pub source: String,
    /// Its beginning, in milliseconds since 1970-01-01T00:00Z.
    pub begins: i64,
    /// Of a drawn minute: its kind,
    pub stratum: Option<Stratum>,
    /// and the probability with which it was drawn.
    pub probability: Option<f64>,
    /// Width and height of its pictures.
    pub size: [usize; 2],
    /// The lines, in its pictures' pixels.
    pub lines: Vec<DrawnLine>,
    /// Its pictures, in order.
    pub moments: Vec<Moment>,
    /// What was decided.
    pub decisions: Vec<Decision>,
}

/// A line as it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnLine {
    /// Its name.
    pub name: String,
    /// Its points.
    pub points: Vec<[f64; 2]>,
}

/// When a picture was taken, and who was seen in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since the clip's beginning.
    pub time: f64,
    /// Everybody.
    pub people: Vec<Seen>,
}

/// Somebody in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The track's number.
    pub track: u64,
    /// `[x, y, width, height]` in the picture's pixels.
    pub bbox: [f64; 4],
}

/// A crossing that the program counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Seconds since the clip's beginning.
    pub time: f64,
    /// The line's name.
    pub line: String,
    /// `in` or `out`.
    pub direction: String,
    /// The track's number.
    pub track: u64,
    /// How likely it is that somebody truly passed.
    pub confidence: f64,
    /// What that rests on.
    pub reasons: Vec<String>,
}

/// A clip: what it is of, and its pictures, encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// What it is of.
    pub head: Head,
    /// One for each moment.
    pub pictures: Vec<Vec<u8>>,
}

/// How a clip's file begins; the byte after it tells whether the rest is sealed.
const MAGIC: &[u8] = b"footfall clip 1\n";

impl Clip {
    /// The file's bytes: [`MAGIC`], 0 or 1, and the head as JSON and each picture, each after its length as four bytes,
    /// the least first. With a seal, all that follows the 1 is sealed.
    pub(crate) fn encode(&self, seal: Option<&Seal>) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        let head = serde_json::to_vec(&self.head).ok()?;
        for part in std::iter::once(&head).chain(&self.pictures) {
            plain.extend(u32::try_from(part.len()).ok()?.to_le_bytes());
            plain.extend(part);
        }
        let body = match seal {
            Some(seal) => seal.close(&plain, &self.head.id)?,
            None => plain,
        };
        Some([MAGIC, &[u8::from(seal.is_some())], &body].concat())
    }

    pub(crate) fn decode(id: &str, bytes: &[u8], seal: Option<&Seal>) -> Result<Self, EvidenceError> {
        let damaged = |problem| EvidenceError::Damaged { id: id.to_owned(), problem };
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it does not begin as one"))?;
        let opened;
        let mut rest = match rest.split_first() {
            Some((0, plain)) => plain,
            Some((1, sealed)) => {
                let closed = || EvidenceError::Sealed { id: id.to_owned(), has_key: seal.is_some() };
                opened = seal.and_then(|seal| seal.open(sealed, id)).ok_or_else(closed)?;
                &opened
            }
            _ => return Err(damaged("it does not say whether it is sealed")),
        };
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it is cut off"))?;
            let length = u32::from_le_bytes(*length) as usize;
            let (part, after) = after.split_at_checked(length).ok_or_else(|| damaged("it is cut off"))?;
            parts.push(part.to_vec());
            rest = after;
        }
        let mut parts = parts.into_iter();
        let head = parts.next().ok_or_else(|| damaged("it is empty"))?;
        let head: Head = serde_json::from_slice(&head).map_err(|_| damaged("its head cannot be read"))?;
        let pictures: Vec<_> = parts.collect();
        if pictures.len() != head.moments.len() || head.id != id {
            return Err(damaged("its head and its pictures do not belong together"));
        }
        Ok(Self { head, pictures })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn clip(id: &str, begins: i64, bytes: usize) -> Clip {
        let moment = |time| Moment { time, people: vec![Seen { track: 7, bbox: [1.0, 2.0, 3.0, 4.0] }] };
        let decision = Decision {
            time: 0.5,
            line: "door".into(),
            direction: "in".into(),
            track: 7,
            confidence: 0.6,
            reasons: vec!["joined".into()],
        };
        let head = Head {
            id: id.to_owned(),
            kind: Kind::Doubtful,
            source: "front".into(),
            begins,
            stratum: None,
            probability: None,
            size: [8, 8],
            lines: vec![DrawnLine { name: "door".into(), points: vec![[0.0, 0.0], [8.0, 8.0]] }],
            moments: vec![moment(0.0), moment(0.2)],
            decisions: vec![decision],
        };
        Clip { head, pictures: vec![vec![1; bytes / 2], vec![2; bytes - bytes / 2]] }
    }

    #[test]
    fn a_sealed_clip_shows_nothing_without_its_key() {
        let (one, other) = (Seal::new(&"1f".repeat(32)).unwrap(), Seal::new(&"2e".repeat(32)).unwrap());
        let clip = clip("front-1-d", 0, 100);
        let bytes = clip.encode(Some(&one)).unwrap();
        assert_eq!(Clip::decode("front-1-d", &bytes, Some(&one)).unwrap(), clip);
        assert!(!bytes.windows(4).any(|part| part == b"door"));
        for (key, words) in [(None, "none is given"), (Some(&other), "another key")] {
            assert!(Clip::decode("front-1-d", &bytes, key).unwrap_err().to_string().contains(words));
        }
        let renamed = Clip::decode("front-2-d", &bytes, Some(&one));
        assert!(matches!(renamed, Err(EvidenceError::Sealed { .. })), "a clip cannot stand for another");
    }

    proptest! {
        #[test]
        fn what_is_cut_off_is_damaged_and_never_panics(cut in 0_usize..500, flip in 0_usize..500) {
            let clip = clip("front-1-d", 0, 100);
            let mut bytes = clip.encode(None).unwrap();
            prop_assert_eq!(&Clip::decode("front-1-d", &bytes, None).unwrap(), &clip);
            let cut = cut % bytes.len();
            prop_assert!(Clip::decode("front-1-d", &bytes[..cut], None).is_err());
            let flip = flip % bytes.len();
            bytes[flip] ^= 0x80;
            let _ = Clip::decode("front-1-d", &bytes, None);
        }
    }
}

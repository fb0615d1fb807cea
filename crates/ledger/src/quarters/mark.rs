//! Sixteen bytes for an entry, least byte first: microseconds since the quarter's start (4), the spot's
//! number with flags below it (4), and a crossing's confidence and how many are hidden (4 each, floating point; not a
//! number where nobody knows), a stretch's length in microseconds or a group's size (8).

use footfall_count::Direction;

use super::spots::SpotId;

/// Bytes of an entry.
const SIZE: usize = 16;
/// Flags below the spot's number.
const FLAGS: u32 = 4;
const IN: u32 = 1;
const STAFF: u32 = 2;
/// The coming, in the two flags from here.
const COMING: u32 = 2;
/// In place of the coming: another camera counts it.
const TWICE: u32 = 3;

/// One crossing, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Passage {
    /// Microseconds since 1970-01-01 UTC.
    pub(crate) at: i64,
    /// The line, of its source.
    pub(crate) spot: SpotId,
    pub(crate) direction: Direction,
    /// How likely it was one, 0 to 1.
    pub(crate) confidence: f32,
    /// How many people are expected to have been missed for each one who was counted then, where that is known.
    pub(crate) hidden: Option<f32>,
    pub(crate) coming: Coming,
    /// Why it is in no count, where it is in none.
    pub(crate) aside: Option<Aside>,
}

/// Why a crossing is in no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aside {
    /// It was somebody who works there.
    Staff,
    /// Another camera has seen the same passage, and it is counted there.
    Twice,
}

/// Whether a visitor came for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    /// Visitors were not told apart.
    Unknown,
    First,
    Again,
}

/// A stay in a zone, or time that was not counted, in microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// The zone, or the reason, of its source.
    pub(crate) spot: SpotId,
}

/// People who came in together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Company {
    /// When the first of them came in, in microseconds since 1970-01-01 UTC.
    pub(crate) at: i64,
    /// The line, of its source.
    pub(crate) spot: SpotId,
    /// How many they are.
    pub(crate) size: u64,
}

impl Passage {
    /// Whether it is in the counts.
    pub(crate) fn counts(&self) -> bool {
        self.aside.is_none()
    }
}

impl Aside {
    /// Staff are staff at every camera.
    pub(crate) fn of(is_staff: bool, is_twice: bool) -> Option<Self> {
        if is_staff { Some(Self::Staff) } else { is_twice.then_some(Self::Twice) }
    }
}

impl Coming {
    /// By the number of the coming, from 1.
    pub(crate) fn of(number: Option<i64>) -> Self {
        match number {
            None => Self::Unknown,
            Some(0 | 1) => Self::First,
            Some(_) => Self::Again,
        }
    }
}

/// Crossings of the quarter that begins at `start`, as they are kept.
pub(super) fn write_crossings(start: i64, crossings: &[Passage]) -> Vec<u8> {
    let mark = |passage: &Passage| {
        let coming = if passage.aside == Some(Aside::Twice) { TWICE } else { passage.coming as u32 };
        let mut flags = coming << COMING;
        flags |= if passage.direction == Direction::In { IN } else { 0 };
        flags |= if passage.aside == Some(Aside::Staff) { STAFF } else { 0 };
        let hidden = passage.hidden.unwrap_or(f32::NAN).to_bits();
        let value = u64::from(passage.confidence.to_bits()) | u64::from(hidden) << 32;
        mark(passage.at - start, passage.spot, flags, value)
    };
    crossings.iter().flat_map(mark).collect()
}

/// Stretches likewise.
pub(super) fn write_stretches(start: i64, stretches: &[Stretch]) -> Vec<u8> {
    let mark = |stretch: &Stretch| {
        mark(stretch.from - start, stretch.spot, 0, (stretch.to - stretch.from).cast_unsigned())
    };
    stretches.iter().flat_map(mark).collect()
}

/// Groups likewise.
pub(super) fn write_companies(start: i64, companies: &[Company]) -> Vec<u8> {
    companies.iter().flat_map(|company| mark(company.at - start, company.spot, 0, company.size)).collect()
}

/// What [`write_crossings`] wrote, into `crossings`; `None` where it was something else.
pub(super) fn read_crossings(start: i64, bytes: &[u8], crossings: &mut Vec<Passage>) -> Option<()> {
    crossings.clear();
    let (marks, []) = bytes.as_chunks::<SIZE>() else { return None };
    crossings.reserve(marks.len());
    for mark in marks {
        let (at, spot, flags, value) = parts(mark);
        let is_staff = flags & STAFF != 0;
        let (coming, is_twice) = match flags >> COMING {
            0 => (Coming::Unknown, false),
            1 => (Coming::First, false),
            2 => (Coming::Again, false),
            TWICE if !is_staff => (Coming::Unknown, true),
            _ => return None,
        };
        crossings.push(Passage {
            at: start + at,
            spot,
            direction: if flags & IN == 0 { Direction::Out } else { Direction::In },
            confidence: f32::from_bits(value as u32),
            hidden: Some(f32::from_bits((value >> 32) as u32)).filter(|hidden| !hidden.is_nan()),
            coming,
            aside: Aside::of(is_staff, is_twice),
        });
    }
    Some(())
}

/// What [`write_stretches`] wrote, likewise.
pub(super) fn read_stretches(start: i64, bytes: &[u8], stretches: &mut Vec<Stretch>) -> Option<()> {
    stretches.clear();
    let (marks, []) = bytes.as_chunks::<SIZE>() else { return None };
    stretches.reserve(marks.len());
    for mark in marks {
        let (at, spot, _, length) = parts(mark);
        let from = start + at;
        stretches.push(Stretch { from, to: from.checked_add(length.cast_signed())?, spot });
    }
    Some(())
}

/// What [`write_companies`] wrote, likewise.
pub(super) fn read_companies(start: i64, bytes: &[u8], companies: &mut Vec<Company>) -> Option<()> {
    companies.clear();
    let (marks, []) = bytes.as_chunks::<SIZE>() else { return None };
    companies.extend(marks.iter().map(|mark| {
        let (at, spot, _, size) = parts(mark);
        Company { at: start + at, spot, size }
    }));
    Some(())
}

fn mark(since_start: i64, spot: SpotId, flags: u32, value: u64) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes[..4].copy_from_slice(&(since_start as u32).to_le_bytes());
    bytes[4..8].copy_from_slice(&(spot.0 << FLAGS | flags).to_le_bytes());
    bytes[8..].copy_from_slice(&value.to_le_bytes());
    bytes
}

fn parts(mark: &[u8; SIZE]) -> (i64, SpotId, u32, u64) {
    let [a, b, c, d, e, f, g, h, value @ ..] = *mark;
    let (at, tag) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    (at.into(), SpotId(tag >> FLAGS), tag & ((1 << FLAGS) - 1), u64::from_le_bytes(value))
}

#[cfg(test)]
mod tests {
    use footfall_count::Direction;
    use proptest::prelude::*;

    use super::super::QUARTER;
    use super::super::spots::SpotId;
    use super::{
        Aside, Coming, Company, Passage, Stretch, read_companies, read_crossings, read_stretches,
        write_companies, write_crossings, write_stretches,
    };

    proptest! {
        #[test]
        fn what_was_written_is_read_to_the_last_bit(
            quarter in -2_000_000_i64..10_000_000,
            entries in prop::collection::vec(
                (0..QUARTER, 1..1_u32 << 20, any::<bool>(), any::<bool>(), 0..4, 0.0..=1.0_f32, 0..i64::MAX / 4), 0..9),
        ) {
            let start = quarter * QUARTER;
            let passage = |&(at, spot, is_in, is_staff, coming, confidence, _): &(i64, u32, bool, bool, i32, f32, i64)| Passage {
                at: start + at,
                spot: SpotId(spot),
                direction: if is_in { Direction::In } else { Direction::Out },
                confidence,
                hidden: (confidence > 0.5).then_some(1.0 - confidence),
                coming: Coming::of(match coming { 0 | 3 => None, number => Some(number.into()) }),
                aside: Aside::of(is_staff, coming == 3),
            };
            let crossings: Vec<_> = entries.iter().map(passage).collect();
            let mut read = Vec::new();
            read_crossings(start, &write_crossings(start, &crossings), &mut read).unwrap();
            prop_assert_eq!(read, crossings);
            let stretch = |&(at, spot, .., long): &(i64, u32, bool, bool, i32, f32, i64)| {
                Stretch { from: start + at, to: start + at + long, spot: SpotId(spot) }
            };
            let stretches: Vec<_> = entries.iter().map(stretch).collect();
            let mut read = Vec::new();
            read_stretches(start, &write_stretches(start, &stretches), &mut read).unwrap();
            prop_assert_eq!(read, stretches);
            let company = |&(at, spot, .., size): &(i64, u32, bool, bool, i32, f32, i64)| {
                Company { at: start + at, spot: SpotId(spot), size: size.cast_unsigned() }
            };
            let companies: Vec<_> = entries.iter().map(company).collect();
            let mut read = Vec::new();
            read_companies(start, &write_companies(start, &companies), &mut read).unwrap();
            prop_assert_eq!(read, companies);
        }
    }

    #[test]
    fn what_is_cut_short_is_known_as_such() {
        assert_eq!(read_crossings(0, &[0; 17], &mut Vec::new()), None);
        assert_eq!(read_stretches(0, &[0; 15], &mut Vec::new()), None);
        assert_eq!(read_companies(0, &[0; 15], &mut Vec::new()), None);
        assert_eq!(read_crossings(0, &[0xff; 16], &mut Vec::new()), None);
    }
}

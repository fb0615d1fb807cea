//! The content of a block of frames: columns, each with its values' bytes by their significance.

use std::time::Duration;

use footfall_track::{Bbox, Detection, Embeddings, Observations};

use crate::DetectionFrame;

/// Frames as columns of raw values.
#[derive(Debug, Default)]
pub(super) struct Columns {
    frames: usize,
    numbers: Vec<u8>,
    times: Vec<u8>,
    counts: Vec<u8>,
    sides: [Vec<u8>; 4],
    confidences: Vec<u8>,
    dimensions: Vec<u8>,
    values: Vec<u8>,
}

impl Columns {
    pub(super) fn push(&mut self, number: u64, time: Duration, seen: &Observations) {
        self.frames += 1;
        self.numbers.extend(number.to_le_bytes());
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.times.extend(nanoseconds.to_le_bytes());
        self.counts.extend((seen.detections.len() as u32).to_le_bytes());
        for (index, detection) in seen.detections.iter().enumerate() {
            let Bbox { x, y, width, height } = detection.bbox;
            for (column, side) in self.sides.iter_mut().zip([x, y, width, height]) {
                column.extend(side.to_le_bytes());
            }
            self.confidences.extend(detection.confidence.to_le_bytes());
            let embedding = seen.embeddings.get(index).unwrap_or_default();
            self.dimensions.extend((embedding.len() as u16).to_le_bytes());
            self.values.extend(embedding.iter().flat_map(|value| value.to_le_bytes()));
        }
    }

    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// How many bytes there are to compress.
    pub(super) fn bytes(&self) -> usize {
        self.values.len() + 46 * self.confidences.len() / 4
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let mut content = (self.frames as u32).to_le_bytes().to_vec();
        spread::<8>(&self.numbers, &mut content);
        spread::<8>(&self.times, &mut content);
        spread::<4>(&self.counts, &mut content);
        for side in &self.sides {
            spread::<8>(side, &mut content);
        }
        spread::<4>(&self.confidences, &mut content);
        spread::<2>(&self.dimensions, &mut content);
        spread::<4>(&self.values, &mut content);
        content
    }
}

/// The frames of a block's content; `None` where it does not hold what it says.
pub(super) fn unpack(content: &[u8]) -> Option<Vec<DetectionFrame>> {
    let mut rest = content;
    let frames = u32::from_le_bytes(*take(&mut rest, 4)?.first_chunk()?) as usize;
    let numbers = column::<8>(&mut rest, frames)?;
    let times = column::<8>(&mut rest, frames)?;
    let counts: Vec<_> =
        column::<4>(&mut rest, frames)?.into_iter().map(|n| u32::from_le_bytes(n) as usize).collect();
    let people = counts.iter().try_fold(0usize, |sum, &count| sum.checked_add(count))?;
    let mut sides = Vec::new();
    for _ in 0..4 {
        sides.push(column::<8>(&mut rest, people)?);
    }
    let confidences = column::<4>(&mut rest, people)?;
    let dimensions = column::<2>(&mut rest, people)?;
    let left = rest.len() / 4;
    let values = column::<4>(&mut rest, left)?;
    let mut values = values.into_iter().map(f32::from_le_bytes);
    let mut unpacked = Vec::with_capacity(frames);
    let mut person = 0;
    for ((number, time), count) in numbers.into_iter().zip(times).zip(counts) {
        let mut seen =
            Observations { detections: Vec::with_capacity(count), embeddings: Embeddings::default() };
        for index in person..person + count {
            let side = |column: usize| f64::from_le_bytes(sides[column][index]);
            let bbox = Bbox::new(side(0), side(1), side(2), side(3));
            seen.detections.push(Detection { bbox, confidence: f32::from_le_bytes(confidences[index]) });
            let dimension = usize::from(u16::from_le_bytes(dimensions[index]));
            let vector: Vec<f32> = values.by_ref().take(dimension).collect();
            if vector.len() < dimension {
                return None;
            }
            seen.embeddings.push_scaled((dimension > 0).then_some(&vector));
        }
        person += count;
        let time = Duration::from_nanos(u64::from_le_bytes(time));
        unpacked.push(DetectionFrame {
            number: u64::from_le_bytes(number),
            time: Some(time),
            observations: seen,
        });
    }
    Some(unpacked)
}

/// Appends all values' first bytes, then all second ones, and so on.
fn spread<const SIZE: usize>(values: &[u8], content: &mut Vec<u8>) {
    for byte in 0..SIZE {
        content.extend(values.iter().skip(byte).step_by(SIZE));
    }
}

/// Takes a column of `count` values off `rest`.
fn column<const SIZE: usize>(rest: &mut &[u8], count: usize) -> Option<Vec<[u8; SIZE]>> {
    let bytes = take(rest, count.checked_mul(SIZE)?)?;
    Some((0..count).map(|value| std::array::from_fn(|byte| bytes[byte * count + value])).collect())
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

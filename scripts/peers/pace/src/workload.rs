//! A synthetic crowd, as `scripts/peers/workload.py` writes it.

use std::io;
use std::path::Path;

/// Numbers of an embedding.
pub const DIMENSION: usize = 128;
/// Numbers of a detection: frame from 1, x, y, width, height, confidence, embedding.
const ROW: usize = 6 + DIMENSION;
pub const FRAME_RATE: f64 = 30.0;

/// Detections of one frame.
#[derive(Default)]
pub struct Frame {
    /// Left, top, width, height in pixels.
    pub boxes: Vec<[f32; 4]>,
    pub confidences: Vec<f32>,
    /// Of unit length.
    pub embeddings: Vec<Vec<f32>>,
}

/// Reads rows of little-endian 32-bit floats, sorted by frame.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<Frame>> {
    let bytes = std::fs::read(path)?;
    let (words, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
    let mut frames: Vec<Frame> = Vec::new();
    let (rows, _) = values.as_chunks::<ROW>();
    for row in rows {
        let number = row[0] as usize;
        if frames.len() < number {
            frames.resize_with(number, Frame::default);
        }
        let frame = &mut frames[number - 1];
        frame.boxes.push([row[1], row[2], row[3], row[4]]);
        frame.confidences.push(row[5]);
        frame.embeddings.push(row[6..].to_vec());
    }
    Ok(frames)
}

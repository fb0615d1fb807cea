//! What a tracker is given for one frame: detections, each with or without an embedding.

use crate::Bbox;

/// One person as the detector saw them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Where, in pixels of the frame.
    pub bbox: Bbox,
    /// The detector's score, 0 to 1.
    pub confidence: f32,
}

/// Unit-length appearance vectors of a frame's detections, in the detections' order.
///
/// A detection may have none: it was too small, or the tracker did not ask for it.
/// Rows that are there lie behind each other in one `[rows, dimension]` array, so
/// that distances to galleries are matrix products.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embeddings {
    dimension: usize,
    values: Vec<f32>,
    /// For each detection: its row in `values`.
    rows: Vec<Option<u32>>,
}

impl Embeddings {
    /// No rows yet; those that come have `dimension` numbers each.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        Self { dimension, values: Vec::new(), rows: Vec::new() }
    }

    /// As [`new`](Self::new), with memory for `rows` rows.
    #[must_use]
    pub fn with_capacity(dimension: usize, rows: usize) -> Self {
        Self {
            dimension,
            values: Vec::with_capacity(rows.saturating_mul(dimension)),
            rows: Vec::with_capacity(rows),
        }
    }

    /// Embeddings for `count` detections of which none has any.
    #[must_use]
    pub fn absent(count: usize) -> Self {
        Self { dimension: 0, values: Vec::new(), rows: vec![None; count] }
    }

    /// Appends the next detection's vector, scaled to unit length.
    ///
    /// One that cannot be scaled (zero, or not finite) or has another dimension counts as absent;
    /// returns whether it was kept.
    pub fn push(&mut self, vector: Option<&[f32]>) -> bool {
        let row = vector.and_then(|v| self.scaled_row(v, squared_length(v)));
        self.rows.push(row);
        row.is_some()
    }

    /// Appends the next detection's vector as it came out of [`get`](Self::get), bit for bit: scaling it
    /// once more could change its last bits.
    ///
    /// One that is not of unit length, or has another dimension, counts as absent; returns whether it was
    /// kept.
    pub fn push_scaled(&mut self, vector: Option<&[f32]>) -> bool {
        let is_unit = |v: &&[f32]| (squared_length(v) - 1.0).abs() < 1e-3;
        let row = vector.filter(is_unit).and_then(|vector| self.row(vector));
        self.rows.push(row);
        row.is_some()
    }

    /// Appends the next detection's vector: as it is where it has unit length but for rounding, as one that
    /// came out of [`get`](Self::get) and was written down; else scaled, as [`push`](Self::push) does.
    pub fn push_exact(&mut self, vector: Option<&[f32]>) -> bool {
        let row = vector.and_then(|vector| {
            if is_unit(vector) { self.row(vector) } else { self.scaled_row(vector, squared_length(vector)) }
        });
        self.rows.push(row);
        row.is_some()
    }

    /// Appends the detections of `other`, with their vectors as they are. Those of another dimension
    /// become absent.
    pub fn append(&mut self, other: &Self) {
        for index in 0..other.len() {
            let row = other.get(index).and_then(|vector| self.row(vector));
            self.rows.push(row);
        }
    }

    fn row(&mut self, vector: &[f32]) -> Option<u32> {
        let row = self.next_row(vector.len())?;
        self.values.extend_from_slice(vector);
        Some(row)
    }

    fn scaled_row(&mut self, vector: &[f32], squared: f64) -> Option<u32> {
        let norm = squared.sqrt();
        if !norm.is_finite() || norm <= f64::from(f32::MIN_POSITIVE) {
            return None;
        }
        let row = self.next_row(vector.len())?;
        self.values.extend(vector.iter().map(|&v| (f64::from(v) / norm) as f32));
        Some(row)
    }

    /// Where the next vector goes, if it has the dimension of those before it.
    fn next_row(&mut self, dimension: usize) -> Option<u32> {
        if self.dimension == 0 {
            self.dimension = dimension;
        }
        let fits = dimension == self.dimension && dimension > 0;
        fits.then(|| u32::try_from(self.values.len() / dimension).ok()).flatten()
    }

    /// The same vectors for `count` detections: what was the i-th is now detection `places[i]`'s, and
    /// whoever is in no place has none. A place beyond `count` is left out.
    #[must_use]
    pub fn spread(self, places: &[usize], count: usize) -> Self {
        let mut rows = vec![None; count];
        for (row, &place) in self.rows.iter().zip(places) {
            if let Some(target) = rows.get_mut(place) {
                *target = *row;
            }
        }
        Self { rows, ..self }
    }

    /// Numbers in a vector; 0 where there never was one.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Number of detections, with a vector or without.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no detections.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The vector of detection `index`, if it has one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&[f32]> {
        let row = (*self.rows.get(index)?)? as usize;
        self.values.get(row * self.dimension..(row + 1) * self.dimension)
    }
}

fn squared_length(vector: &[f32]) -> f64 {
    vector.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}

/// Whether [`squared_length`] is 1 but for rounding.
///
/// Most often that is told by sums that do not wait for each other. Where rounding could tell it otherwise, the exact
/// order of summation decides.
fn is_unit(vector: &[f32]) -> bool {
    const TOLERANCE: f64 = 1e-6;
    // Sums of less than 2^20 squares that are about 1 together differ by less, whatever the order.
    const ROUNDING: f64 = 1e-9;
    let squared = squared_length_by_lanes(vector);
    let beyond = (squared - 1.0).abs() - TOLERANCE;
    if vector.len() >= 1 << 20 || beyond.is_nan() || beyond.abs() < ROUNDING {
        return (squared_length(vector) - 1.0).abs() < TOLERANCE;
    }
    beyond < 0.0
}

fn squared_length_by_lanes(vector: &[f32]) -> f64 {
    const LANES: usize = 8;
    let (chunks, rest) = vector.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += f64::from(chunk[lane]) * f64::from(chunk[lane]);
        }
    }
    sums.iter().sum::<f64>() + squared_length(rest)
}

/// Everything that was seen in one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    /// The people, in any order.
    pub detections: Vec<Detection>,
    /// Their appearance, in the same order. Shorter than `detections` where the rest has none.
    pub embeddings: Embeddings,
}

impl Observations {
    /// Detections, each with its embedding where it has one, of any length: they are scaled.
    ///
    /// One that cannot be scaled (zero, or not finite), or has another dimension than those before it, counts as
    /// absent.
    ///
    /// ```
    /// use footfall_track::{Bbox, Detection, Observations};
    ///
    /// let person = |x| Detection { bbox: Bbox::new(x, 50.0, 40.0, 100.0), confidence: 0.9 };
    /// let seen = Observations::new([(person(10.0), Some(&[3.0, 4.0][..])), (person(90.0), None)]);
    /// assert_eq!(seen.detections.len(), 2);
    /// assert_eq!(seen.embeddings.get(0), Some(&[0.6, 0.8][..]));
    /// assert_eq!(seen.embeddings.get(1), None);
    /// ```
    #[must_use]
    pub fn new<'a>(people: impl IntoIterator<Item = (Detection, Option<&'a [f32]>)>) -> Self {
        let mut observations = Self::default();
        for (detection, embedding) in people {
            observations.detections.push(detection);
            observations.embeddings.push_exact(embedding);
        }
        observations
    }

    /// Detections without appearance.
    #[must_use]
    pub fn without_appearance(detections: Vec<Detection>) -> Self {
        let embeddings = Embeddings::absent(detections.len());
        Self { detections, embeddings }
    }
}

#[cfg(test)]
mod tests {
    use super::Embeddings;

    #[test]
    fn rows_are_unit_length_and_gaps_keep_their_place() {
        let mut embeddings = Embeddings::new(2);
        assert!(embeddings.push(Some(&[3.0, 4.0])));
        assert!(!embeddings.push(None));
        assert!(embeddings.push(Some(&[0.0, -2.0])));
        assert_eq!(embeddings.get(0), Some(&[0.6, 0.8][..]));
        assert_eq!(embeddings.get(1), None);
        assert_eq!(embeddings.get(2), Some(&[0.0, -1.0][..]));
        assert_eq!(embeddings.get(3), None);
    }

    #[test]
    fn a_scaled_vector_keeps_its_bits() {
        let mut embeddings = Embeddings::new(3);
        embeddings.push(Some(&[0.1, 0.7, -0.3]));
        let scaled = embeddings.get(0).unwrap().to_vec();
        assert!(embeddings.push_scaled(Some(&scaled)));
        assert_eq!(embeddings.get(1), Some(&scaled[..]));
        assert!(!embeddings.push_scaled(Some(&[1.0, 1.0, 0.0])) && !embeddings.push_scaled(None));
        assert_eq!(embeddings.len(), 4);
    }

    #[test]
    fn spread_puts_vectors_in_their_places() {
        let mut embeddings = Embeddings::new(1);
        embeddings.push(Some(&[1.0]));
        embeddings.push(Some(&[-1.0]));
        let spread = embeddings.spread(&[3, 1], 4);
        let all: Vec<_> = (0..4).map(|i| spread.get(i)).collect();
        assert_eq!(all, [None, Some(&[-1.0][..]), None, Some(&[1.0][..])]);
    }

    #[test]
    fn append_keeps_vectors_and_gaps() {
        let mut all = Embeddings::default();
        let mut part = Embeddings::new(2);
        part.push(None);
        part.push(Some(&[3.0, 4.0]));
        all.append(&part);
        all.append(&Embeddings::absent(1));
        all.append(&part);
        let expected = [None, Some(&[0.6, 0.8][..]), None, None, Some(&[0.6, 0.8])];
        assert_eq!((0..5).map(|i| all.get(i)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_vector_that_means_nothing_is_absent() {
        let mut embeddings = Embeddings::new(2);
        for vector in [&[0.0, 0.0][..], &[f32::NAN, 1.0], &[f32::INFINITY, 1.0], &[1.0], &[1.0, 2.0, 3.0]] {
            assert!(!embeddings.push(Some(vector)));
        }
        assert_eq!(embeddings.len(), 5);
        assert!((0..5).all(|i| embeddings.get(i).is_none()));
    }
}

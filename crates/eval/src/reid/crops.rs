//! What is judged: unit vectors with who and where they are of.

/// Embeddings of crops, a row each, with their identities and cameras.
#[derive(Clone, Debug, PartialEq)]
pub struct Crops {
    /// `[len, dimension]`.
    pub(super) embeddings: Vec<f64>,
    pub(super) dimension: usize,
    pub(super) identities: Vec<u32>,
    pub(super) cameras: Vec<Option<u32>>,
    /// Which rows are nobody: they are looked among, and never for.
    pub(super) distractors: Vec<bool>,
}

/// Why rows cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CropsError {
    /// The three lists do not describe the same crops.
    #[error(
        "{values} numbers are not {identities} embeddings of {dimension} numbers, with {cameras} cameras"
    )]
    Shape {
        /// Numbers in all embeddings.
        values: usize,
        /// Numbers in one embedding.
        dimension: usize,
        /// How many identities were given.
        identities: usize,
        /// How many cameras were given.
        cameras: usize,
    },
    /// A vector has no direction.
    #[error("embedding {index} is zero or not finite")]
    NoDirection {
        /// Its row, from 0.
        index: usize,
    },
}

impl Crops {
    /// Crops from `[len, dimension]` embeddings, which are scaled to unit length; a camera is `None`
    /// where it is not known.
    ///
    /// # Errors
    /// When the lists differ in length, or an embedding cannot be scaled.
    pub fn new(
        embeddings: &[f32],
        dimension: usize,
        identities: Vec<u32>,
        cameras: Vec<Option<u32>>,
    ) -> Result<Self, CropsError> {
        let count = identities.len();
        if dimension == 0 || embeddings.len() != count * dimension || cameras.len() != count {
            let (values, identities, cameras) = (embeddings.len(), count, cameras.len());
            return Err(CropsError::Shape { values, dimension, identities, cameras });
        }
        let mut units: Vec<f64> = embeddings.iter().map(|&value| f64::from(value)).collect();
        for (index, row) in units.chunks_exact_mut(dimension).enumerate() {
            if !normalise(row) {
                return Err(CropsError::NoDirection { index });
            }
        }
        Ok(Self { embeddings: units, dimension, identities, cameras, distractors: vec![false; count] })
    }

    /// The same, of which those rows are distractors whose entry is true.
    ///
    /// Somebody may be mistaken for a distractor. It is no query, has no right answer, and is of no identity: two
    /// of them are neither one person nor two.
    #[must_use]
    pub fn with_distractors(mut self, mut distractors: Vec<bool>) -> Self {
        distractors.resize(self.len(), false);
        self.distractors = distractors;
        self
    }

    /// The rows that are people.
    pub(super) fn people(&self) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|&index| !self.distractors[index]).collect();
        Self {
            embeddings: rows.iter().flat_map(|&index| self.row(index)).copied().collect(),
            dimension: self.dimension,
            identities: rows.iter().map(|&index| self.identities[index]).collect(),
            cameras: rows.iter().map(|&index| self.cameras[index]).collect(),
            distractors: vec![false; rows.len()],
        }
    }

    /// Number of distractors.
    #[must_use]
    pub fn distractor_count(&self) -> usize {
        self.distractors.iter().filter(|is_one| **is_one).count()
    }

    /// Number of crops.
    #[must_use]
    pub fn len(&self) -> usize {
        self.identities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
    }

    /// Number of different identities.
    #[must_use]
    pub fn identity_count(&self) -> usize {
        distinct(self.identities.iter().copied())
    }

    /// Number of different cameras; crops without a camera count as none.
    #[must_use]
    pub fn camera_count(&self) -> usize {
        distinct(self.cameras.iter().copied().flatten())
    }

    pub(super) fn row(&self, index: usize) -> &[f64] {
        &self.embeddings[index * self.dimension..(index + 1) * self.dimension]
    }

    /// Whether both are known to come from one camera.
    pub(super) fn same_known_camera(&self, a: usize, b: usize) -> bool {
        self.cameras[a].is_some() && self.cameras[a] == self.cameras[b]
    }
}

/// Scales to unit length; false where there is no direction.
pub(super) fn normalise(row: &mut [f64]) -> bool {
    let norm = row.iter().map(|value| value * value).sum::<f64>().sqrt();
    if !norm.is_finite() || norm <= f64::MIN_POSITIVE {
        return false;
    }
    for value in row {
        *value /= norm;
    }
    true
}

fn distinct(values: impl Iterator<Item = u32>) -> usize {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.dedup();
    values.len()
}

#[cfg(test)]
mod tests {
    use super::{Crops, CropsError};

    #[test]
    fn rows_become_unit_vectors() {
        let crops = Crops::new(&[3.0, 4.0, 0.0, -2.0], 2, vec![5, 9], vec![None, Some(1)]).unwrap();
        assert_eq!((crops.row(0), crops.row(1)), (&[0.6, 0.8][..], &[0.0, -1.0][..]));
        assert_eq!((crops.identity_count(), crops.camera_count()), (2, 1));
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        let shape = Crops::new(&[1.0, 2.0, 3.0], 2, vec![0], vec![None]);
        assert!(matches!(shape, Err(CropsError::Shape { .. })), "{shape:?}");
        let zero = Crops::new(&[1.0, 0.0, 0.0, 0.0], 2, vec![0, 1], vec![None, None]);
        assert_eq!(zero, Err(CropsError::NoDirection { index: 1 }));
        let nan = Crops::new(&[f32::NAN], 1, vec![0], vec![None]);
        assert_eq!(nan, Err(CropsError::NoDirection { index: 0 }));
    }
}

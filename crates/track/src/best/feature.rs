//! What a track looks like.

use crate::gallery::dot;

/// The running mean of a track's embeddings, of unit length (as in JDE and `StrongSORT`). One vector
/// tells as much as a gallery of the latest hundred, at a hundredth of the cost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feature {
    mean: Vec<f32>,
    /// Embeddings that went into it.
    count: u32,
}

impl Feature {
    /// Forgets everything; the memory stays for the next one.
    pub(crate) fn clear(&mut self) {
        self.mean.clear();
        self.count = 0;
    }

    /// Embeddings that went into it.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Adds an embedding of unit length: f <- m f + (1 - m) e, scaled to unit length. One of another
    /// dimension, or one that leaves nothing of the mean, begins it anew.
    pub(crate) fn add(&mut self, embedding: &[f32], momentum: f32) {
        if self.mean.len() == embedding.len() {
            for (mean, value) in self.mean.iter_mut().zip(embedding) {
                *mean = momentum * *mean + (1.0 - momentum) * value;
            }
            let norm = dot(&self.mean, &self.mean).sqrt();
            if norm > 1e-3 {
                self.mean.iter_mut().for_each(|mean| *mean /= norm);
                self.count = self.count.saturating_add(1);
                return;
            }
        }
        self.mean.clear();
        self.mean.extend_from_slice(embedding);
        self.count = 1;
    }

    /// Cosine distance to another one.
    pub(crate) fn distance_to(&self, other: &Self) -> Option<f32> {
        self.distance(&other.mean).filter(|_| !other.mean.is_empty())
    }

    /// Cosine distance (1 - dot product) to an embedding, 0 to 2; none where they cannot be compared.
    pub(crate) fn distance(&self, embedding: &[f32]) -> Option<f32> {
        let comparable = !self.mean.is_empty() && self.mean.len() == embedding.len();
        comparable.then(|| 1.0 - dot(&self.mean, embedding))
    }
}

#[cfg(test)]
mod tests {
    use super::Feature;

    #[test]
    fn the_mean_keeps_unit_length_and_follows() {
        let mut feature = Feature::default();
        assert_eq!(feature.distance(&[1.0, 0.0]), None);
        feature.add(&[1.0, 0.0], 0.5);
        assert_eq!(feature.distance(&[0.0, 1.0]), Some(1.0));
        feature.add(&[0.0, 1.0], 0.5);
        let distance = feature.distance(&[0.0, 1.0]).unwrap();
        assert!((distance - (1.0 - 0.5f32.sqrt())).abs() < 1e-6);
        assert_eq!(feature.count(), 2);
        assert_eq!(feature.distance(&[1.0, 0.0, 0.0]), None);
    }

    #[test]
    fn opposites_and_other_dimensions_begin_anew() {
        let mut feature = Feature::default();
        feature.add(&[1.0, 0.0], 0.5);
        feature.add(&[-1.0, 0.0], 0.5);
        assert_eq!((feature.distance(&[-1.0, 0.0]), feature.count()), (Some(0.0), 1));
        feature.add(&[0.0, 0.0, 1.0], 0.5);
        assert_eq!(feature.distance(&[0.0, 0.0, 1.0]), Some(0.0));
        feature.clear();
        assert_eq!((feature.distance(&[0.0, 0.0, 1.0]), feature.count()), (None, 0));
    }
}

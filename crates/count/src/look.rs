//! What a person looks like.

/// The running mean of a person's embeddings; empty until the first one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    mean: Vec<f32>,
}

/// Share of the mean that stays when an embedding is added.
const MOMENTUM: f32 = 0.95;

impl Look {
    /// Adds an embedding of unit length. One of another dimension begins anew.
    pub(crate) fn add(&mut self, embedding: &[f32]) {
        if self.mean.len() == embedding.len() {
            for (mean, value) in self.mean.iter_mut().zip(embedding) {
                *mean = MOMENTUM * *mean + (1.0 - MOMENTUM) * value;
            }
        } else {
            self.mean.clear();
            self.mean.extend_from_slice(embedding);
        }
    }

    /// Whether there was any.
    pub(crate) fn is_known(&self) -> bool {
        !self.mean.is_empty()
    }

    /// Cosine distance, 0 to 2; none where either is unknown.
    pub(crate) fn distance(&self, other: &Self) -> Option<f64> {
        if self.mean.len() != other.mean.len() {
            return None;
        }
        let (mut product, mut own, mut others) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (&a, &b) in self.mean.iter().zip(&other.mean) {
            let (a, b) = (f64::from(a), f64::from(b));
            product += a * b;
            own += a * a;
            others += b * b;
        }
        let norm = (own * others).sqrt();
        (norm > 0.0).then(|| 1.0 - product / norm)
    }
}

#[cfg(test)]
mod tests {
    use super::Look;

    #[test]
    fn distance_is_that_of_the_means() {
        let (mut one, mut other) = (Look::default(), Look::default());
        assert_eq!(one.distance(&other), None);
        one.add(&[1.0, 0.0]);
        assert_eq!(one.distance(&other), None);
        other.add(&[0.0, 1.0]);
        assert!((one.distance(&other).unwrap() - 1.0).abs() < 1e-9);
        other.add(&[1.0, 0.0]);
        assert!(one.distance(&other).unwrap() < 1.0);
        one.add(&[1.0, 0.0, 0.0]);
        assert_eq!(one.distance(&other), None);
    }
}

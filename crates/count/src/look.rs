//! What a person looks like.

/// What a person's embeddings come to; empty until the first one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// The running mean, which follows how they look now.
    mean: Vec<f32>,
    /// The sum of all, which tells best how they look at all. With 32 bits it would stop growing at somebody
    /// who is in the picture for weeks.
    sum: Vec<f64>,
}

/// Share of the mean that stays when an embedding is added.
const MOMENTUM: f32 = 0.95;

impl Look {
    /// Adds an embedding of unit length, which weighs so much in the [`average`](Self::average). One of another
    /// dimension begins anew.
    pub(crate) fn add(&mut self, embedding: &[f32], weight: f64) {
        if self.mean.len() == embedding.len() {
            for (mean, value) in self.mean.iter_mut().zip(embedding) {
                *mean = MOMENTUM * *mean + (1.0 - MOMENTUM) * value;
            }
            for (sum, &value) in self.sum.iter_mut().zip(embedding) {
                *sum += weight * f64::from(value);
            }
        } else {
            embedding.clone_into(&mut self.mean);
            self.sum.clear();
            self.sum.extend(embedding.iter().map(|&value| weight * f64::from(value)));
        }
    }

    /// The weighted mean of all embeddings, scaled to unit length; none where there is no direction.
    pub(crate) fn average(&self) -> Option<Vec<f32>> {
        let square = self.sum.iter().map(|value| value * value).sum::<f64>();
        let norm = square.sqrt();
        let is_direction = norm.is_finite() && norm > f64::from(f32::MIN_POSITIVE);
        is_direction.then(|| self.sum.iter().map(|value| (value / norm) as f32).collect())
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
        one.add(&[1.0, 0.0], 1.0);
        assert_eq!(one.distance(&other), None);
        other.add(&[0.0, 1.0], 1.0);
        assert!((one.distance(&other).unwrap() - 1.0).abs() < 1e-9);
        other.add(&[1.0, 0.0], 1.0);
        assert!(one.distance(&other).unwrap() < 1.0);
        one.add(&[1.0, 0.0, 0.0], 1.0);
        assert_eq!(one.distance(&other), None);
    }

    #[test]
    fn the_average_has_unit_length_and_embeddings_weigh_what_is_said() {
        let mut look = Look::default();
        assert_eq!(look.average(), None);
        for embedding in [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]] {
            look.add(&embedding, 1.0);
        }
        let half = 0.5_f32.sqrt();
        assert!(look.average().unwrap().iter().all(|value| (value - half).abs() < 1e-6));
        look.add(&[0.0, 1.0], 3.0);
        let average = look.average().unwrap();
        assert!((f64::from(average[1] / average[0]) - 2.5).abs() < 1e-6, "{average:?}");
        look.add(&[0.0, 0.0, 2.0], 1.0);
        assert_eq!(look.average().unwrap(), [0.0, 0.0, 1.0]);
    }
}

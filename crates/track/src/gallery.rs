//! The embeddings that a track is recognised by.

/// Rows that memory is reserved for at the first one. A budget up to this never moves its rows: when
/// many tracks begin in one frame, their galleries would else all be copied in the same later ones.
const RESERVED: usize = 128;

/// The latest unit-length embeddings of one track, at most `budget` of them.
///
/// Rows lie behind each other in one `[rows, dimension]` array that is written round and round.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    vectors: Vec<f32>,
    dimension: usize,
    /// Row that the next embedding goes to.
    next: usize,
}

impl Gallery {
    /// Forgets all embeddings; their memory stays for the next ones.
    pub fn clear(&mut self) {
        self.vectors.clear();
        self.next = 0;
    }

    /// Whether it can be compared with an embedding of this dimension.
    #[must_use]
    pub fn knows(&self, dimension: usize) -> bool {
        !self.vectors.is_empty() && self.dimension == dimension
    }

    /// Goes on with another budget: of more embeddings than that the latest are kept.
    pub fn keep(&mut self, budget: usize) {
        if self.dimension > 0 {
            // From the oldest to the latest, as if the array had never been full.
            let oldest = self.oldest();
            self.vectors.rotate_left(oldest * self.dimension);
            let rows = self.vectors.len() / self.dimension;
            self.vectors.drain(..rows.saturating_sub(budget.max(1)) * self.dimension);
            self.next = (self.vectors.len() / self.dimension) % budget.max(1);
        }
    }

    /// The row of the oldest embedding: where the next one goes, unless there is room behind the last.
    fn oldest(&self) -> usize {
        if self.next * self.dimension < self.vectors.len() { self.next } else { 0 }
    }

    /// Adds an embedding of unit length, in place of the oldest one if there are `budget` (at least
    /// 1, and the same as before: else see [`keep`](Self::keep)) already.
    /// One of another dimension than those before it begins the gallery anew.
    pub fn push(&mut self, embedding: &[f32], budget: usize) {
        if self.dimension != embedding.len() {
            self.clear();
            self.dimension = embedding.len();
        }
        let start = self.next * self.dimension;
        if self.vectors.is_empty() {
            self.vectors.reserve(budget.min(RESERVED) * self.dimension);
        }
        if start == self.vectors.len() {
            self.vectors.extend_from_slice(embedding);
        } else {
            self.vectors[start..start + self.dimension].copy_from_slice(embedding);
        }
        self.next = (self.next + 1) % budget.max(1);
    }

    /// Smallest cosine distance (1 - dot product) of an embedding, of the gallery's dimension, to any
    /// in the gallery: 0 to 2, or infinite for an empty gallery.
    #[must_use]
    pub fn distance(&self, embedding: &[f32]) -> f32 {
        self.rows().map(|row| 1.0 - dot(row, embedding)).fold(f32::INFINITY, f32::min)
    }

    /// Whether [`distance`](Self::distance) is at most `limit`. Looks at the latest embeddings
    /// first, which are the likeliest to be close, and stops at the first that is.
    #[must_use]
    pub fn is_within(&self, embedding: &[f32], limit: f32) -> bool {
        let (latest, oldest) = self.vectors.split_at(self.next * self.dimension);
        let width = self.dimension.max(1);
        let mut rows = latest.rchunks_exact(width).chain(oldest.rchunks_exact(width));
        rows.any(|row| 1.0 - dot(row, embedding) <= limit)
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.vectors.chunks_exact(self.dimension.max(1))
    }
}

/// Dot product of two vectors of equal length.
///
/// Independent partial sums, one for each of a fixed number of lanes, let the compiler use vector
/// registers and keep the order of summation the same on every machine.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0] + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Gallery, dot};

    fn unit(vector: Vec<f32>) -> Vec<f32> {
        let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-3);
        vector.into_iter().map(|v| v / norm).collect()
    }

    fn vectors(dimension: usize, count: usize) -> impl Strategy<Value = Vec<Vec<f32>>> {
        let vector = prop::collection::vec(-1.0f32..1.0, dimension).prop_map(unit);
        prop::collection::vec(vector, 1..count)
    }

    fn exact_dot(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    }

    proptest! {
        #[test]
        fn keeps_the_latest(
            (vectors, query) in (1usize..70).prop_flat_map(|dimension| (vectors(dimension, 20), vectors(dimension, 2))),
            budget in 1usize..8,
            limit in 0.0f32..2.0,
        ) {
            let mut gallery = Gallery::default();
            for vector in &vectors {
                gallery.push(vector, budget);
            }
            let latest = &vectors[vectors.len().saturating_sub(budget)..];
            let expected = latest.iter().map(|v| 1.0 - exact_dot(v, &query[0])).fold(f64::INFINITY, f64::min);
            let distance = gallery.distance(&query[0]);
            prop_assert!((f64::from(distance) - expected).abs() < 1e-5);
            prop_assert_eq!(gallery.is_within(&query[0], limit), distance <= limit);
            prop_assert!(gallery.is_within(&query[0], distance));
        }

        /// After another budget it is as if the latest embeddings alone had come, with that budget.
        #[test]
        fn another_budget_keeps_the_latest(
            (before, after) in (1usize..6).prop_flat_map(|dimension| (vectors(dimension, 20), vectors(dimension, 20))),
            (first, second) in (1usize..8, 1usize..8),
        ) {
            let mut gallery = Gallery::default();
            for vector in &before {
                gallery.push(vector, first);
            }
            gallery.keep(second);
            for vector in &after {
                gallery.push(vector, second);
            }
            let kept = &before[before.len().saturating_sub(first.min(second))..];
            let all: Vec<_> = kept.iter().chain(&after).collect();
            let mut fresh = Gallery::default();
            for vector in all {
                fresh.push(vector, second);
            }
            for query in &before {
                prop_assert_eq!(gallery.distance(query), fresh.distance(query));
                prop_assert_eq!(gallery.is_within(query, 0.1), fresh.is_within(query, 0.1));
            }
        }

        #[test]
        fn dot_is_the_dot_product(pairs in prop::collection::vec((-1.0f32..1.0, -1.0f32..1.0), 0..200)) {
            let (a, b): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            prop_assert!((f64::from(dot(&a, &b)) - exact_dot(&a, &b)).abs() < 1e-4);
            prop_assert_eq!(dot(&a, &b), dot(&b, &a));
        }
    }

    #[test]
    fn another_dimension_begins_anew() {
        let mut gallery = Gallery::default();
        assert!(!gallery.knows(2));
        gallery.push(&[1.0, 0.0], 4);
        gallery.push(&[0.0, 1.0], 4);
        assert!(gallery.knows(2) && !gallery.knows(3));
        gallery.push(&[0.0, 0.0, 1.0], 4);
        assert!(gallery.knows(3) && !gallery.knows(2));
        assert_eq!(gallery.distance(&[0.0, 0.0, 1.0]), 0.0);
        gallery.clear();
        assert!(!gallery.knows(3));
        assert_eq!(gallery.distance(&[0.0, 0.0, 1.0]), f32::INFINITY);
    }
}

//! The embeddings that a track is recognised by.

/// The latest unit-length embeddings of one track, at most `budget` of them.
///
/// Rows lie behind each other in one `[rows, dimension]` array that is written round and round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gallery {
    vectors: Vec<f32>,
    dimension: usize,
    /// Row that the next embedding goes to.
    next: usize,
}

impl Gallery {
    /// Forgets all embeddings; their memory stays for the next ones.
    pub(crate) fn clear(&mut self) {
        self.vectors.clear();
        self.next = 0;
    }

    /// Whether it can be compared with an embedding of this dimension.
    pub(crate) fn knows(&self, dimension: usize) -> bool {
        !self.vectors.is_empty() && self.dimension == dimension
    }

    /// Adds an embedding, in place of the oldest one if there are `budget` already.
    /// One of another dimension than those before it begins the gallery anew.
    pub(crate) fn push(&mut self, embedding: &[f32], budget: usize) {
        if self.dimension != embedding.len() {
            self.clear();
            self.dimension = embedding.len();
        }
        let start = self.next * self.dimension;
        if start == self.vectors.len() {
            self.vectors.extend_from_slice(embedding);
        } else {
            self.vectors[start..start + self.dimension].copy_from_slice(embedding);
        }
        self.next = (self.next + 1) % budget;
    }

    /// Smallest cosine distance (1 - dot product) to any embedding in the gallery, 0 to 2;
    /// infinite for an empty one.
    pub(crate) fn distance(&self, embedding: &[f32]) -> f32 {
        self.rows().map(|row| 1.0 - dot(row, embedding)).fold(f32::INFINITY, f32::min)
    }

    /// Whether [`distance`](Self::distance) is at most `limit`. Looks at the latest embeddings
    /// first, which are the likeliest to be close, and stops at the first that is.
    pub(crate) fn is_within(&self, embedding: &[f32], limit: f32) -> bool {
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
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 32;
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

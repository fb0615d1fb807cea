//! The distance matrix, a block of rows at a time.

use ndarray::{ArrayView2, Axis};

use super::Crops;

/// Rows of the matrix in memory: with 12,000 crops, a block of 12 MB.
const BLOCK: usize = 128;

/// `1 - a.b` of two unit vectors: 0 (same direction) to 2 (opposite).
#[must_use]
pub fn cosine_distance(a: &[f32], b: &[f32]) -> f64 {
    1.0 - a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>()
}

/// Calls `visit(index, distances)` for every crop in order, with its distance to each crop.
pub(super) fn for_each_row(crops: &Crops, mut visit: impl FnMut(usize, &[f64])) {
    let shape = (crops.len(), crops.dimension);
    // Always Ok: `Crops` holds exactly so many numbers.
    let Ok(all) = ArrayView2::from_shape(shape, &crops.embeddings) else { return };
    let mut index = 0;
    for block in all.axis_chunks_iter(Axis(0), BLOCK) {
        let distances = block.dot(&all.t()).mapv_into(|product| 1.0 - product);
        for row in distances.outer_iter() {
            // Always Some: a product is laid out row by row.
            if let Some(row) = row.as_slice() {
                visit(index, row);
            }
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops;
    use super::{cosine_distance, for_each_row};

    #[test]
    fn every_row_holds_the_distance_to_each_crop() {
        // More than a block, and not a multiple of it.
        let crops = crops(7, 300, 9, 3);
        let mut rows = 0;
        for_each_row(&crops, |index, row| {
            assert_eq!((index, row.len()), (rows, crops.len()));
            for (other, distance) in row.iter().enumerate() {
                let product: f64 = crops.row(index).iter().zip(crops.row(other)).map(|(a, b)| a * b).sum();
                assert!((distance - (1.0 - product)).abs() < 1e-12);
            }
            rows += 1;
        });
        assert_eq!(rows, crops.len());
    }

    #[test]
    fn directions_and_their_opposites() {
        assert_eq!(cosine_distance(&[1.0, 0.0], &[1.0, 0.0]), 0.0);
        assert_eq!(cosine_distance(&[1.0, 0.0], &[0.0, 1.0]), 1.0);
        assert_eq!(cosine_distance(&[1.0, 0.0], &[-1.0, 0.0]), 2.0);
    }
}

//! Whether a device gives what the CPU gives.

use footfall_track::{Detection, Embeddings};
use serde::{Deserialize, Serialize};

/// A network's results beside those of the reference on the CPU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Parity {
    /// Embeddings of the same crops.
    Embed {
        crops: usize,
        /// Of the two embeddings of a crop: the least, and the mean.
        least_cosine: f64,
        mean_cosine: f64,
    },
    /// People in the same pictures, with a score from 0.3 on.
    Detect {
        reference: usize,
        found: usize,
        /// Those of the reference that overlap one that was found by half or more.
        matched: usize,
        /// Of these the least overlap, and the largest difference of scores.
        least_iou: f64,
        largest_score_difference: f64,
    },
}

const LIKELY: f32 = 0.3;
const SAME: f64 = 0.5;

impl Parity {
    /// Of embeddings of the same crops, unit vectors; a crop that one of them lacks counts as 0.
    pub(crate) fn of_embeddings(reference: &Embeddings, found: &Embeddings) -> Self {
        let cosine = |index| match (reference.get(index), found.get(index)) {
            (Some(a), Some(b)) => a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum(),
            _ => 0.0,
        };
        let cosines: Vec<f64> = (0..reference.len()).map(cosine).collect();
        Self::Embed {
            crops: cosines.len(),
            least_cosine: cosines.iter().copied().fold(1.0, f64::min),
            mean_cosine: cosines.iter().sum::<f64>() / cosines.len().max(1) as f64,
        }
    }

    /// Of detections in the same pictures.
    pub(crate) fn of_detections(reference: &[Vec<Detection>], found: &[Vec<Detection>]) -> Self {
        let likely = |people: &[Detection]| -> Vec<Detection> {
            people.iter().filter(|one| one.confidence >= LIKELY).copied().collect()
        };
        let (mut counts, mut least, mut largest) = ([0; 3], 1.0_f64, 0.0_f64);
        for (reference, found) in reference.iter().zip(found) {
            let (reference, found) = (likely(reference), likely(found));
            counts[0] += reference.len();
            counts[1] += found.len();
            for one in &reference {
                let overlaps = found.iter().map(|other| (one.bbox.iou(&other.bbox), other.confidence));
                let best = overlaps.max_by(|(a, _), (b, _)| a.total_cmp(b));
                if let Some((iou, score)) = best.filter(|(iou, _)| *iou >= SAME) {
                    counts[2] += 1;
                    least = least.min(iou);
                    largest = largest.max(f64::from((score - one.confidence).abs()));
                }
            }
        }
        let [reference, found, matched] = counts;
        Self::Detect { reference, found, matched, least_iou: least, largest_score_difference: largest }
    }

    /// One line for people.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Embed { crops, least_cosine, mean_cosine } => {
                format!(
                    "cosine with the CPU's, {crops} crops: {least_cosine:.6} at least, {mean_cosine:.6} on average"
                )
            }
            Self::Detect { reference, found, matched, least_iou, largest_score_difference } => format!(
                "{matched} of the CPU's {reference} people found, {found} in all: overlap {least_iou:.4} at least, \
                 scores {largest_score_difference:.4} apart at most"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::{Bbox, Detection, Embeddings};

    use super::Parity;

    #[test]
    fn embeddings_are_compared_crop_by_crop() {
        let of = |rows: &[Option<[f32; 2]>]| {
            let mut embeddings = Embeddings::new(2);
            for row in rows {
                embeddings.push(row.as_ref().map(<[f32; 2]>::as_slice));
            }
            embeddings
        };
        let reference = of(&[Some([1.0, 0.0]), Some([0.0, 1.0])]);
        let parity = Parity::of_embeddings(&reference, &of(&[Some([1.0, 0.0]), Some([0.6, 0.8])]));
        let Parity::Embed { crops: 2, least_cosine, mean_cosine } = parity else { panic!("{parity:?}") };
        assert!((least_cosine - 0.8).abs() < 1e-6 && (mean_cosine - 0.9).abs() < 1e-6);
        let lacking = Parity::of_embeddings(&reference, &of(&[Some([1.0, 0.0]), None]));
        assert!(matches!(lacking, Parity::Embed { least_cosine: 0.0, .. }));
    }

    #[test]
    fn detections_are_compared_where_they_overlap() {
        let at = |x: f64, confidence| Detection { bbox: Bbox::new(x, 0.0, 10.0, 10.0), confidence };
        let reference = [vec![at(0.0, 0.9), at(50.0, 0.8), at(90.0, 0.1)]];
        let found = [vec![at(0.0, 0.7), at(70.0, 0.8)]];
        let parity = Parity::of_detections(&reference, &found);
        let Parity::Detect { reference: 2, found: 2, matched: 1, least_iou, largest_score_difference } =
            parity
        else {
            panic!("{parity:?}")
        };
        assert!((least_iou - 1.0).abs() < 1e-9 && (largest_score_difference - 0.2).abs() < 1e-6);
    }
}

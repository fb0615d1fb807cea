//! Greedy non-maximum suppression.

use footfall_track::Detection;

/// Keeps the detection with the highest score, drops those that overlap it by an IoU above
/// `max_iou`, and goes on with the rest, up to `limit` kept ones. Equal scores go by index.
pub(super) fn suppress(mut detections: Vec<Detection>, max_iou: f64, limit: usize) -> Vec<Detection> {
    detections.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<Detection> = Vec::new();
    for detection in detections {
        if kept.len() == limit {
            break;
        }
        if kept.iter().all(|better| better.bbox.iou(&detection.bbox) <= max_iou) {
            kept.push(detection);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use footfall_track::{Bbox, Detection};
    use proptest::prelude::*;

    use super::suppress;

    /// The definition, literally: while any is left, take the best and strike what it covers.
    fn oracle(detections: &[Detection], max_iou: f64, limit: usize) -> Vec<Detection> {
        let mut alive = vec![true; detections.len()];
        let mut kept = Vec::new();
        while kept.len() < limit {
            let mut best: Option<usize> = None;
            for i in (0..detections.len()).filter(|&i| alive[i]) {
                if best.is_none_or(|b| detections[i].confidence > detections[b].confidence) {
                    best = Some(i);
                }
            }
            let Some(best) = best else { break };
            kept.push(detections[best]);
            alive[best] = false;
            for (i, other) in detections.iter().enumerate() {
                alive[i] &= detections[best].bbox.iou(&other.bbox) <= max_iou;
            }
        }
        kept
    }

    fn detections() -> impl Strategy<Value = Vec<Detection>> {
        // Few places and scores, so that overlaps and ties are many.
        let one =
            (0..12_i32, 0..12_i32, 1..8_i32, 1..8_i32, 0..6_u8).prop_map(|(x, y, w, h, score)| Detection {
                bbox: Bbox::new(f64::from(x), f64::from(y), f64::from(w), f64::from(h)),
                confidence: f32::from(score) / 5.0,
            });
        prop::collection::vec(one, 0..40)
    }

    /// Any limit, and often one that overlaps meet exactly.
    fn limits() -> impl Strategy<Value = f64> {
        prop_oneof![0.0..1.0, Just(0.0), Just(0.25), Just(0.5), Just(1.0)]
    }

    proptest! {
        #[test]
        fn equals_the_definition(found in detections(), max_iou in limits(), limit in 0..30_usize) {
            prop_assert_eq!(suppress(found.clone(), max_iou, limit), oracle(&found, max_iou, limit));
        }
    }
}

//! What a detector's confidence is worth.

use crate::Detection;

/// The confidence that a detector usually gives to the clearest person of a frame.
///
/// Thresholds are published for detectors whose scores reach 1. Others stop well below, quantised
/// ones above all: with thresholds in units of this scale one setting serves them all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ScoreScale {
    mean: Option<f32>,
}

impl ScoreScale {
    /// The scale once this frame's detections are known. `memory` is the share by which it
    /// follows them; at 0 it is 1. Frames without a detection of at least `least` tell nothing.
    pub(crate) fn with(self, detections: &[Detection], least: f32, memory: f32) -> Self {
        let scores = detections.iter().map(|detection| detection.confidence);
        let clearest = scores.filter(|&score| score >= least).fold(0.0, f32::max).min(1.0);
        if memory == 0.0 {
            // What was learnt by other settings is not to outlast them.
            return Self::default();
        }
        if clearest == 0.0 {
            return self;
        }
        let mean = self.mean.map_or(clearest, |mean| mean + memory * (clearest - mean));
        Self { mean: Some(mean) }
    }

    /// What a confidence would be from a detector whose scores reach 1.
    pub(crate) fn normal(self, confidence: f32) -> f32 {
        confidence / self.mean.unwrap_or(1.0)
    }

    /// What a threshold for scores up to 1 amounts to.
    pub(crate) fn apply(self, threshold: f32) -> f32 {
        threshold * self.mean.unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ScoreScale;
    use crate::{Bbox, Detection};

    fn seen(scores: &[f32]) -> Vec<Detection> {
        let bbox = Bbox::new(0.0, 0.0, 1.0, 2.0);
        scores.iter().map(|&confidence| Detection { bbox, confidence }).collect()
    }

    #[test]
    fn begins_with_the_clearest_and_follows_it() {
        let scale = ScoreScale::default().with(&seen(&[0.2, 0.8, f32::NAN]), 0.1, 0.25);
        assert_eq!(scale.apply(0.5), 0.4);
        let scale = scale.with(&seen(&[0.4]), 0.1, 0.25);
        assert!((scale.apply(1.0) - 0.7).abs() < 1e-6);
        assert!((scale.normal(scale.apply(0.3)) - 0.3).abs() < 1e-6);
    }

    #[test]
    fn an_empty_frame_tells_nothing_and_without_memory_the_scale_is_one() {
        let scale = ScoreScale::default().with(&seen(&[0.8]), 0.1, 0.25);
        assert_eq!(scale.with(&seen(&[0.05]), 0.1, 0.25).apply(1.0), 0.8);
        assert_eq!(ScoreScale::default().with(&seen(&[0.8]), 0.1, 0.0).apply(1.0), 1.0);
        assert_eq!(scale.with(&seen(&[0.8]), 0.1, 0.0).apply(1.0), 1.0, "whatever was before");
    }
}

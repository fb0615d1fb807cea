//! What can be set about preset `deepsort`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, UNIT, check, check_age, seconds};

/// Settings of preset `deepsort`; the defaults are those of the paper and its published code,
/// but for `min_confidence`, which belongs to a detector, and `max_age`, which was 30 frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeepSortConfig {
    /// Detections with a lower confidence are ignored, 0 to 1.
    pub min_confidence: f32,
    /// A track is confirmed once it was seen in this many frames in succession.
    pub n_init: u32,
    /// A confirmed track that was not seen for longer than this is removed. In seconds.
    #[serde(with = "seconds")]
    pub max_age: Duration,
    /// How many of its latest embeddings a track is compared by.
    pub nn_budget: usize,
    /// Greatest IoU distance (1 - intersection over union), 0 to 1, at which a detection may belong
    /// to a track by overlap.
    pub max_iou_distance: f64,
}

impl Default for DeepSortConfig {
    fn default() -> Self {
        Self {
            min_confidence: 0.45,
            n_init: 3,
            max_age: Duration::from_secs(2),
            nn_budget: 100,
            max_iou_distance: 0.7,
        }
    }
}

impl DeepSortConfig {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let Self { min_confidence, n_init, max_age, nn_budget, max_iou_distance } = self;
        check("deepsort.min_confidence", min_confidence, (0.0..=1.0).contains(min_confidence), UNIT)?;
        check("deepsort.n_init", n_init, *n_init >= 1, "1 or more")?;
        check_age("deepsort.max_age", *max_age)?;
        check("deepsort.nn_budget", nn_budget, *nn_budget >= 1, "1 or more")?;
        check("deepsort.max_iou_distance", max_iou_distance, (0.0..=1.0).contains(max_iou_distance), UNIT)
    }
}

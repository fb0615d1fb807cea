//! What can be set about preset `best`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, UNIT, check, check_age, seconds};

/// Longest time that is looked back: memory is bounded.
const MOST_LOOK_BACK: Duration = Duration::from_secs(5);

/// Settings of preset `best`; the defaults are one compromise for all footage, found by
/// `scripts/measure tracker`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BestConfig {
    /// A detection of at least this confidence can begin a track, 0 to 1. In units of
    /// the detector's own scale, see `scale_memory`.
    pub new_confidence: f32,
    /// A detection of at most this confidence is no evidence that a track is somebody, 0 to 1, in units of the
    /// detector's own scale.
    pub doubtful_confidence: f32,
    /// A detection of at least this confidence takes part in the first association, 0 to 1, in units
    /// of the detector's own scale.
    pub high_confidence: f32,
    /// A detection of at least this confidence can keep up a track that was seen in the frame before,
    /// 0 to 1; 1 leaves the second association out.
    pub low_confidence: f32,
    /// A detection of at least this confidence has an appearance worth looking at, 0 to 1, in units
    /// of the detector's own scale: crops of people half hidden show others too.
    pub embedding_confidence: f32,
    /// Share by which the detector's scale, the usual confidence of a frame's clearest detection,
    /// follows the latest frame, 0 to 1. At 0 the scale is 1.
    pub scale_memory: f32,
    /// A track is confirmed once it was seen in this many frames in succession, with enough `evidence`; those
    /// that begin in the first frame with anybody in it are confirmed at once.
    pub n_init: u32,
    /// What the confidences of a track's detections have to add up to, counted from `doubtful_confidence`: a
    /// clear person needs two detections, one far away some more.
    pub evidence: f32,
    /// From which share of the smaller one's area on, in common with somebody's box, a new box of another shape is part
    /// of them, 0 to 1: their head, or their legs. It is nobody else until they part. 0 holds nobody back.
    pub part_share: f64,
    /// For how long what nobody was tracked by is kept, in seconds: a newborn track is followed back through it.
    #[serde(with = "seconds")]
    pub look_back: Duration,
    /// A confirmed track that was not seen for longer than this is removed. In seconds.
    #[serde(with = "seconds")]
    pub max_age: Duration,
    /// Greatest distance of a pair in the first association: 1 - similarity x confidence, plus what
    /// appearance says.
    pub max_distance: f64,
    /// Greatest distance (1 - similarity) of a pair in the second association, 0 to 1.
    pub max_low_distance: f64,
    /// Greatest distance (1 - similarity x confidence) of a detection and a track that is not
    /// confirmed yet, 0 to 1.
    pub max_tentative_distance: f64,
    /// Share of its width and height by which a box grows to each side before overlaps are taken.
    pub box_buffer: f64,
    /// Whether similarity is IoU times the IoU of heights, or IoU alone.
    pub height_similarity: bool,
    /// How much more the Kalman filter doubts a box of which all is hidden behind another person than
    /// one in plain sight: the variance of the measurement grows by this times the share that is hidden.
    pub occlusion_noise: f64,
    /// Variance of a measured width or height over that of a measured place. Boxes change their size
    /// with every swing of an arm, and people do not.
    pub size_noise: f64,
    /// Whether the camera's motion is estimated from the crowd's.
    pub camera_motion: bool,
    /// How much a difference in cosine distance weighs against one in overlap; 0 ignores appearance.
    pub appearance_weight: f64,
    /// Share of a track's feature that stays when an embedding is added, 0 to 1.
    pub feature_momentum: f32,
}

impl Default for BestConfig {
    fn default() -> Self {
        Self {
            new_confidence: 0.7,
            doubtful_confidence: 0.6,
            high_confidence: 0.3,
            low_confidence: 0.1,
            embedding_confidence: 0.5,
            scale_memory: 0.05,
            n_init: 2,
            evidence: 0.5,
            part_share: 0.8,
            look_back: Duration::from_secs(2),
            max_age: Duration::from_millis(1500),
            max_distance: 0.75,
            max_low_distance: 0.3,
            max_tentative_distance: 0.7,
            box_buffer: 0.15,
            height_similarity: true,
            occlusion_noise: 4.0,
            size_noise: 8.0,
            camera_motion: true,
            appearance_weight: 2.0,
            feature_momentum: 0.95,
        }
    }
}

impl BestConfig {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let shares = [
            ("best.new_confidence", f64::from(self.new_confidence)),
            ("best.doubtful_confidence", f64::from(self.doubtful_confidence)),
            ("best.high_confidence", f64::from(self.high_confidence)),
            ("best.low_confidence", f64::from(self.low_confidence)),
            ("best.embedding_confidence", f64::from(self.embedding_confidence)),
            ("best.scale_memory", f64::from(self.scale_memory)),
            ("best.part_share", self.part_share),
            ("best.max_low_distance", self.max_low_distance),
            ("best.max_tentative_distance", self.max_tentative_distance),
            ("best.feature_momentum", f64::from(self.feature_momentum)),
        ];
        for (field, value) in shares {
            check(field, &value, (0.0..=1.0).contains(&value), UNIT)?;
        }
        check("best.n_init", &self.n_init, self.n_init >= 1, "1 or more")?;
        check("best.evidence", &self.evidence, (0.0..=100.0).contains(&self.evidence), "from 0 to 100")?;
        check_age("best.max_age", self.max_age)?;
        let look_back = &self.look_back;
        check(
            "best.look_back",
            &look_back.as_secs_f64(),
            *look_back <= MOST_LOOK_BACK,
            "from 0 to 5 seconds",
        )?;
        let Self { max_distance, box_buffer, appearance_weight, .. } = self;
        check(
            "best.max_distance",
            max_distance,
            (-100.0..=100.0).contains(max_distance),
            "from -100 to 100",
        )?;
        check("best.box_buffer", box_buffer, (0.0..=10.0).contains(box_buffer), "from 0 to 10")?;
        let occlusion = (0.0..=1e6).contains(&self.occlusion_noise);
        check("best.occlusion_noise", &self.occlusion_noise, occlusion, "from 0 to 1000000")?;
        let size = (1e-3..=1e6).contains(&self.size_noise);
        check("best.size_noise", &self.size_noise, size, "from 0.001 to 1000000")?;
        let weight = (0.0..=100.0).contains(appearance_weight);
        check("best.appearance_weight", appearance_weight, weight, "from 0 to 100")
    }
}

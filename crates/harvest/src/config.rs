//! Which crops are good enough.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

/// What is kept, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    /// The camera's number in file names.
    pub camera: u32,
    /// The size of the crops that are written.
    pub size: CropSize,
    /// The detector's score must be at least this, 0 to 1.
    pub min_confidence: f32,
    /// The person's box must be at least this high, in pixels.
    pub min_height: f64,
    /// At most this share of the box may lie under another person's, 0 to 1.
    pub max_overlap: f64,
    /// The box must stay this far from the picture's borders, in pixels: beyond them people are cut.
    pub border: f64,
    /// The variance of the Laplacian of the crop, grey and at 128x64, must be at least this. Of
    /// Market-1501's crops one in a hundred has less than 114.
    pub min_sharpness: f64,
    /// Of crops of one track within this time only the sharpest is kept, in seconds.
    #[serde(serialize_with = "seconds")]
    pub every: Duration,
    /// A crop must differ at least this much from each one kept of its track: 1 minus the correlation
    /// of both, grey and at 32x16; 0 to 2.
    pub min_difference: f64,
    /// No more crops of a track than this; the time between them grows instead.
    pub max_per_track: usize,
    /// A track with fewer good crops than this is left out: nothing can be learnt from one picture.
    pub min_per_track: usize,
    /// A track that was not seen for so long will not come back, in seconds.
    #[serde(serialize_with = "seconds")]
    pub max_gap: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            camera: 1,
            size: CropSize::Fixed { height: 128, width: 64 },
            min_confidence: 0.6,
            min_height: 64.0,
            max_overlap: 0.2,
            border: 2.0,
            min_sharpness: 120.0,
            every: Duration::from_millis(500),
            min_difference: 0.05,
            max_per_track: 20,
            min_per_track: 2,
            max_gap: Duration::from_mins(1),
        }
    }
}

impl Config {
    /// What is wrong with the first setting that means nothing, if one does.
    pub(crate) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let positive = |value: f64| value >= 0.0 && value.is_finite();
        [
            (share(self.min_confidence.into()), "min_confidence", "a score from 0 to 1"),
            (positive(self.min_height), "min_height", "pixels, 0 or more"),
            (share(self.max_overlap), "max_overlap", "a share from 0 to 1"),
            (positive(self.border), "border", "pixels, 0 or more"),
            (positive(self.min_sharpness), "min_sharpness", "a variance, 0 or more"),
            (!self.every.is_zero(), "every", "a time above 0"),
            (positive(self.min_difference), "min_difference", "0 or more"),
            (self.max_per_track > 0, "max_per_track", "1 or more"),
            (self.min_per_track <= self.max_per_track, "min_per_track", "max_per_track at most"),
        ]
        .into_iter()
        .find_map(|(sound, key, expected)| (!sound).then_some((key, expected)))
    }
}

/// The size of written crops: `native`, or `HEIGHTxWIDTH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CropSize {
    /// As they are in the footage.
    Native,
    /// Stretched to this size, as embedders stretch them.
    Fixed {
        /// Rows.
        height: u32,
        /// Columns.
        width: u32,
    },
}

/// A text that is no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected native, or HEIGHTxWIDTH in pixels from 8 to 4096, as in 128x64")]
pub struct ParseCropSizeError;

impl FromStr for CropSize {
    type Err = ParseCropSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "native" {
            return Ok(Self::Native);
        }
        let side = |digits: &str| digits.parse().ok().filter(|side| (8..=4096).contains(side));
        text.split_once('x')
            .and_then(|(height, width)| Some(Self::Fixed { height: side(height)?, width: side(width)? }))
            .ok_or(ParseCropSizeError)
    }
}

impl fmt::Display for CropSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native => formatter.write_str("native"),
            Self::Fixed { height, width } => write!(formatter, "{height}x{width}"),
        }
    }
}

impl Serialize for CropSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{Config, CropSize};

    #[test]
    fn sizes_are_read_and_written() {
        for (text, size) in
            [("native", CropSize::Native), ("128x64", CropSize::Fixed { height: 128, width: 64 })]
        {
            assert_eq!((text.parse(), size.to_string().as_str()), (Ok(size), text));
        }
        for text in ["", "128", "128x", "0x64", "128x9999", "Native"] {
            assert!(text.parse::<CropSize>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn settings_that_mean_nothing_are_named() {
        assert_eq!(Config::default().fault(), None);
        let fault = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config.fault().map(|(key, _)| key)
        };
        assert_eq!(fault(|c| c.min_confidence = 1.5), Some("min_confidence"));
        assert_eq!(fault(|c| c.min_sharpness = f64::NAN), Some("min_sharpness"));
        assert_eq!(fault(|c| c.max_per_track = 0), Some("max_per_track"));
        assert_eq!(fault(|c| c.min_per_track = 21), Some("min_per_track"));
    }
}

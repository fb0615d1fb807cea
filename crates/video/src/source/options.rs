//! What a user may say about a source.

use serde::{Deserialize, Serialize};

use crate::VideoError;

/// How a source is opened; the defaults suit almost every one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceOptions {
    /// Frames a second of a recording, instead of what its container or `seqinfo.ini` says: frame n
    /// is then at (n - 1) / `frame_rate`. A folder without either has 25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// How long a stream may take to open, in seconds.
    pub open_timeout: f64,
    /// How long a stream may send nothing, in seconds.
    pub read_timeout: f64,
    /// Width and height that a camera is asked for, in pixels; it gives the nearest it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_size: Option<[u32; 2]>,
    /// Frames a second that a camera is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_rate: Option<f64>,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            frame_rate: None,
            open_timeout: 10.0,
            read_timeout: 10.0,
            camera_size: None,
            camera_rate: None,
        }
    }
}

impl SourceOptions {
    /// Fails on numbers that mean nothing.
    pub(super) fn validate(&self) -> Result<(), VideoError> {
        let above_zero = |key, value: Option<f64>, most, expected| match value {
            Some(value) if !(value > 0.0 && value <= most) => {
                Err(VideoError::Option { key, value: value.to_string(), expected })
            }
            _ => Ok(()),
        };
        let rate = "a number of frames a second above 0, at most 1000";
        above_zero("frame_rate", self.frame_rate, 1000.0, rate)?;
        above_zero("camera_rate", self.camera_rate, 1000.0, rate)?;
        let seconds = "a number of seconds above 0, at most 86400";
        above_zero("open_timeout", Some(self.open_timeout), 86_400.0, seconds)?;
        above_zero("read_timeout", Some(self.read_timeout), 86_400.0, seconds)?;
        match self.camera_size {
            Some([width, height]) if !(1..=32_767).contains(&width) || !(1..=32_767).contains(&height) => {
                Err(VideoError::Option {
                    key: "camera_size",
                    value: format!("[{width}, {height}]"),
                    expected: "width and height from 1 to 32767 pixels",
                })
            }
            _ => Ok(()),
        }
    }
}

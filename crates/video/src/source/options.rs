//! What a user may say about a source.

use std::str::FromStr;
use std::time::Duration;

use footfall_pipeline::live::RetryConfig;
use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

use crate::VideoError;

/// How a source is opened, and what happens when it is lost; the defaults suit almost every one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceOptions {
    /// Frames a second of a recording, instead of what its container or `seqinfo.ini` says: frame n
    /// is then at (n - 1) / `frame_rate`. A folder without either has 25.
    pub frame_rate: Option<f64>,
    /// How long a stream may take to open, in seconds.
    pub open_timeout: f64,
    /// How long a stream may send nothing, in seconds: then it is opened again.
    pub read_timeout: f64,
    /// What RTSP comes over.
    pub transport: Transport,
    /// A file that holds `user:password` for the address, read again for each connection: so they may be
    /// changed while the program runs.
    pub login_file: Option<LocalPath>,
    /// The delay before a lost source is opened again, in seconds; doubled with each attempt that fails,
    /// and made shorter at random by up to a half.
    pub retry_first: f64,
    /// The longest such delay, in seconds.
    pub retry_most: f64,
    /// For how many seconds a source may be lost until that ends it with an error; by default for ever.
    pub give_up_after: Option<f64>,
    /// A longer time between two live frames, in seconds, is recorded as uncounted.
    pub uncounted_gap: f64,
    /// Width and height that a camera is asked for, in pixels; it gives the nearest it can.
    pub camera_size: Option<[u32; 2]>,
    /// Frames a second that a camera is asked for, or an address that gives one picture at a time; of these 5 by
    /// default.
    pub camera_rate: Option<f64>,
    /// The format that a camera is asked for, by its four letters: over USB 2 large pictures come at
    /// full rate as `MJPG` only.
    pub camera_format: Option<String>,
}

/// What RTSP comes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One connection, in which nothing is lost.
    #[default]
    Tcp,
    /// Datagrams: less delay where the network loses none.
    Udp,
}

impl Transport {
    /// The environment variable that chooses this transport for the whole process, and its value;
    /// `None` for what is chosen without it.
    ///
    /// OpenCV reads it whenever a stream is opened, and a program's own environment cannot be changed
    /// safely once it runs: a binary sets it before it starts.
    #[must_use]
    pub fn variable(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Tcp => None,
            Self::Udp => Some(("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;udp")),
        }
    }
}

impl FromStr for Transport {
    type Err = VideoError;

    fn from_str(name: &str) -> Result<Self, VideoError> {
        match name {
            "tcp" => Ok(Self::Tcp),
            "udp" => Ok(Self::Udp),
            other => {
                Err(VideoError::Option { key: "transport", value: other.to_owned(), expected: "tcp or udp" })
            }
        }
    }
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            frame_rate: None,
            open_timeout: 10.0,
            read_timeout: 10.0,
            transport: Transport::Tcp,
            login_file: None,
            retry_first: 0.5,
            retry_most: 30.0,
            give_up_after: None,
            uncounted_gap: 2.0,
            camera_size: None,
            camera_rate: None,
            camera_format: None,
        }
    }
}

impl SourceOptions {
    /// Fails on values that mean nothing.
    ///
    /// # Errors
    /// The first option that is out of its range.
    pub fn validate(&self) -> Result<(), VideoError> {
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
        for (key, value) in [
            ("open_timeout", Some(self.open_timeout)),
            ("read_timeout", Some(self.read_timeout)),
            ("retry_first", Some(self.retry_first)),
            ("retry_most", Some(self.retry_most)),
            ("give_up_after", self.give_up_after),
            ("uncounted_gap", Some(self.uncounted_gap)),
        ] {
            above_zero(key, value, 86_400.0, seconds)?;
        }
        self.validate_camera()
    }

    fn validate_camera(&self) -> Result<(), VideoError> {
        let refuse = |key, value, expected| Err(VideoError::Option { key, value, expected });
        if let Some([width, height]) = self.camera_size
            && (!(1..=32_767).contains(&width) || !(1..=32_767).contains(&height))
        {
            let expected = "width and height from 1 to 32767 pixels";
            return refuse("camera_size", format!("[{width}, {height}]"), expected);
        }
        match &self.camera_format {
            Some(format) if format.len() != 4 || !format.is_ascii() => {
                refuse("camera_format", format.clone(), "four letters, as in MJPG or YUYV")
            }
            _ => Ok(()),
        }
    }

    /// When a lost source is opened again; valid options only.
    pub(super) fn retry(&self) -> RetryConfig {
        let seconds = |value| Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX);
        RetryConfig {
            first: seconds(self.retry_first),
            most: seconds(self.retry_most),
            give_up_after: self.give_up_after.map(seconds),
            gap: seconds(self.uncounted_gap),
        }
    }
}

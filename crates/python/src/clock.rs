//! Numbers and times of frames, where a caller does not say them.

use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Counts frames, and knows what their numbers mean in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    rate: f64,
    /// Number and time of the latest frame, and whether its time was said.
    last: Option<(u64, Duration, bool)>,
}

impl Clock {
    /// At `rate` frames a second, above 0.
    pub(crate) fn new(rate: f64) -> Self {
        Self { rate, last: None }
    }

    /// Number and time of the frame that comes next. Without a time, frame n is at (n - 1) / rate; after one whose
    /// time was said, it is as many frames later.
    ///
    /// # Errors
    /// When they do not rise, or are none.
    pub(crate) fn next(&self, frame: Option<u64>, time: Option<f64>) -> PyResult<(u64, Duration)> {
        let before = self.last.map_or(0, |(number, ..)| number);
        let number = frame.unwrap_or(before + 1);
        if number <= before {
            let problem = match before {
                0 => "frames are counted from 1".to_owned(),
                _ => format!("the frame before was {before}, and frames must rise"),
            };
            return Err(PyValueError::new_err(format!("frame is {number}; {problem}")));
        }
        let seconds = |seconds: f64| {
            let wrong = || {
                PyValueError::new_err(format!(
                    "time is {seconds}; expected seconds since the start, 0 or more"
                ))
            };
            Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
        };
        let time = match (time, self.last) {
            (Some(time), last) => {
                let time = seconds(time)?;
                if let Some((_, earlier, _)) = last.filter(|(_, earlier, _)| time < *earlier) {
                    return Err(PyValueError::new_err(format!(
                        "time is {} s, and the frame before was at {} s: times must not fall",
                        time.as_secs_f64(),
                        earlier.as_secs_f64()
                    )));
                }
                time
            }
            (None, Some((last, time, true))) => {
                time.saturating_add(seconds((number - last) as f64 / self.rate)?)
            }
            (None, _) => seconds((number - 1) as f64 / self.rate)?,
        };
        Ok((number, time))
    }

    /// Remembers the frame that was taken.
    pub(crate) fn take(&mut self, (number, time): (u64, Duration), was_said: bool) {
        let was_said = was_said || self.last.is_some_and(|(.., said)| said);
        self.last = Some((number, time, was_said));
    }
}

/// A frame rate that a clock goes by.
///
/// # Errors
/// When it is none.
pub(crate) fn frame_rate(rate: f64) -> PyResult<f64> {
    if (1e-3..=1e6).contains(&rate) {
        return Ok(rate);
    }
    Err(PyValueError::new_err(format!(
        "frame_rate is {rate}; expected frames a second, from 0.001 to 1000000"
    )))
}

//! The size of a network's input.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Height and width in pixels, both at least 1; written `HEIGHTxWIDTH`, as in `320x416`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// A text that is no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no size: expected HEIGHTxWIDTH in pixels from 1 to {MAX_SIDE}, as in 320x416")]
pub struct ParseSizeError {
    /// The text.
    pub text: String,
}

/// The longest side that is accepted: beyond it, a typing error is likelier than a network.
const MAX_SIDE: usize = 8192;

impl Size {
    pub(crate) const fn new(height: usize, width: usize) -> Self {
        Self { height, width }
    }

    /// Height times width.
    pub(crate) const fn area(self) -> usize {
        self.height * self.width
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}x{}", self.height, self.width)
    }
}

impl FromStr for Size {
    type Err = ParseSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |digits: &str| digits.parse().ok().filter(|side| (1..=MAX_SIDE).contains(side));
        text.split_once('x')
            .and_then(|(height, width)| Some(Self::new(side(height)?, side(width)?)))
            .ok_or_else(|| ParseSizeError { text: text.to_owned() })
    }
}

impl TryFrom<String> for Size {
    type Error = ParseSizeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn height_comes_first() {
        let size: Size = "320x416".parse().unwrap();
        assert_eq!(size, Size::new(320, 416));
        assert_eq!(size.to_string(), "320x416");
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "320", "x", "0x416", "320x", "320x-1", "320x416x3", "320 x 416", "9000x10"] {
            assert!(text.parse::<Size>().is_err(), "{text:?}");
        }
    }
}

//! What the numbers of boxes and scores are.

use std::fmt;
use std::str::FromStr;

use footfall_track::Bbox;

use crate::Size;

/// What the four numbers of a box are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Left, top, right, bottom.
    Corners,
    /// Top, left, bottom, right.
    CornersYx,
    /// The centre's x and y, width, height.
    CentreSize,
    /// Left, top, width, height.
    CornerSize,
}

/// What boxes are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Pixels of the input.
    Pixels,
    /// Shares of the input's sides.
    Normalised,
}

/// What makes probabilities of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Nothing: they are probabilities.
    Probability,
    /// `1 / (1 + exp(-z))`, each for itself.
    Sigmoid,
    /// `exp(z_i) / sum_j exp(z_j)` over the classes.
    Softmax,
}

impl Coding {
    pub(crate) const EXPECTED: &str = "xyxy, yxyx, cxcywh or xywh";

    /// Corners where in all of these boxes the third and the fourth number lie beyond the first and the second, else
    /// centre and size: of boxes all over a picture, some are nearer to its corner than they are large.
    pub(super) fn of(boxes: &[[f32; 4]]) -> Self {
        let are_corners = boxes.iter().all(|[left, top, right, bottom]| left <= right && top <= bottom);
        if are_corners { Self::Corners } else { Self::CentreSize }
    }

    /// The box of four numbers, each times the side of `unit` (width, height) that it lies along.
    pub(super) fn bbox(self, numbers: [f32; 4], unit: [f64; 2]) -> Bbox {
        let [a, b, c, d] = numbers.map(f64::from);
        let [x, y] = unit;
        match self {
            Self::Corners => Bbox::new(a * x, b * y, (c - a) * x, (d - b) * y),
            Self::CornersYx => Bbox::new(b * x, a * y, (d - b) * x, (c - a) * y),
            Self::CentreSize => Bbox::new((a - c / 2.0) * x, (b - d / 2.0) * y, c * x, d * y),
            Self::CornerSize => Bbox::new(a * x, b * y, c * x, d * y),
        }
    }
}

impl Scale {
    pub(crate) const EXPECTED: &str = "pixels or normalised";

    /// Pixels of an input of this size in one unit, along x and y.
    pub(super) fn unit(self, input: Size) -> [f64; 2] {
        match self {
            Self::Pixels => [1.0; 2],
            Self::Normalised => [input.width as f64, input.height as f64],
        }
    }
}

impl Activation {
    pub(crate) const EXPECTED: &str = "probability, sigmoid or softmax";

    /// The probability of one class, of `row` with the scores of all.
    pub(super) fn probability(self, row: &[f32], class: usize) -> f32 {
        match self {
            Self::Probability => row[class],
            Self::Sigmoid => sigmoid(row[class]),
            Self::Softmax => {
                let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let weight = |score: f32| f64::from(score - highest).exp();
                (weight(row[class]) / row.iter().map(|&score| weight(score)).sum::<f64>()) as f32
            }
        }
    }
}

fn sigmoid(logit: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(logit)).exp())) as f32
}

/// Names of an enumeration's values, as they are written and read.
macro_rules! named {
    ($kind:ident { $($value:ident = $name:literal),+ $(,)? }) => {
        impl FromStr for $kind {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text {
                    $($name => Ok(Self::$value),)+
                    _ => Err(()),
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self { $(Self::$value => $name),+ })
            }
        }
    };
}

named!(Coding { Corners = "xyxy", CornersYx = "yxyx", CentreSize = "cxcywh", CornerSize = "xywh" });
named!(Scale { Pixels = "pixels", Normalised = "normalised" });
named!(Activation { Probability = "probability", Sigmoid = "sigmoid", Softmax = "softmax" });

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::{Activation, Coding, Scale};
    use crate::Size;

    #[test]
    fn one_box_in_every_coding() {
        let expected = Bbox::new(20.0, 10.0, 40.0, 20.0);
        for (coding, numbers) in [
            (Coding::Corners, [0.2, 0.2, 0.6, 0.6]),
            (Coding::CornersYx, [0.2, 0.2, 0.6, 0.6]),
            (Coding::CentreSize, [0.4, 0.4, 0.4, 0.4]),
            (Coding::CornerSize, [0.2, 0.2, 0.4, 0.4]),
        ] {
            let found = coding.bbox(numbers, Scale::Normalised.unit(Size::new(50, 100)));
            for (a, b) in [(found.x, expected.x), (found.y, expected.y)] {
                assert!((a - b).abs() < 1e-5, "{coding}: {found:?}");
            }
            assert!((found.width - 40.0).abs() < 1e-5 && (found.height - 20.0).abs() < 1e-5, "{found:?}");
        }
        let pixels = Scale::Pixels.unit(Size::new(50, 100));
        assert_eq!(Coding::CornersYx.bbox([10.0, 20.0, 30.0, 60.0], pixels), expected);
    }

    #[test]
    fn probabilities_follow_from_scores() {
        let row = [0.5, -200.0, 100.0];
        assert_eq!(Activation::Probability.probability(&row, 0), 0.5);
        assert!((Activation::Sigmoid.probability(&row, 0) - 0.622_459_3).abs() < 1e-6);
        assert_eq!(Activation::Sigmoid.probability(&row, 1), 0.0);
        assert_eq!(Activation::Softmax.probability(&row, 2), 1.0);
        let total: f32 = (0..3).map(|class| Activation::Softmax.probability(&[1.0, 2.0, 3.0], class)).sum();
        assert!((total - 1.0).abs() < 1e-6);
    }
}

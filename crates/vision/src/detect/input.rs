//! The size of a detector's input, by what the network takes and the picture's shape.

use crate::detect::recipe::Recipe;
use crate::letterbox::scale_into;
use crate::session::Model;
use crate::signature::FREE;
use crate::{Error, Size};

/// Which sizes are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputSize {
    /// Always this one.
    Fixed(Size),
    /// Sides that are multiples of `stride`, up to `area` pixels in all: the cost of a frame stays
    /// the same, whatever its shape.
    Fitting {
        /// Pixels in all, at most.
        area: usize,
        /// Sides are multiples of it.
        stride: usize,
    },
}

impl InputSize {
    /// What `model` allows and `wanted`, if given, asks for.
    ///
    /// # Errors
    /// When the network does not take the wanted size, or nothing says which size it takes.
    pub(super) fn new(model: &Model, recipe: &Recipe, wanted: Option<Size>) -> Result<Self, Error> {
        let [_, _, height, width] = model.signature().pictures().map_err(|fault| model.unusable(fault))?;
        let refuse = |wanted: Size, reason: String| {
            Err(Error::InputSize { path: model.path().to_path_buf(), wanted, reason })
        };
        let sides = (usize::try_from(height), usize::try_from(width));
        let own = match sides {
            (Ok(height), Ok(width)) => Some(Size::new(height, width)),
            _ => None,
        };
        let multiple = |size: Size| {
            size.height.is_multiple_of(recipe.stride) && size.width.is_multiple_of(recipe.stride)
        };
        match (own, wanted, model.metadata().size) {
            (Some(own), Some(wanted), _) if own != wanted => refuse(wanted, format!("it takes {own} only")),
            (Some(own), _, _) => Ok(Self::Fixed(own)),
            (None, Some(wanted), _) if !multiple(wanted) => {
                refuse(wanted, format!("both sides must be multiples of {}", recipe.stride))
            }
            (None, Some(wanted), _) => Ok(Self::Fixed(wanted)),
            (None, None, Some(preferred)) if height == FREE && width == FREE => {
                Ok(Self::Fitting { area: preferred.area(), stride: recipe.stride })
            }
            (None, None, Some(preferred)) => Ok(Self::Fixed(preferred)),
            (None, None, None) => {
                let fault = model
                    .signature()
                    .fault("an input of fixed height and width, or footfall.size in its metadata");
                Err(model.unusable(fault))
            }
        }
    }

    /// The size for a picture: the one in which it is largest, of several the smallest.
    pub(super) fn for_picture(self, picture: Size) -> Size {
        match self {
            Self::Fixed(size) => size,
            Self::Fitting { area, stride } => largest_view(picture, area, stride),
        }
    }
}

fn largest_view(picture: Size, area: usize, stride: usize) -> Size {
    let rows = 1..=(area / (stride * stride)).max(1);
    let sizes = rows.map(|rows| {
        let columns = (area / (rows * stride * stride)).max(1);
        // Columns that hold padding only are left out.
        let scale = scale_into(picture, Size::new(rows * stride, columns * stride));
        let needed = (picture.width as f64 * scale / stride as f64 - 1e-9).ceil() as usize;
        Size::new(rows * stride, needed.clamp(1, columns) * stride)
    });
    // At the same scale, more rows hold nothing more: the first is the smallest.
    let better = |best: Size, size: Size| {
        if scale_into(picture, size) > scale_into(picture, best) { size } else { best }
    };
    sizes.reduce(better).unwrap_or(Size::new(stride, stride))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::InputSize;
    use crate::Size;
    use crate::letterbox::scale_into;

    const FITTING: InputSize = InputSize::Fitting { area: 320 * 416, stride: 32 };

    #[test]
    fn usual_shapes() {
        let check = |width, height, expected: &str| {
            assert_eq!(
                FITTING.for_picture(Size::new(height, width)).to_string(),
                expected,
                "{width}x{height}"
            );
        };
        check(768, 576, "320x416");
        check(640, 480, "320x416");
        check(1920, 1080, "256x480");
        check(1080, 1920, "480x256");
        check(500, 500, "352x352");
        check(1, 1, "352x352");
    }

    proptest! {
        #[test]
        fn no_allowed_size_shows_the_picture_larger(width in 1..3000_usize, height in 1..3000_usize) {
            let picture = Size::new(height, width);
            let chosen = FITTING.for_picture(picture);
            prop_assert!(chosen.area() <= 320 * 416);
            prop_assert!(chosen.height.is_multiple_of(32) && chosen.width.is_multiple_of(32) && chosen.area() > 0);
            for rows in 1..=130 {
                for columns in 1..=130 / rows {
                    let other = Size::new(rows * 32, columns * 32);
                    let gain = scale_into(picture, other) / scale_into(picture, chosen);
                    prop_assert!(gain <= 1.0, "{} is better than {}", other, chosen);
                    prop_assert!(gain < 1.0 || other.area() >= chosen.area(), "{} is smaller than {}", other, chosen);
                }
            }
        }
    }
}

//! The size of a detector's input, by what the network takes and the picture's shape.

use crate::letterbox::scale_into;
use crate::reading::Fact;
use crate::session::Model;
use crate::{Error, ModelFault, Size};

/// What sides of inputs are multiples of, where nobody says otherwise.
const STRIDE: usize = 32;

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
    pub(super) fn new(model: &Model, wanted: Option<Size>) -> Result<Self, Error> {
        let feed = model.feed()?;
        let stride = stride(model);
        let refuse = |wanted: Size, reason: String| {
            Err(Error::InputSize { path: model.path().to_path_buf(), wanted, reason })
        };
        let preferred = model.metadata().size;
        match (feed.size(), wanted.or(preferred)) {
            (Some(own), _) if wanted.is_some_and(|wanted| wanted != own) => {
                refuse(wanted.unwrap_or(own), format!("it takes {own} only"))
            }
            (Some(own), _) => Ok(Self::Fixed(own)),
            (None, Some(size)) if feed.height.is_some_and(|own| own != size.height) => {
                refuse(size, format!("its height is {}", feed.height.unwrap_or_default()))
            }
            (None, Some(size)) if feed.width.is_some_and(|own| own != size.width) => {
                refuse(size, format!("its width is {}", feed.width.unwrap_or_default()))
            }
            (None, Some(size)) => match wanted {
                Some(wanted) if !is_multiple(wanted, stride) => {
                    refuse(wanted, format!("both sides must be multiples of {stride}"))
                }
                Some(wanted) => Ok(Self::Fixed(wanted)),
                None if feed.height.is_none() && feed.width.is_none() => {
                    Ok(Self::Fitting { area: size.area(), stride })
                }
                None => Ok(Self::Fixed(size)),
            },
            (None, None) => Err(model.unusable(ModelFault::Ask {
                unknown: "the size of its input is free, and which one it was trained for is not known"
                    .to_owned(),
                key: "size",
                example: "\"640x640\"".to_owned(),
            })),
        }
    }

    /// How it is known.
    pub(super) fn fact(self, model: &Model, wanted: Option<Size>) -> Fact {
        match self {
            Self::Fixed(size) if wanted.is_some() => Fact::of_shape("size", size, "by detector.input_size"),
            Self::Fixed(size) => Fact::stated_or(model.metadata(), "size", size, "by the shape of its input"),
            Self::Fitting { area, stride } => {
                let size = model.metadata().size.map_or_else(|| area.to_string(), |size| size.to_string());
                let about = format!(
                    "{size}, or what suits the picture with as many pixels and sides of {stride} times n"
                );
                Fact::stated_or(model.metadata(), "size", about, "")
            }
        }
    }

    /// The one size, where there is any choice.
    pub(super) fn always(self, size: Size) -> Self {
        match self {
            Self::Fixed(own) => Self::Fixed(own),
            Self::Fitting { .. } => Self::Fixed(size),
        }
    }

    /// The size for a picture: the one in which it is largest, of several the smallest.
    pub(super) fn for_picture(self, picture: Size) -> Size {
        match self {
            Self::Fixed(size) => size,
            Self::Fitting { area, stride } => largest_view(picture, area, stride),
        }
    }

    /// The size for a window of a picture that is to be shown at this scale, in pixels of input for one of the window.
    pub(super) fn for_window(self, window: Size, scale: f64) -> Size {
        match self {
            Self::Fixed(size) => size,
            Self::Fitting { area, stride } => {
                let sides = |scale: f64| {
                    let side = |side: usize| whole_strides(side as f64 * scale, stride);
                    Size::new(side(window.height), side(window.width))
                };
                let wished = sides(scale);
                let excess = wished.area() as f64 / (MOST * area as f64);
                if excess <= 1.0 { wished } else { sides(scale / excess.sqrt()) }
            }
        }
    }

    /// Sides are multiples of this many pixels, where the network takes any size.
    pub(super) fn stride(self) -> Option<usize> {
        match self {
            Self::Fixed(_) => None,
            Self::Fitting { stride, .. } => Some(stride),
        }
    }
}

/// A window's input may have so many times the pixels of a picture's: beyond that it is looked at less closely.
const MOST: f64 = 4.0;

fn whole_strides(side: f64, stride: usize) -> usize {
    // A sliver of a stride is not worth one: the window is shown that much smaller.
    ((side / stride as f64 - 0.25).ceil() as usize).max(1) * stride
}

fn stride(model: &Model) -> usize {
    model.metadata().stride.unwrap_or(STRIDE)
}

fn is_multiple(size: Size, stride: usize) -> bool {
    size.height.is_multiple_of(stride) && size.width.is_multiple_of(stride)
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

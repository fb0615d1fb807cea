//! How pictures go into a network: which input, in which order of dimensions, as which numbers; and what
//! other inputs are told.

use crate::signature::{Element, FREE, Port, Signature};
use crate::{ModelFault, Size};

/// The order of an input's dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axes {
    /// [batch, 3, height, width].
    Planes,
    /// [batch, height, width, 3].
    Pixels,
}

/// What an input beside the pictures is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The size to scale boxes to, width first.
    WidthHeight,
    /// The same, height first.
    HeightWidth,
    /// By how much the picture was scaled: 1, so that boxes stay in input pixels.
    One,
}

/// An input beside the pictures: [batch, 2], or [2].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extra {
    pub(crate) name: String,
    pub(crate) element: Element,
    pub(crate) told: Told,
    pub(crate) has_batch: bool,
}

/// How pictures go into a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feed {
    pub(crate) name: String,
    pub(crate) element: Element,
    pub(crate) axes: Axes,
    /// Whether the input has a dimension for the pictures of a batch.
    pub(crate) has_batch: bool,
    /// Pictures in a run, where the network takes one number only.
    pub(crate) batch: Option<usize>,
    /// Rows and columns, where the network takes one number only.
    pub(crate) height: Option<usize>,
    pub(crate) width: Option<usize>,
    pub(crate) extras: Vec<Extra>,
}

impl Feed {
    /// By the shapes and names of the inputs.
    ///
    /// # Errors
    /// When there is no input for pictures, more than one, or one beside it of which it is not known what it
    /// wants to be told.
    pub(crate) fn of(signature: &Signature) -> Result<Self, ModelFault> {
        let expected =
            "one input [batch, 3, height, width] or [batch, height, width, 3] of float32, float16 or uint8";
        let mut fed = None;
        let mut extras = Vec::new();
        for port in &signature.inputs {
            if let Some(feed) = Self::of_pictures(port) {
                if fed.replace(feed).is_some() {
                    return Err(signature.fault(expected));
                }
            } else if let Some(extra) = Extra::of(port) {
                extras.push(extra);
            } else {
                return Err(signature.fault(expected));
            }
        }
        fed.map(|feed| Self { extras, ..feed }).ok_or_else(|| signature.fault(expected))
    }

    fn of_pictures(port: &Port) -> Option<Self> {
        if !matches!(port.element, Element::F32 | Element::F16 | Element::U8) {
            return None;
        }
        let (has_batch, batch, sides) = match *port.shape.as_slice() {
            [batch, a, b, c] => (true, batch, [a, b, c]),
            [a, b, c] => (false, 1, [a, b, c]),
            _ => return None,
        };
        let (axes, height, width) = match sides {
            [3, height, width] => (Axes::Planes, height, width),
            [height, width, 3] => (Axes::Pixels, height, width),
            [FREE, height, width] if port.element != Element::U8 => (Axes::Planes, height, width),
            [height, width, FREE] if port.element == Element::U8 => (Axes::Pixels, height, width),
            _ => return None,
        };
        let known = |side: i64| usize::try_from(side).ok().filter(|&side| side > 0);
        if [height, width, batch].contains(&0) {
            return None;
        }
        let (batch, height, width) = (known(batch), known(height), known(width));
        let (name, element) = (port.name.clone(), port.element);
        Some(Self { name, element, axes, has_batch, batch, height, width, extras: Vec::new() })
    }

    /// Whether pictures are the only input, as [batch, 3, height, width] of 32-bit floats.
    pub(crate) fn is_plain(&self) -> bool {
        self.element == Element::F32 && self.axes == Axes::Planes && self.has_batch && self.extras.is_empty()
    }

    /// Planes for a run with one picture of this size: [batch, 3, height, width].
    pub(crate) fn shape(&self, size: Size) -> [usize; 4] {
        [self.batch.unwrap_or(1), 3, size.height, size.width]
    }

    /// The only size that the network takes.
    pub(crate) fn size(&self) -> Option<Size> {
        Some(Size::new(self.height?, self.width?))
    }

    /// Whether boxes come in pixels of the input, because the network was told its size.
    pub(crate) fn tells_size(&self) -> bool {
        !self.extras.is_empty()
    }
}

impl Extra {
    fn of(port: &Port) -> Option<Self> {
        let has_batch = match port.shape.as_slice() {
            [_, 2 | FREE] => true,
            [2] => false,
            _ => return None,
        };
        if !matches!(port.element, Element::F32 | Element::I32 | Element::I64) {
            return None;
        }
        let name = port.name.to_lowercase();
        let told = if ["scale", "ratio"].iter().any(|part| name.contains(part)) {
            Told::One
        } else if name.contains("im_shape") || name.contains("image_shape") {
            Told::HeightWidth
        } else if name.contains("size") || name.contains("shape") {
            Told::WidthHeight
        } else {
            return None;
        };
        Some(Self { name: port.name.clone(), element: port.element, told, has_batch })
    }

    /// The two numbers for an input of this size.
    pub(crate) fn values(&self, input: Size) -> [i32; 2] {
        let [width, height] = [input.width, input.height].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        match self.told {
            Told::WidthHeight => [width, height],
            Told::HeightWidth => [height, width],
            Told::One => [1, 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Axes, Feed, Told};
    use crate::Size;
    use crate::signature::{Element, Port, Signature};

    fn inputs(ports: &[(&str, Element, &[i64])]) -> Signature {
        let port = |&(name, element, shape): &(&str, Element, &[i64])| Port {
            name: name.to_owned(),
            element,
            shape: shape.to_vec(),
        };
        Signature { inputs: ports.iter().map(port).collect(), outputs: Vec::new() }
    }

    fn one(element: Element, shape: &[i64]) -> Option<Feed> {
        Feed::of(&inputs(&[("x", element, shape)])).ok()
    }

    #[test]
    fn the_shape_tells_where_the_colours_are() {
        let plain = one(Element::F32, &[1, 3, 64, 96]).unwrap();
        assert!(plain.is_plain() && plain.size() == Some(Size::new(64, 96)) && plain.batch == Some(1));
        let tf = one(Element::U8, &[-1, -1, -1, 3]).unwrap();
        assert_eq!((tf.axes, tf.size(), tf.batch, tf.is_plain()), (Axes::Pixels, None, None, false));
        assert!(!one(Element::F32, &[3, 64, 96]).unwrap().has_batch);
        assert_eq!(one(Element::F32, &[-1, -1, -1, -1]).unwrap().axes, Axes::Planes);
        assert_eq!(one(Element::U8, &[-1, -1, -1, -1]).unwrap().axes, Axes::Pixels);
    }

    #[test]
    fn what_takes_no_pictures_is_refused() {
        for (element, shape) in [
            (Element::I64, &[1, 3, 64, 64][..]),
            (Element::F32, &[1, 1, 64, 64]),
            (Element::F32, &[1, 128]),
            (Element::F32, &[1, 3, 0, 64]),
            (Element::F32, &[1, 3, 16, 64, 64]),
            (Element::F32, &[]),
        ] {
            assert_eq!(one(element, shape), None, "{element:?} {shape:?}");
        }
        let twice = [("a", Element::F32, &[1, 3, 8, 8][..]), ("b", Element::F32, &[1, 3, 8, 8])];
        assert!(Feed::of(&inputs(&twice)).is_err());
        let odd = [("a", Element::F32, &[1, 3, 8, 8][..]), ("threshold", Element::F32, &[1])];
        assert!(Feed::of(&inputs(&odd)).is_err());
    }

    #[test]
    fn a_size_is_told_in_the_order_that_its_name_means() {
        let told = |name: &str, element| {
            let ports = [("images", Element::F32, &[-1, 3, 64, 96][..]), (name, element, &[-1, 2])];
            let extra = Feed::of(&inputs(&ports)).unwrap().extras[0].clone();
            (extra.told, extra.values(Size::new(64, 96)))
        };
        assert_eq!(told("orig_target_sizes", Element::I64), (Told::WidthHeight, [96, 64]));
        assert_eq!(told("im_shape", Element::F32), (Told::HeightWidth, [64, 96]));
        assert_eq!(told("scale_factor", Element::F32), (Told::One, [1, 1]));
    }
}

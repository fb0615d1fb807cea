//! The `footfall.*` metadata of a model file: what to do to pixels, and how to read outputs.

use crate::letterbox::Placement;
use crate::normalise::Colour;
use crate::{ModelFault, Size};

/// What a network was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Finding people.
    Detect,
    /// Telling people apart.
    Embed,
}

/// The values that the file has; a key that is missing is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    /// `footfall.task`: `detect` or `embed`.
    pub(crate) task: Option<Task>,
    /// `footfall.family`: how a detector's outputs are decoded.
    pub(crate) family: Option<String>,
    /// `footfall.size`: the input's `HEIGHTxWIDTH`, where the network takes others the preferred one.
    pub(crate) size: Option<Size>,
    /// `footfall.stride`: other input sizes must be multiples of it.
    pub(crate) stride: Option<usize>,
    /// `footfall.strides`: pixels between cells, a value each level of the pyramid.
    pub(crate) strides: Option<Vec<usize>>,
    /// `footfall.bins`: bins of a box side's distribution.
    pub(crate) bins: Option<usize>,
    /// `footfall.colour`: `bgr` or `rgb`.
    pub(crate) colour: Option<Colour>,
    /// `footfall.mean`, in the input's channel order, on the scale 0 to 255.
    pub(crate) mean: Option<[f32; 3]>,
    /// `footfall.std`, likewise.
    pub(crate) std: Option<[f32; 3]>,
    /// `footfall.letterbox`: `centre` or `top-left`.
    pub(crate) placement: Option<Placement>,
    /// `footfall.pad`: the value of pixels around the picture, 0 to 255.
    pub(crate) pad: Option<u8>,
    /// `footfall.dimension`: numbers in an embedding.
    pub(crate) dimension: Option<usize>,
    /// `footfall.max_cosine_distance`: up to here, two embeddings may be one person.
    pub(crate) max_cosine_distance: Option<f64>,
    /// `footfall.same_person`: midpoint and scale of a logistic curve, from distance to probability.
    pub(crate) same_person: Option<[f64; 2]>,
}

impl Metadata {
    /// Reads the values that `get` has for their keys.
    ///
    /// # Errors
    /// When a value cannot be understood.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ModelFault> {
        let reader = Reader { get };
        Ok(Self {
            task: reader.value("footfall.task", "detect or embed", task)?,
            family: reader.value("footfall.family", "a name", |text| Some(text.to_owned()))?,
            size: reader.value("footfall.size", "HEIGHTxWIDTH", |text| text.parse().ok())?,
            stride: reader.value("footfall.stride", "a number from 1", positive)?,
            strides: reader
                .value("footfall.strides", "numbers from 1, with commas", |text| list(text, positive))?,
            bins: reader.value("footfall.bins", "a number from 1", positive)?,
            colour: reader.value("footfall.colour", "bgr or rgb", colour)?,
            mean: reader.value("footfall.mean", "three numbers, with commas", triple)?,
            std: reader.value("footfall.std", "three numbers other than 0, with commas", |text| {
                triple(text).filter(|std| std.iter().all(|&value| value != 0.0))
            })?,
            placement: reader.value("footfall.letterbox", "centre or top-left", placement)?,
            pad: reader.value("footfall.pad", "a number from 0 to 255", |text| text.parse().ok())?,
            dimension: reader.value("footfall.dimension", "a number from 1", positive)?,
            max_cosine_distance: reader.value(
                "footfall.max_cosine_distance",
                "a number from 0 to 2",
                |text| text.parse().ok().filter(|distance| (0.0..=2.0).contains(distance)),
            )?,
            same_person: reader.value("footfall.same_person", "a distance and a scale above 0", curve)?,
        })
    }
}

struct Reader<G> {
    get: G,
}

impl<G: Fn(&str) -> Option<String>> Reader<G> {
    fn value<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ModelFault> {
        let Some(value) = (self.get)(key) else { return Ok(None) };
        match parse(value.trim()) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(ModelFault::Metadata { key, value, expected }),
        }
    }
}

fn task(text: &str) -> Option<Task> {
    match text {
        "detect" => Some(Task::Detect),
        "embed" => Some(Task::Embed),
        _ => None,
    }
}

fn colour(text: &str) -> Option<Colour> {
    match text {
        "bgr" => Some(Colour::Bgr),
        "rgb" => Some(Colour::Rgb),
        _ => None,
    }
}

fn placement(text: &str) -> Option<Placement> {
    match text {
        "centre" => Some(Placement::Centre),
        "top-left" => Some(Placement::TopLeft),
        _ => None,
    }
}

fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|&number| number > 0)
}

fn triple(text: &str) -> Option<[f32; 3]> {
    let number = |text: &str| text.parse().ok().filter(|value: &f32| value.is_finite());
    list(text, number)?.try_into().ok()
}

fn curve(text: &str) -> Option<[f64; 2]> {
    let number = |text: &str| text.parse().ok().filter(|value: &f64| value.is_finite());
    let [midpoint, scale] = list(text, number)?.try_into().ok()?;
    (scale > 0.0).then_some([midpoint, scale])
}

fn list<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|item| parse(item.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Metadata, Task};
    use crate::letterbox::Placement;
    use crate::normalise::Colour;
    use crate::{ModelFault, Size};

    fn read(pairs: &[(&str, &str)]) -> Result<Metadata, ModelFault> {
        Metadata::read(|key| pairs.iter().find(|(k, _)| *k == key).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn values_are_read_and_missing_ones_are_none() {
        let metadata = read(&[
            ("footfall.task", "detect"),
            ("footfall.size", "320x416"),
            ("footfall.strides", "8, 16,32"),
            ("footfall.colour", "bgr"),
            ("footfall.mean", "103.53,116.28,123.675"),
            ("footfall.letterbox", "centre"),
            ("footfall.pad", "114"),
            ("footfall.same_person", "0.41, 0.06"),
            ("other.size", "nonsense"),
        ])
        .unwrap();
        let expected = Metadata {
            task: Some(Task::Detect),
            size: Some(Size::new(320, 416)),
            strides: Some(vec![8, 16, 32]),
            colour: Some(Colour::Bgr),
            mean: Some([103.53, 116.28, 123.675]),
            placement: Some(Placement::Centre),
            pad: Some(114),
            same_person: Some([0.41, 0.06]),
            ..Metadata::default()
        };
        assert_eq!(metadata, expected);
    }

    #[test]
    fn a_value_that_is_not_understood_is_named() {
        for (key, value) in [
            ("footfall.task", "Detect"),
            ("footfall.size", "320"),
            ("footfall.strides", "8,,32"),
            ("footfall.strides", "0"),
            ("footfall.bins", "-1"),
            ("footfall.mean", "1,2"),
            ("footfall.mean", "1,2,NaN"),
            ("footfall.std", "1,0,1"),
            ("footfall.pad", "256"),
            ("footfall.max_cosine_distance", "3"),
            ("footfall.same_person", "0.4"),
            ("footfall.same_person", "0.4,0"),
        ] {
            let fault = read(&[(key, value)]).unwrap_err();
            assert!(fault.to_string().contains(key) && fault.to_string().contains(value), "{fault}");
        }
    }
}

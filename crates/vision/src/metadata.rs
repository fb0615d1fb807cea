//! What is said about a network: what to do to pixels, and how to read outputs.

mod exporter;
mod layers;
mod names;
mod parse;
mod stated;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::detect::coding::{Activation, Coding, Scale};
use crate::detect::people::Person;
use crate::letterbox::Placement;
use crate::normalise::Colour;
use crate::{ModelFault, Size};

pub(crate) use layers::{Layers, Origin, Stated};
pub use layers::{ParseStatementError, Statement, beside};
pub use stated::counting_distances;

/// What a network was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Finding people.
    Detect,
    /// Telling people apart.
    Embed,
}

/// The values that are stated; a key that is missing is `None`. In the file's own metadata, every key has
/// `footfall.` before it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    /// `task`: `detect` or `embed`.
    pub(crate) task: Option<Task>,
    /// `family`: how a detector's outputs are decoded.
    pub(crate) family: Option<String>,
    /// `size`: the input's `HEIGHTxWIDTH`, where the network takes others the preferred one.
    pub(crate) size: Option<Size>,
    /// `stride`: other input sizes must be multiples of it.
    pub(crate) stride: Option<usize>,
    /// `strides`: pixels between cells, a value each level of the pyramid.
    pub(crate) strides: Option<Vec<usize>>,
    /// `bins`: bins of a box side's distribution.
    pub(crate) bins: Option<usize>,
    /// `colour`: `bgr` or `rgb`.
    pub(crate) colour: Option<Colour>,
    /// `mean`, in the input's channel order, on the scale 0 to 255.
    pub(crate) mean: Option<[f32; 3]>,
    /// `std`, likewise.
    pub(crate) std: Option<[f32; 3]>,
    /// `letterbox`: `centre`, `top-left` or `stretch`.
    pub(crate) placement: Option<Placement>,
    /// `pad`: the value of pixels around the picture, 0 to 255.
    pub(crate) pad: Option<u8>,
    /// `class`: the classes that are people, by number or name.
    pub(crate) class: Option<Vec<Person>>,
    /// `names`: what the classes are called, in their order.
    pub(crate) names: Option<Vec<String>>,
    /// `coding`: what the four numbers of a box are.
    pub(crate) coding: Option<Coding>,
    /// `scale`: what they are measured in.
    pub(crate) scale: Option<Scale>,
    /// `scores`: what makes probabilities of the scores.
    pub(crate) activation: Option<Activation>,
    /// `nms`: whether boxes that overlap are suppressed.
    pub(crate) nms: Option<bool>,
    /// `output`: the output that has the embedding.
    pub(crate) output: Option<String>,
    /// `dimension`: numbers in an embedding.
    pub(crate) dimension: Option<usize>,
    /// `max_cosine_distance`: up to here, two embeddings may be one person.
    pub(crate) max_cosine_distance: Option<f64>,
    /// `same_person`: midpoint and scale of a logistic curve, from distance to probability.
    pub(crate) same_person: Option<[f64; 2]>,
    /// `join_distance`, `visitor_distance`, `staff_distance`: up to where a counter takes two tracks, a visitor
    /// and one who came before, and somebody and an enrolled employee for one person.
    pub(crate) counting: [Option<f64>; 3],
    /// Who stated each key that is.
    pub(crate) origins: BTreeMap<&'static str, Origin>,
}

/// Every key, in the order in which people are told of them.
pub(crate) const KEYS: [&str; 24] = [
    "task",
    "family",
    "size",
    "stride",
    "strides",
    "bins",
    "colour",
    "mean",
    "std",
    "letterbox",
    "pad",
    "class",
    "names",
    "coding",
    "scale",
    "scores",
    "nms",
    "output",
    "dimension",
    "max_cosine_distance",
    "same_person",
    "join_distance",
    "visitor_distance",
    "staff_distance",
];

impl Metadata {
    /// Reads the values that `get` has for their keys.
    ///
    /// # Errors
    /// When a value cannot be understood.
    pub(crate) fn read(get: impl Fn(&'static str) -> Option<Stated>) -> Result<Self, ModelFault> {
        let mut reader = Reader { get, origins: BTreeMap::new() };
        let read = Self {
            task: reader.value("task", "detect or embed", parse::task)?,
            family: reader.value("family", "a name", |text| Some(text.to_owned()))?,
            size: reader.value("size", "HEIGHTxWIDTH", |text| text.parse().ok())?,
            stride: reader.value("stride", "a number from 1", parse::positive)?,
            strides: reader
                .value("strides", "numbers from 1, with commas", |text| parse::list(text, parse::positive))?,
            bins: reader.value("bins", "a number from 1", parse::positive)?,
            colour: reader.value("colour", "bgr or rgb", parse::colour)?,
            mean: reader.value("mean", "three numbers, with commas", parse::triple)?,
            std: reader.value("std", "three numbers other than 0, with commas", |text| {
                parse::triple(text).filter(|std| std.iter().all(|&value| value != 0.0))
            })?,
            placement: reader.value("letterbox", "centre, top-left or stretch", parse::placement)?,
            pad: reader.value("pad", "a number from 0 to 255", |text| text.parse().ok())?,
            class: reader.value("class", "numbers from 0 or names, with commas", |text| {
                parse::list(text, |item| (!item.is_empty()).then(|| Person::of(item)))
            })?,
            names: reader.value("names", "names of the classes in their order, with commas", names::read)?,
            coding: reader.value("coding", Coding::EXPECTED, |text| text.parse().ok())?,
            scale: reader.value("scale", Scale::EXPECTED, |text| text.parse().ok())?,
            activation: reader.value("scores", Activation::EXPECTED, |text| text.parse().ok())?,
            nms: reader.value("nms", "yes or no", parse::answer)?,
            output: reader.value("output", "a name", |text| Some(text.to_owned()))?,
            dimension: reader.value("dimension", "a number from 1", parse::positive)?,
            max_cosine_distance: reader.distance("max_cosine_distance")?,
            same_person: reader.value("same_person", "a distance and a scale above 0", parse::curve)?,
            counting: [
                reader.distance("join_distance")?,
                reader.distance("visitor_distance")?,
                reader.distance("staff_distance")?,
            ],
            origins: BTreeMap::new(),
        };
        Ok(Self { origins: reader.origins, ..read })
    }

    /// Who stated the key, where somebody did.
    pub(crate) fn origin(&self, key: &str) -> Option<&Origin> {
        self.origins.get(key)
    }
}

struct Reader<G> {
    get: G,
    origins: BTreeMap<&'static str, Origin>,
}

impl<G: Fn(&'static str) -> Option<Stated>> Reader<G> {
    fn distance(&mut self, key: &'static str) -> Result<Option<f64>, ModelFault> {
        self.value(key, "a number from 0 to 2", |text| {
            text.parse().ok().filter(|distance| (0.0..=2.0).contains(distance))
        })
    }

    fn value<T>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ModelFault> {
        let Some(Stated { value, origin }) = (self.get)(key) else { return Ok(None) };
        match parse(value.trim()) {
            Some(parsed) => {
                self.origins.insert(key, origin);
                Ok(Some(parsed))
            }
            None => Err(ModelFault::Statement { says: origin.says(key), value, expected }),
        }
    }
}

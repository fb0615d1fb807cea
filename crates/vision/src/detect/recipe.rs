//! What a detector wants done to a picture.

use crate::feed::Feed;
use crate::letterbox::Placement;
use crate::metadata::Metadata;
use crate::normalise::{Colour, Normaliser};
use crate::reading::{Fact, Source};
use crate::signature::Element;

/// Preprocessing: a family's own, where nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) colour: Colour,
    /// On the scale 0 to 255, in the order of the input's channels.
    pub(crate) mean: [f32; 3],
    pub(crate) std: [f32; 3],
    pub(crate) placement: Placement,
    /// The value of pixels around the picture.
    pub(crate) pad: u8,
}

/// What a family's networks usually want, and whether nearly all of them do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usual {
    pub(crate) recipe: Recipe,
    /// Whether networks with such outputs differ in it, so that it is only the likeliest.
    pub(crate) is_guess: bool,
}

/// From 0 to 255 to 0 to 1.
pub(super) const UNIT: ([f32; 3], [f32; 3]) = ([0.0; 3], [255.0; 3]);
/// Bytes as they are.
pub(super) const BYTES: ([f32; 3], [f32; 3]) = ([0.0; 3], [1.0; 3]);
/// `ImageNet`'s mean and deviation, RGB.
pub(super) const IMAGENET: ([f32; 3], [f32; 3]) = ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375]);

impl Recipe {
    /// RGB with these mean and deviation, on this grey.
    pub(super) const fn rgb((mean, std): ([f32; 3], [f32; 3]), placement: Placement, pad: u8) -> Self {
        Self { colour: Colour::Rgb, mean, std, placement, pad }
    }

    /// What is stated, else what is usual in a network that is fed so; and how each is known.
    pub(super) fn new(usual: Usual, feed: &Feed, metadata: &Metadata) -> (Self, Vec<Fact>) {
        let Usual { recipe: own, is_guess } = usual;
        // A network that takes bytes makes of them what it needs.
        let (mean, std) = if feed.element == Element::U8 { BYTES } else { (own.mean, own.std) };
        let recipe = Self {
            colour: metadata.colour.unwrap_or(own.colour),
            mean: metadata.mean.unwrap_or(mean),
            std: metadata.std.unwrap_or(std),
            placement: metadata.placement.unwrap_or(own.placement),
            pad: metadata.pad.unwrap_or(own.pad),
        };
        let usual = if is_guess { Source::Guess } else { Source::Usual };
        let numbers = if feed.element == Element::U8 {
            Source::Shape("it takes bytes".to_owned())
        } else {
            usual.clone()
        };
        let fact = |key: &'static str, value: String, usual: &Source| {
            let source =
                metadata.origin(key).map_or_else(|| usual.clone(), |origin| Source::Stated(origin.clone()));
            Fact { key, value, source }
        };
        let mut facts = vec![
            fact("colour", recipe.colour.to_string(), &usual),
            fact("mean", numbers_of(recipe.mean), &numbers),
            fact("std", numbers_of(recipe.std), &numbers),
            fact("letterbox", recipe.placement.to_string(), &usual),
        ];
        if recipe.placement != Placement::Stretch {
            facts.push(fact("pad", recipe.pad.to_string(), &usual));
        }
        (recipe, facts)
    }

    pub(crate) fn normaliser(&self) -> Normaliser {
        Normaliser::new(self.colour, self.mean, self.std)
    }
}

/// As metadata have them.
pub(crate) fn numbers_of(values: [f32; 3]) -> String {
    values.map(|value| value.to_string()).join(", ")
}

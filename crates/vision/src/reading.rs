//! What a network file was taken for, and why.

use crate::metadata::{Metadata, Origin};

/// How something about a network is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Somebody states it.
    Stated(Origin),
    /// The file's own names and shapes, or what it gives for a trial picture, say it: in these words.
    Shape(String),
    /// Nearly all networks of its kind want it so.
    Usual,
    /// Networks of its kind differ in it: the likeliest was taken.
    Guess,
}

/// One thing that is known of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    pub(crate) source: Source,
}

impl Fact {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "callers have values and words of many types, and pass them on"
    )]
    pub(crate) fn of_shape(key: &'static str, value: impl ToString, why: impl ToString) -> Self {
        Self { key, value: value.to_string(), source: Source::Shape(why.to_string()) }
    }

    /// The value of a key by whoever states it, else known in these words.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "callers have values and words of many types, and pass them on"
    )]
    pub(crate) fn stated_or(
        metadata: &Metadata,
        key: &'static str,
        value: impl ToString,
        why: impl ToString,
    ) -> Self {
        let stated = metadata.origin(key).cloned().map(Source::Stated);
        let source = stated.unwrap_or_else(|| Source::Shape(why.to_string()));
        Self { key, value: value.to_string(), source }
    }

    /// The key that states it: in `FILE.toml`, as an option, or after `footfall.` in the metadata.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// Its value, as it would be stated.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// How it is known, in words.
    #[must_use]
    pub fn why(&self) -> String {
        match &self.source {
            Source::Stated(origin) => origin.to_string(),
            Source::Shape(words) => words.clone(),
            Source::Usual => "as usual for its family".to_owned(),
            Source::Guess => "a guess: such networks differ in it".to_owned(),
        }
    }

    /// Whether it is only the likeliest: a wrong one spoils what the network finds, and no error tells.
    #[must_use]
    pub fn is_guess(&self) -> bool {
        self.source == Source::Guess
    }
}

/// What a network file was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its inputs and outputs, with their shapes.
    pub ports: String,
    /// All that is known of it, in the order in which people are told.
    pub facts: Vec<Fact>,
}

impl Reading {
    /// What was guessed and may be wrong, by its keys; `None` where nothing was.
    #[must_use]
    pub fn guesses(&self) -> Option<String> {
        let keys: Vec<_> = self.facts.iter().filter(|fact| fact.is_guess()).map(|fact| fact.key).collect();
        (!keys.is_empty()).then(|| keys.join(", "))
    }
}

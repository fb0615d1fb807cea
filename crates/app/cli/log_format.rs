//! How lines on stderr look.

use clap::ValueEnum;

/// How lines on stderr look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line: timestamp, level, target and fields, of which `message` says what happened.
    Json,
}

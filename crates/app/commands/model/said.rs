//! How a network is read, in words.

use std::fmt::Write as _;

use footfall_formats::Table;

use super::look::{Seen, What};
use super::{Document, Fact};
use crate::cli::ModelArgs;

/// People that are listed, at most.
const LISTED: usize = 20;

/// All of it, for people.
pub(super) fn in_words(document: &Document, args: &ModelArgs) -> String {
    let kind = if document.task == "detect" { "a detector of people" } else { "an embedder of people" };
    let mut text = format!("{}: {kind}, on {}\n{}\n\n", document.file, document.provider, document.ports);
    text += &table(&document.facts);
    let _ = write!(text, "\nIts pixels: {}\n", pixels(&document.facts));
    text += &guesses(document);
    if let Some(seen) = &document.seen {
        text += &looked(seen, args);
    }
    text
}

/// Key, value and reason, in columns to the left.
fn table(facts: &[Fact]) -> String {
    let keys = facts.iter().map(|fact| fact.key.len()).max().unwrap_or(0);
    let values =
        facts.iter().map(|fact| fact.value.chars().count()).filter(|&width| width <= 28).max().unwrap_or(0);
    let line = |fact: &Fact| {
        let Fact { key, value, why, guess } = fact;
        let mark = if *guess { "?" } else { " " };
        format!("{mark} {key:<keys$}  {value:<values$}  {why}").trim_end().to_owned() + "\n"
    };
    facts.iter().map(line).collect()
}

fn value<'a>(facts: &'a [Fact], key: &str) -> &'a str {
    facts.iter().find(|fact| fact.key == key).map_or("", |fact| fact.value.as_str())
}

/// What is done to a picture before it goes in.
fn pixels(facts: &[Fact]) -> String {
    let of = |key: &str| value(facts, key);
    let size = of("size").split(',').next().unwrap_or_default();
    let placed = match of("letterbox") {
        "centre" => format!("scaled to fit into {size}, in its middle, on grey {}", of("pad")),
        "top-left" => format!("scaled to fit into {size}, in its top left corner, on grey {}", of("pad")),
        _ => format!("stretched to {size}"),
    };
    let order = if of("colour") == "bgr" { "blue, green, red" } else { "red, green, blue" };
    let scaled = match (of("mean"), of("std")) {
        ("0, 0, 0", "1, 1, 1") => "as they are, 0 to 255".to_owned(),
        ("0, 0, 0", "255, 255, 255") => "divided by 255, 0 to 1".to_owned(),
        (mean, std) => format!("less {mean}, divided by {std}"),
    };
    format!("{placed}; {order}; {scaled}")
}

/// What may be wrong, and what to write then.
fn guesses(document: &Document) -> String {
    let guessed: Vec<&Fact> = document.facts.iter().filter(|fact| fact.guess).collect();
    if guessed.is_empty() {
        return String::new();
    }
    let mut text =
        "\nGuessed, marked with `?`: such networks differ in it, and a wrong one makes a network see less \
                    without any error. Look up how yours was trained, and say so in "
            .to_owned();
    let _ = writeln!(text, "{}.toml (--write makes one):", document.file);
    for Fact { key, value, .. } in guessed {
        let value = super::start::in_toml(value);
        let _ = writeln!(text, "  {key} = {value}");
    }
    text
}

fn looked(seen: &Seen, args: &ModelArgs) -> String {
    let Seen { picture, size: [width, height], milliseconds, what } = seen;
    let mut text = format!("\n{picture}, {width}x{height}, in {milliseconds:.0} ms: ");
    match what {
        What::Embedding(numbers) => {
            let shown: Vec<String> = numbers.iter().take(8).map(|number| format!("{number:.3}")).collect();
            let _ = writeln!(text, "{} numbers of length 1: {} ...", numbers.len(), shown.join(", "));
        }
        What::People(people) if people.is_empty() => {
            let _ = writeln!(
                text,
                "nobody from a score of {} on. If people are on it, `class`, `colour`, `mean`, `std` or `letterbox` \
                 may be wrong; --confidence 0.05 shows less sure boxes",
                args.confidence
            );
        }
        What::People(people) => {
            let _ = writeln!(text, "{} from a score of {} on", people.len(), args.confidence);
            let mut table = Table::default();
            table.row(["score", "left", "top", "width", "height"]);
            for person in people.iter().take(LISTED) {
                let cells = person.bbox.map(|side| format!("{side:.0}"));
                table.row(std::iter::once(format!("{:.2}", person.score)).chain(cells));
            }
            text += &table.render();
        }
    }
    text
}

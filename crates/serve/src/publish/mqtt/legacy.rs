//! Topics of programs that did not write down what they had left at the broker.
//!
//! They made ids by replacing whatever is unusual, so that some fell together. What they announced of
//! today's lines is taken back once; it would stand beside today's for ever.

use std::collections::{BTreeMap, BTreeSet};

use crate::Shapes;

/// Names of a source and a line that have more bytes than this together are left alone.
const LONGEST: usize = 500;

/// Retained topics that may be there. Those that are today's, too, are told anew.
pub(super) fn topics(
    discovery: Option<&str>,
    prefix: &str,
    drawn: &BTreeMap<String, Shapes>,
) -> BTreeSet<String> {
    let node = level(prefix);
    let mut topics = BTreeSet::new();
    let mut announced = |key: &str| {
        topics.extend(discovery.map(|discovery| format!("{discovery}/sensor/{node}/{key}/config")));
    };
    ["in", "out", "inside"].into_iter().for_each(&mut announced);
    // Longer ones may not have been taken then, and are not taken now.
    let lines = || {
        let each =
            drawn.iter().flat_map(|(source, shapes)| shapes.lines.iter().map(move |line| (source, line)));
        each.filter(|(source, line)| source.len() + line.len() <= LONGEST)
    };
    for (source, line) in lines() {
        for value in ["in", "out"] {
            announced(&format!("{}_{}_{value}", ascii(source), ascii(line)));
        }
    }
    topics.extend(lines().map(|(source, line)| format!("{prefix}/{}/{}/today", level(source), level(line))));
    topics
}

fn level(name: &str) -> String {
    let level: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let level = level.trim_matches('-');
    if level.is_empty() { "unnamed".to_owned() } else { level.to_owned() }
}

fn ascii(name: &str) -> String {
    level(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

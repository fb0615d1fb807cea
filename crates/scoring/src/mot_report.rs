//! Track scores as a table, as JSON and as CSV.

use std::collections::BTreeMap;

use footfall_eval::{Scores, Value};
use footfall_formats::Table;
use serde::Serialize;

/// What people look at first.
const SHOWN: [&str; 13] =
    ["HOTA", "DetA", "AssA", "LocA", "IDF1", "MOTA", "MOTP", "IDSW", "Frag", "CLR_FP", "CLR_FN", "MT", "ML"];
const COMPARED: [&str; 4] = ["HOTA", "IDF1", "MOTA", "IDSW"];
const COMBINED: &str = "COMBINED";

/// The scores of one folder of tracks.
#[derive(Debug)]
pub(crate) struct Folder {
    /// By rising name.
    pub(crate) sequences: Vec<(String, Scores)>,
    pub(crate) combined: Scores,
}

/// The scores of tracks, maybe beside another folder's.
#[derive(Debug)]
pub struct MotReport {
    pub(crate) tracks: Folder,
    pub(crate) compared: Option<Folder>,
    pub(crate) missing: Vec<String>,
}

impl MotReport {
    /// What people look at first, in per cent; of two folders the differences.
    #[must_use]
    pub fn table(&self) -> String {
        match &self.compared {
            None => table(&self.tracks),
            Some(compared) => comparison(&self.tracks, compared),
        }
    }

    /// Every score as JSON.
    ///
    /// # Errors
    ///
    /// None that is known: scores are numbers and names.
    pub fn json(&self) -> serde_json::Result<String> {
        json(self)
    }

    /// Every score as CSV.
    #[must_use]
    pub fn csv(&self) -> String {
        csv(self)
    }
}

/// The sequences' rows, then the combined one.
fn rows(folder: &Folder) -> impl Iterator<Item = (&str, &Scores)> {
    let sequences = folder.sequences.iter().map(|(name, scores)| (name.as_str(), scores));
    sequences.chain([(COMBINED, &folder.combined)])
}

fn table(folder: &Folder) -> String {
    let mut table = Table::default();
    table.row(std::iter::once("").chain(SHOWN.map(|name| name.trim_start_matches("CLR_"))));
    for (name, scores) in rows(folder) {
        let fields: BTreeMap<_, _> = scores.fields().into_iter().collect();
        table.row(std::iter::once(name.to_owned()).chain(SHOWN.iter().map(|shown| cell(fields[shown]))));
    }
    table.render()
}

fn cell(value: Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{:.2}", 100.0 * ratio),
        Value::Count(count) => count.to_string(),
    }
}

fn comparison(tracks: &Folder, compared: &Folder) -> String {
    let mut table = Table::default();
    table.row(std::iter::once("").chain(COMPARED.iter().flat_map(|&name| [name, "other", "+/-"])));
    for ((name, a), (_, b)) in rows(tracks).zip(rows(compared)) {
        let [a, b] = [a, b].map(|scores| scores.fields().into_iter().collect::<BTreeMap<_, _>>());
        let cells = COMPARED.iter().flat_map(|shown| {
            let (a, b) = (a[shown], b[shown]);
            let difference = match (a, b) {
                (Value::Count(a), Value::Count(b)) => format!("{:+}", a.cast_signed() - b.cast_signed()),
                _ => format!("{:+.2}", 100.0 * (a.as_f64() - b.as_f64())),
            };
            [cell(a), cell(b), difference]
        });
        table.row(std::iter::once(name.to_owned()).chain(cells));
    }
    table.render()
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    tracks: FolderText<'a>,
    missing: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<FolderText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<BTreeMap<&'a str, BTreeMap<&'static str, f64>>>,
}

#[derive(Serialize)]
struct FolderText<'a> {
    sequences: BTreeMap<&'a str, &'a Scores>,
    combined: &'a Scores,
}

impl<'a> From<&'a Folder> for FolderText<'a> {
    fn from(folder: &'a Folder) -> Self {
        let sequences = folder.sequences.iter().map(|(name, scores)| (name.as_str(), scores)).collect();
        Self { sequences, combined: &folder.combined }
    }
}

fn json(report: &MotReport) -> serde_json::Result<String> {
    let difference = report.compared.as_ref().map(|compared| {
        rows(&report.tracks)
            .zip(rows(compared))
            .map(|((name, a), (_, b))| (name, differences(a, b).collect()))
            .collect()
    });
    let document = Document {
        tracks: FolderText::from(&report.tracks),
        missing: &report.missing,
        compared: report.compared.as_ref().map(FolderText::from),
        difference,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn differences(a: &Scores, b: &Scores) -> impl Iterator<Item = (&'static str, f64)> {
    a.fields().into_iter().zip(b.fields()).map(|((name, a), (_, b))| (name, a.as_f64() - b.as_f64()))
}

/// A row a sequence; when comparing, three: of which folder it speaks is in the second column.
fn csv(report: &MotReport) -> String {
    let mut text = String::from(if report.compared.is_some() { "sequence,of" } else { "sequence" });
    for (name, _) in report.tracks.combined.fields() {
        text.push(',');
        text.push_str(name);
    }
    text.push('\n');
    let Some(compared) = &report.compared else {
        for (name, scores) in rows(&report.tracks) {
            line(&mut text, &[name], scores.fields().iter().map(|(_, value)| exact(*value)));
        }
        return text;
    };
    for ((name, a), (_, b)) in rows(&report.tracks).zip(rows(compared)) {
        line(&mut text, &[name, "tracks"], a.fields().iter().map(|(_, value)| exact(*value)));
        line(&mut text, &[name, "compared"], b.fields().iter().map(|(_, value)| exact(*value)));
        line(&mut text, &[name, "difference"], differences(a, b).map(|(_, value)| value.to_string()));
    }
    text
}

fn exact(value: Value) -> String {
    match value {
        Value::Ratio(ratio) => ratio.to_string(),
        Value::Count(count) => count.to_string(),
    }
}

fn line(text: &mut String, names: &[&str], values: impl Iterator<Item = String>) {
    let names = names.iter().map(|name| quoted(name));
    text.push_str(&names.chain(values).collect::<Vec<_>>().join(","));
    text.push('\n');
}

fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

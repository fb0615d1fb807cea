//! Thresholds of the counter and the tracker in the configuration file: everything else in it stays.

use std::collections::BTreeMap;
use std::path::Path;

use footfall_config::Config;
use footfall_count::Counter;
use footfall_serve::SetupError;
use footfall_track::Tracker;
use serde_json::Value;
use toml_edit::{DocumentMut, Item, value};

use super::save::set;
use super::settings::{check, parsed, table};
use super::setup::invalid;

/// The tables that have them.
const TABLES: [&str; 2] = ["counter", "tracker"];
/// It changes with a restart only.
const PRESET: &str = "tracker.preset";

/// Those of the file at `path`, with the defaults of what it does not say.
pub(super) fn thresholds(path: &Path) -> Result<BTreeMap<String, Value>, SetupError> {
    let config = Config::load(Some(path)).map_err(|error| SetupError::Save { source: error.into() })?;
    let shown = config.shown();
    let mut found = BTreeMap::new();
    for name in TABLES {
        collect(name, &shown[name], &mut found);
    }
    found.remove(PRESET);
    Ok(found)
}

fn collect(name: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| collect(&format!("{name}.{key}"), value, found));
        }
        Value::Number(number) => drop(found.insert(name.to_owned(), rounded(number))),
        Value::Bool(_) | Value::String(_) => drop(found.insert(name.to_owned(), value.clone())),
        Value::Array(_) | Value::Null => {}
    }
}

/// Some are of single precision: as they were written, not as they are spelt out in double.
fn rounded(number: &serde_json::Number) -> Value {
    let is_whole = number.is_i64() || number.is_u64();
    let exact = number.as_f64().filter(|_| !is_whole).map(|value| (value * 1e6).round() / 1e6);
    exact.map_or_else(|| Value::Number(number.clone()), Value::from)
}

/// The configuration in `text` with these thresholds, if it can be used.
pub(super) fn with_thresholds(text: &str, wanted: &BTreeMap<String, Value>) -> Result<String, SetupError> {
    let mut document = parsed(text)?;
    for (name, wanted) in wanted {
        put(&mut document, name, wanted)?;
    }
    let text = document.to_string();
    check(&text)?;
    let config = Config::parse(&text).map_err(|error| invalid(format!("{error:#}")))?;
    Tracker::new(config.tracker(None, None)).map_err(|error| invalid(error.to_string()))?;
    Counter::new(Vec::new(), config.counter).map_err(|error| invalid(error.to_string()))?;
    Ok(text)
}

fn put(document: &mut DocumentMut, name: &str, wanted: &Value) -> Result<(), SetupError> {
    let unknown = || invalid(format!("there is no threshold \"{name}\""));
    let mut path: Vec<&str> = name.split('.').collect();
    let key =
        path.pop().filter(|_| path.first().is_some_and(|table| TABLES.contains(table)) && name != PRESET);
    let key = key.ok_or_else(unknown)?;
    let mut owner = document.as_table_mut();
    for part in path {
        owner = table(owner, part)?;
    }
    set(owner, key, item(wanted).ok_or_else(unknown)?);
    Ok(())
}

fn item(wanted: &Value) -> Option<Item> {
    match wanted {
        Value::Bool(wanted) => Some(value(*wanted)),
        Value::String(wanted) => Some(value(wanted)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(value(whole)),
            None => number.as_f64().map(value),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{thresholds, with_thresholds};

    fn one(name: &str, value: Value) -> BTreeMap<String, Value> {
        [(name.to_owned(), value)].into()
    }

    #[test]
    fn a_threshold_changes_and_all_else_stays() {
        let text = "# mine\n[counter] # by hand\ndead_band = 0.2 # wide\n";
        let wider = with_thresholds(text, &one("counter.dead_band", json!(0.3))).unwrap();
        assert_eq!(wider, text.replace("0.2", "0.3"));
        let other = with_thresholds(text, &one("tracker.best.n_init", json!(4))).unwrap();
        assert!(other.starts_with(text) && other.contains("[tracker.best]\nn_init = 4"), "{other}");
    }

    #[test]
    fn what_cannot_be_used_is_refused_in_words() {
        for (name, value, words) in [
            ("counter.dead_band", json!(-1.0), "dead_band"),
            ("counter.dead_bond", json!(1.0), "dead_bond"),
            ("tracker.preset", json!("deepsort"), "no threshold"),
            ("serve.threads", json!(4), "no threshold"),
            ("counter", json!(4), "no threshold"),
            ("counter.dead_band", json!([1]), "no threshold"),
        ] {
            let refused = with_thresholds("", &one(name, value)).unwrap_err().to_string();
            assert!(refused.contains(words), "{name}: {refused}");
        }
    }

    #[test]
    fn they_are_told_with_their_defaults_as_they_would_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("footfall.toml");
        std::fs::write(&path, "[counter]\ndead_band = 0.25\n").unwrap();
        let told = thresholds(&path).unwrap();
        assert_eq!((&told["counter.dead_band"], &told["counter.max_gap"]), (&json!(0.25), &json!(2.0)));
        assert_eq!(told["tracker.max_cosine_distance"], json!(0.312));
        assert!(!told.contains_key("tracker.preset"));
        // What is told can be wanted.
        with_thresholds("", &told).unwrap();
    }
}

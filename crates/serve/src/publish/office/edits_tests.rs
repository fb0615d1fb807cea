use std::collections::BTreeMap;
use std::sync::Mutex;

use footfall_count::Layout;
use nkeys::KeyPair;
use serde_json::{Value, json};

use super::super::place::now;
use super::{Edits, Last, Read, Taken, follow};
use crate::told::{Answer, Drawn, Edit, Sealed, ShopSettings, VERSION};
use crate::{Drawing, Live, Saved, Setup, SetupError};

/// A shop with one camera, and a disk that may be full.
struct Shop {
    drawing: Mutex<Drawing>,
    thresholds: Mutex<BTreeMap<String, Value>>,
    is_full: bool,
}

impl Setup for Shop {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        assert_eq!(source, "front-x1");
        Ok(self.drawing.lock().unwrap().clone())
    }

    fn redraw(&self, _: &str, drawing: Drawing) -> Result<(Drawing, Saved), SetupError> {
        if self.is_full {
            return Err(SetupError::Save { source: "no space left".into() });
        }
        let mut now = self.drawing.lock().unwrap();
        *now = Drawing { revision: now.revision + 1, ..drawing };
        Ok((now.clone(), Saved::File))
    }

    fn thresholds(&self) -> Result<BTreeMap<String, Value>, SetupError> {
        Ok(self.thresholds.lock().unwrap().clone())
    }

    fn set_thresholds(&self, wanted: &BTreeMap<String, Value>) -> Result<Option<String>, SetupError> {
        self.thresholds.lock().unwrap().extend(wanted.clone());
        Ok(None)
    }

    fn configuration(&self) -> Value {
        Value::Null
    }
}

fn shop() -> Shop {
    let drawing = Mutex::new(Drawing { revision: 1, layout: Layout::default() });
    let thresholds = Mutex::new([("counter.max_gap".to_owned(), json!(2.0))].into());
    Shop { drawing, thresholds, is_full: false }
}

fn sources() -> Vec<(String, String)> {
    vec![("front-x1".into(), "Front".into())]
}

/// What is there, with one line and one threshold otherwise.
fn wanted(shop: &Shop, gap: f64) -> ShopSettings {
    let mut settings = now(shop, &sources()).unwrap();
    let line = json!({"name": "door", "points": [[1, 2], [3, 4]]});
    let lines = vec![serde_json::from_value(line).unwrap()];
    settings.sources.insert("Front".into(), Drawn { lines, ..Drawn::default() });
    settings.thresholds.insert("counter.max_gap".into(), json!(gap));
    settings
}

fn edit(number: u64, based_on: String, settings: ShopSettings) -> Edit {
    Edit { version: VERSION, shop: "berlin".into(), ledger: "ab".into(), number, based_on, settings }
}

fn digest(shop: &Shop) -> String {
    now(shop, &sources()).unwrap().digest()
}

#[test]
fn what_is_wanted_is_in_force_and_what_was_made_from_something_else_is_not() {
    let shop = shop();
    let before = digest(&shop);
    let first = edit(1, before.clone(), wanted(&shop, 3.0));
    assert_eq!(follow(&shop, &sources(), &first, None), Ok(None));
    assert_eq!(now(&shop, &sources()).unwrap(), first.settings);
    assert_eq!(follow(&shop, &sources(), &first, None), Ok(None), "it is in force already");
    // The office may not have heard of it when it made the next one; whoever has drawn at the shop has.
    let second = edit(2, before.clone(), wanted(&shop, 4.0));
    let answer = Answer { number: 1, taken: true, words: String::new(), at: String::new() };
    let last = Last { sha256: String::new(), based_on: before.clone(), after: digest(&shop), answer };
    assert!(follow(&shop, &sources(), &second, None).unwrap_err().starts_with("outdated"));
    assert_eq!(follow(&shop, &sources(), &second, Some(&last)), Ok(None));
    shop.set_thresholds(&[("counter.max_gap".to_owned(), json!(9.0))].into()).unwrap();
    let third = edit(3, before, wanted(&shop, 5.0));
    assert!(follow(&shop, &sources(), &third, Some(&last)).unwrap_err().starts_with("outdated"));
    assert_eq!(shop.thresholds().unwrap()["counter.max_gap"], json!(9.0));
}

#[test]
fn it_is_all_in_force_or_none_of_it() {
    let full = Shop { is_full: true, ..shop() };
    let before = now(&full, &sources()).unwrap();
    let refused = follow(&full, &sources(), &edit(1, before.digest(), wanted(&full, 3.0)), None);
    assert!(refused.is_err());
    assert_eq!(now(&full, &sources()).unwrap(), before);
    let shop = shop();
    for (name, value, words) in [
        ("Back", json!({"lines": [], "zones": [], "masks": []}), "no source \"Back\""),
        ("Front", json!({"lines": [{"name": "a", "points": [[1, 1]]}], "zones": [], "masks": []}), "Front: "),
    ] {
        let mut settings = wanted(&shop, 3.0);
        settings.sources.insert(name.into(), serde_json::from_value(value).unwrap());
        let refused = follow(&shop, &sources(), &edit(1, before.digest(), settings), None).unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
    let mut unknown = wanted(&shop, 3.0);
    unknown.thresholds.insert("counter.luck".into(), json!(1));
    let refused = follow(&shop, &sources(), &edit(1, before.digest(), unknown), None).unwrap_err();
    assert!(refused.contains("counter.luck"), "{refused}");
    assert_eq!(now(&shop, &sources()).unwrap(), before);
}

#[test]
fn a_message_is_good_for_one_machine_and_once() {
    let office = KeyPair::new_user();
    let setup = std::sync::Arc::new(shop());
    let edits = Edits::new("berlin", &office.public_key(), setup.clone(), Live::new([])).unwrap();
    let first = edit(7, digest(&setup), wanted(&setup, 3.0));
    let message = |key: &KeyPair, edit: &Edit| serde_json::to_vec(&Sealed::new(key, edit).unwrap()).unwrap();
    let mut taken = Taken::default();
    let said = |message: &[u8], taken: &Taken| match edits.read("ab", message, taken) {
        Read::Known => "known".to_owned(),
        Read::Distrusted(reason) => reason,
        Read::New { edit, .. } => format!("new {}", edit.number),
    };
    let Read::New { sha256, .. } = edits.read("ab", &message(&office, &first), &taken) else { panic!() };
    let answer = Answer { number: 7, taken: false, words: String::new(), at: String::new() };
    taken.last = Some(Last { sha256, based_on: String::new(), after: String::new(), answer });
    assert_eq!(said(&message(&office, &first), &taken), "known");
    assert_eq!(said(&message(&office, &Edit { number: 8, ..first.clone() }), &taken), "new 8");
    let old = message(&office, &Edit { number: 6, ..first.clone() });
    assert!(said(&old, &taken).contains("number 7 was here already"));
    let changed = message(&office, &Edit { based_on: "other".into(), ..first.clone() });
    assert!(said(&changed, &taken).contains("was here already"), "the same number says something else");
    let elsewhere = message(&office, &Edit { number: 9, shop: "aachen".into(), ..first.clone() });
    assert!(said(&elsewhere, &taken).contains("it is for aachen"));
    let elsewhere = message(&office, &Edit { number: 9, ledger: "cd".into(), ..first.clone() });
    assert!(said(&elsewhere, &taken).contains("ledger cd"));
    let forged = message(&KeyPair::new_user(), &Edit { number: 9, ..first });
    assert!(said(&forged, &taken).contains("not signed by the office's key"));
    assert!(said(b"hello", &taken).contains("no signed edit"));
    (0..9).for_each(|n| taken.distrust(n.to_string()));
    assert_eq!(taken.distrusted.len(), 5);
    assert_eq!(taken.distrusted[4].reason, "8");
}

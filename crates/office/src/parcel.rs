//! What a message says, as the tables have it.

use footfall_serve::told::{About, Batch, VERSION};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A message, understood.
#[derive(Debug)]
pub(crate) enum Parcel {
    /// Entries of a shop's ledger.
    Entries {
        shop: String,
        batch: Batch,
        /// The batch's entries.
        rows: Vec<Row>,
    },
    /// What belongs to a ledger and is no entry.
    About { shop: String, about: About },
}

/// Why a message is not kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A newer program sent it: an office of its version will understand it.
    Newer(u32),
    /// It means nothing, for good.
    Wrong(String),
}

/// An entry as its table has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    ledger: i32,
    shop: i32,
    seq: u64,
    id: String,
    run: u64,
    source: String,
    at: String,
    until: Option<String>,
    kind: String,
    place: String,
    direction: Option<String>,
    track: Option<u64>,
    frame: Option<u64>,
    seconds: f64,
    confidence: Option<f64>,
    staff: bool,
    detail: Map<String, Value>,
    /// When it was, for its partition.
    #[serde(skip)]
    pub(crate) month: Option<(i16, i8)>,
}

/// An entry as shops tell it.
#[derive(Deserialize)]
struct Told {
    seq: u64,
    id: String,
    run: u64,
    source: String,
    at: Timestamp,
    kind: String,
    time: f64,
    until: Option<Timestamp>,
    line: Option<String>,
    zone: Option<String>,
    condition: Option<String>,
    reason: Option<String>,
    direction: Option<String>,
    raised: Option<bool>,
    track: Option<u64>,
    frame: Option<u64>,
    #[serde(default)]
    detail: Map<String, Value>,
}

impl Parcel {
    /// What the message `payload` on `subject` says.
    pub(crate) fn open(prefix: &str, subject: &str, payload: &[u8]) -> Result<Self, Unfit> {
        let wrong = |what: &str| Unfit::Wrong(what.to_owned());
        let rest = subject.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'));
        let (shop, kind) = rest.and_then(|rest| rest.rsplit_once('.')).ok_or_else(|| wrong("its subject"))?;
        let value: Value = serde_json::from_slice(payload)
            .map_err(|error| Unfit::Wrong(format!("it is no JSON: {error}")))?;
        match value["version"].as_u64() {
            Some(1) => {}
            Some(newer) if newer > u64::from(VERSION) => return Err(Unfit::Newer(newer as u32)),
            _ => return Err(wrong("it has no version that there is")),
        }
        let unreadable = |error: serde_json::Error| Unfit::Wrong(error.to_string());
        let shop = shop.to_owned();
        match kind {
            "entries" => {
                let batch: Batch = serde_json::from_value(value).map_err(unreadable)?;
                let rows = rows(&batch).map_err(Unfit::Wrong)?;
                Ok(Self::Entries { shop, batch, rows })
            }
            "about" => {
                let about: About = serde_json::from_value(value).map_err(unreadable)?;
                named(&about.ledger).map_err(Unfit::Wrong)?;
                Ok(Self::About { shop, about })
            }
            _ => Err(wrong("its subject")),
        }
    }

    /// Whose it is, by its subject, and of which ledger.
    pub(crate) fn ledger(&self) -> (&str, &str) {
        match self {
            Self::Entries { shop, batch, .. } => (shop, &batch.ledger),
            Self::About { shop, about } => (shop, &about.ledger),
        }
    }
}

impl Row {
    /// The same of the ledger and the shop of these numbers.
    pub(crate) fn of(self, ledger: i32, shop: i32) -> Self {
        Self { ledger, shop, ..self }
    }
}

/// The entries of a batch, which must lie between its ends, each behind the one before.
fn rows(batch: &Batch) -> Result<Vec<Row>, String> {
    named(&batch.ledger)?;
    // Beyond these PostgreSQL has no numbers.
    if batch.through >= i64::MAX as u64 || batch.after > batch.through {
        return Err(format!("it goes from {} to {}", batch.after, batch.through));
    }
    let mut last = batch.after;
    let mut rows = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let told = Told::deserialize(entry).map_err(|error| format!("behind entry {last}: {error}"))?;
        if told.seq <= last || told.seq > batch.through {
            return Err(format!("entry {} is not between {last} and {}", told.seq, batch.through));
        }
        last = told.seq;
        rows.push(told.row()?);
    }
    Ok(rows)
}

/// Refuses what is no identity.
fn named(ledger: &str) -> Result<(), String> {
    let is_hex = ledger.len() == 32 && ledger.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex { Ok(()) } else { Err(format!("{ledger:?} is no ledger's identity")) }
}

impl Told {
    fn row(self) -> Result<Row, String> {
        let seq = self.seq;
        let lacks = |what: &str| format!("entry {seq} lacks its {what}");
        named(&self.id).map_err(|_| lacks("id"))?;
        let place = match self.kind.as_str() {
            "crossing" | "group" => self.line.ok_or_else(|| lacks("line"))?,
            "visit" => self.zone.ok_or_else(|| lacks("zone"))?,
            "health" => self.condition.ok_or_else(|| lacks("condition"))?,
            "uncounted" => self.reason.ok_or_else(|| lacks("reason"))?,
            other => return Err(format!("entry {seq} is of no kind that there is: {other:?}")),
        };
        let raised = self.raised.map(|raised| if raised { "raised" } else { "over" }.to_owned());
        let mut detail = self.detail;
        let staff = detail.remove("staff").is_some();
        let confidence = detail.get("confidence").and_then(Value::as_f64);
        let date = self.at.to_zoned_datetime(TimeZone::UTC).date();
        Ok(Row {
            ledger: 0,
            shop: 0,
            seq,
            id: self.id,
            run: self.run,
            source: self.source,
            at: self.at.to_string(),
            until: self.until.map(|until| until.to_string()),
            kind: self.kind,
            place,
            direction: self.direction.or(raised),
            track: self.track,
            frame: self.frame,
            seconds: self.time,
            confidence,
            staff,
            detail,
            month: Some((date.year(), date.month())),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Parcel, Unfit};

    const LEDGER: &str = "000102030405060708090a0b0c0d0e0f";

    fn crossing(seq: u64) -> Value {
        json!({"seq": seq, "id": LEDGER, "run": 1, "source": "door", "at": "2026-11-24T09:30:00.5Z", "time": 1.5,
            "kind": "crossing", "line": "in", "direction": "in", "track": 7, "frame": 12,
            "detail": {"confidence": 0.9, "staff": true}})
    }

    fn open(body: &Value) -> Result<Parcel, Unfit> {
        Parcel::open("office", "office.berlin.entries", body.to_string().as_bytes())
    }

    fn batch(entries: &[Value]) -> Value {
        json!({"version": 1, "ledger": LEDGER, "base": 0, "after": 1, "through": 5, "entries": entries})
    }

    #[test]
    fn a_batch_becomes_rows_and_staff_no_more_than_a_word() {
        let Ok(Parcel::Entries { shop, rows, .. }) = open(&batch(&[crossing(2), crossing(5)])) else {
            panic!()
        };
        assert_eq!((shop.as_str(), rows.len()), ("berlin", 2));
        let row = &rows[1];
        assert!(row.staff && !row.detail.contains_key("staff"));
        assert_eq!((row.seq, &*row.place, row.confidence, row.month), (5, "in", Some(0.9), Some((2026, 11))));
    }

    #[test]
    fn what_means_nothing_is_refused_with_the_reason() {
        let mut nameless = crossing(3);
        nameless["line"] = Value::Null;
        for (entries, reason) in [
            (vec![crossing(1)], "not between"),
            (vec![crossing(6)], "not between"),
            (vec![crossing(3), crossing(3)], "not between"),
            (vec![nameless], "lacks its line"),
            (vec![json!({"seq": 2})], "missing field"),
        ] {
            let Err(Unfit::Wrong(said)) = open(&batch(&entries)) else { panic!("{entries:?}") };
            assert!(said.contains(reason), "{said}");
        }
        let mut other = batch(&[]);
        other["ledger"] = "x".into();
        assert!(matches!(open(&other), Err(Unfit::Wrong(_))));
        other["version"] = 2.into();
        assert!(matches!(open(&other), Err(Unfit::Newer(2))), "whatever else it says");
        let elsewhere = Parcel::open("office", "other.berlin.entries", batch(&[]).to_string().as_bytes());
        assert!(matches!(elsewhere, Err(Unfit::Wrong(_))));
    }
}

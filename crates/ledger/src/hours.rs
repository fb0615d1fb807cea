//! When a place is open.

mod site;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use site::SiteHours;

/// Opening hours by weekday, on the clock of wherever the place is.
///
/// In a configuration: `mon = "09:00-12:00, 13:00-18:30"`; what ends at midnight ends at `24:00`, and what ends
/// earlier than it begins ends on the next day. A day that is not named is closed, and so is each of
/// `closed = ["2026-12-25"]`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use footfall_ledger::Hours;
/// use footfall_ledger::jiff::tz::TimeZone;
///
/// let hours = Hours::new([("fri", "09:00-18:30"), ("sat", "22:00-02:00")], [])?;
/// let zone = TimeZone::get("Europe/Zurich")?;
/// let at = |text: &str| text.parse().map(|moment| hours.is_open(moment, &zone));
/// assert!(at("2026-03-27T18:29:00+01:00")? && !at("2026-03-27T18:30:00+01:00")?);
/// assert!(at("2026-03-29T01:30:00+01:00")?, "on Sunday, since Saturday evening");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// By day from Monday: from when to when, in seconds since midnight; the end may lie on the next day.
    days: [Vec<(u32, u32)>; 7],
    closed: BTreeSet<Date>,
}

/// Opening hours that cannot be read, in words for whoever has written them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct HoursError {
    problem: String,
}

const DAY: u32 = 86_400;

impl Hours {
    /// The days as they are written, from Monday on.
    pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// Hours by day, as `("mon", "09:00-18:30")`, and days on which it is closed all the same.
    ///
    /// # Errors
    /// For a day that there is not, and for what are no times of day.
    pub fn new<'a>(
        days: impl IntoIterator<Item = (&'a str, &'a str)>,
        closed: impl IntoIterator<Item = Date>,
    ) -> Result<Self, HoursError> {
        let mut hours = Self { closed: closed.into_iter().collect(), ..Self::default() };
        for (day, text) in days {
            let Some(index) = Self::DAYS.iter().position(|name| *name == day) else {
                let problem = format!("there is no day \"{day}\": name {}, or closed", Self::DAYS.join(", "));
                return Err(HoursError { problem });
            };
            hours.days[index] =
                spans(text).map_err(|problem| HoursError { problem: format!("{day}: {problem}") })?;
        }
        Ok(hours)
    }

    /// Whether it is never open: nobody has said when it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// Whether it is open at `moment` by the clock of `zone`.
    #[must_use]
    pub fn is_open(&self, moment: Timestamp, zone: &TimeZone) -> bool {
        self.is_open_on(moment.to_zoned_datetime(zone.clone()).datetime())
    }

    /// Whether it is open when the clock there shows `local`.
    #[must_use]
    pub fn is_open_on(&self, local: DateTime) -> bool {
        let second = second_of(local.time());
        let of =
            |date: Date, second: u32| self.on(date).iter().any(|&(from, to)| (from..to).contains(&second));
        let yesterday = local.date().yesterday().ok();
        of(local.date(), second) || yesterday.is_some_and(|date| of(date, second + DAY))
    }

    /// Since when it has been open at `moment`; `None` where it is closed then.
    #[must_use]
    pub fn open_since(&self, moment: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let date = moment.to_zoned_datetime(zone.clone()).date();
        let days = [date.yesterday().ok(), Some(date)];
        let spans = days.into_iter().flatten().flat_map(|date| self.open_on(date));
        let at = |local: DateTime| local.to_zoned_datetime(zone.clone()).ok().map(|zoned| zoned.timestamp());
        spans
            .filter_map(|(opens, closes)| Some((at(opens)?, at(closes)?)))
            .find_map(|(opens, closes)| (opens <= moment && moment < closes).then_some(opens))
    }

    /// From when to when it is open on `date`, in order; what begins on it may end on the next day.
    #[must_use]
    pub fn open_on(&self, date: Date) -> Vec<(DateTime, DateTime)> {
        let at = |seconds: u32| {
            let midnight = date.to_datetime(Time::midnight());
            midnight.saturating_add(SignedDuration::from_secs(seconds.into()))
        };
        self.on(date).iter().map(|&(from, to)| (at(from), at(to))).collect()
    }

    /// How long it is open between two moments, in seconds.
    #[must_use]
    pub fn open_seconds(&self, from: Timestamp, to: Timestamp, zone: &TimeZone) -> f64 {
        let first = from.to_zoned_datetime(zone.clone()).date();
        let last = to.to_zoned_datetime(zone.clone()).date();
        let moment = |local: DateTime| local.to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp());
        let mut seconds = 0.0;
        let mut date = first.yesterday().unwrap_or(first);
        while date <= last {
            for (opens, closes) in self.open_on(date) {
                if let (Ok(opens), Ok(closes)) = (moment(opens), moment(closes)) {
                    seconds += closes.min(to).duration_since(opens.max(from)).as_secs_f64().max(0.0);
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        seconds
    }

    /// A time of day at which nobody is there on any day: the middle of the longest time for which it is closed every
    /// day. `None` where there is none, and where it is never open.
    #[must_use]
    pub fn quiet(&self) -> Option<Time> {
        /// Minutes of a day, and for how many of them nobody may be there for it to be a night.
        const MINUTES: usize = 1440;
        const LEAST: usize = 60;
        if self.is_empty() {
            return None;
        }
        let mut open = [false; MINUTES];
        for &(from, to) in self.days.iter().flatten() {
            (from / 60..to.div_ceil(60)).for_each(|minute| open[minute as usize % MINUTES] = true);
        }
        let mut longest: Option<(usize, usize)> = None;
        let mut run = 0;
        // Twice around: a night goes over midnight.
        for minute in 0..2 * MINUTES {
            run = if open[minute % MINUTES] { 0 } else { run + 1 };
            if run >= LEAST && longest.is_none_or(|(_, length)| run > length) {
                longest = Some((minute, run));
            }
        }
        let (end, length) = longest?;
        let middle = (end + 1 - length / 2 - length % 2) % MINUTES;
        Time::new((middle / 60) as i8, (middle % 60) as i8, 0, 0).ok()
    }

    fn on(&self, date: Date) -> &[(u32, u32)] {
        if self.closed.contains(&date) { &[] } else { &self.days[index(date.weekday())] }
    }
}

fn index(day: Weekday) -> usize {
    day.to_monday_zero_offset().unsigned_abs().into()
}

fn second_of(time: Time) -> u32 {
    let part = |number: i8| u32::from(number.unsigned_abs());
    3600 * part(time.hour()) + 60 * part(time.minute()) + part(time.second())
}

/// Reads `09:00-12:00, 13:00-18:30`; nothing, and `closed`, is none.
fn spans(text: &str) -> Result<Vec<(u32, u32)>, String> {
    let text = text.trim();
    if text.is_empty() || text == "closed" {
        return Ok(Vec::new());
    }
    let wrong = |part: &str| {
        format!("expected times as \"09:00-18:30\" or \"09:00-12:00, 13:00-18:30\", not \"{}\"", part.trim())
    };
    let mut spans = Vec::new();
    for part in text.split(',') {
        let (from, to) = part.split_once('-').ok_or_else(|| wrong(part))?;
        let (from, to) = second(from).zip(second(to)).ok_or_else(|| wrong(part))?;
        if from >= DAY || from == to {
            return Err(wrong(part));
        }
        spans.push((from, if to > from { to } else { to + DAY }));
    }
    spans.sort_unstable();
    let is_apart = |pair: &[(u32, u32)]| pair[0].1 <= pair[1].0;
    if !spans.windows(2).all(is_apart) {
        return Err(format!("the times in \"{text}\" overlap"));
    }
    Ok(spans)
}

/// Seconds since midnight of `09:00` or `24:00`.
fn second(text: &str) -> Option<u32> {
    let text = text.trim();
    let text = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
    if text == "24:00" {
        return Some(DAY);
    }
    (text.len() == 5).then(|| text.parse::<Time>().ok()).flatten().map(second_of)
}

fn written(seconds: u32) -> String {
    let seconds = if seconds > DAY { seconds - DAY } else { seconds };
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Table {
            mon: String,
            tue: String,
            wed: String,
            thu: String,
            fri: String,
            sat: String,
            sun: String,
            closed: Vec<String>,
        }
        let Table { mon, tue, wed, thu, fri, sat, sun, closed } = Table::deserialize(deserializer)?;
        let date = |text: &String| {
            text.parse::<Date>()
                .map_err(|_| D::Error::custom(format!("closed: expected days as 2026-12-25, not \"{text}\"")))
        };
        let closed: Vec<Date> = closed.iter().map(date).collect::<Result<_, _>>()?;
        let days = [&mon, &tue, &wed, &thu, &fri, &sat, &sun].map(String::as_str);
        Self::new(Hours::DAYS.into_iter().zip(days), closed).map_err(D::Error::custom)
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let span = |&(from, to): &(u32, u32)| format!("{}-{}", written(from), written(to));
        let mut table: BTreeMap<&str, serde_json::Value> = BTreeMap::new();
        for (day, spans) in Hours::DAYS.into_iter().zip(&self.days).filter(|(_, spans)| !spans.is_empty()) {
            table.insert(day, spans.iter().map(span).collect::<Vec<_>>().join(", ").into());
        }
        if !self.closed.is_empty() {
            let days: Vec<String> = self.closed.iter().map(ToString::to_string).collect();
            table.insert("closed", days.into());
        }
        table.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;

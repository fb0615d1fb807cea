//! What an alert of the kind `unusual` says of months of a ledger that is made up.

use std::time::Duration;

use footfall_count::{Condition, Direction, Uncounted};
use footfall_ledger::jiff::civil::Date;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};
use footfall_ledger::{CrossingEntry, Digest, Ending, Entry, Hours, Ledger, Origin, RunInfo, SiteHours};
use footfall_serve::{AlertConfig, unusual_hour};

use super::book::LedgerBook;

/// A shop whose camera was counted all the time from `first` on.
struct Shop {
    folder: tempfile::TempDir,
    first: ZonedDateTime,
    entries: Vec<Entry>,
    last: Timestamp,
}

/// Midnight of that day in Zurich.
fn day(text: &str) -> ZonedDateTime {
    let date: Date = text.parse().unwrap();
    date.to_zoned_datetime(TimeZone::get("Europe/Zurich").unwrap()).unwrap()
}

/// A number from 0 to 1 that is as good as random, by the hour.
fn chance(hour: &ZonedDateTime) -> f64 {
    let mut bits = hour.timestamp().as_second().cast_unsigned() / 3600;
    for _ in 0..3 {
        bits = (bits ^ (bits >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    (bits >> 40) as f64 / (1_u64 << 24) as f64
}

/// What comes into a shop that is open from nine to seven: more on Saturdays and at noon, never the same.
fn usual(hour: &ZonedDateTime) -> u64 {
    if !(9..19).contains(&hour.hour()) {
        return 0;
    }
    let busy = if hour.weekday() == footfall_ledger::jiff::civil::Weekday::Saturday { 2.0 } else { 1.0 };
    let mean: f64 = busy * if (11..14).contains(&hour.hour()) { 24.0 } else { 12.0 };
    (mean + mean.sqrt() * 3.0 * (chance(hour) - 0.5)).round() as u64
}

impl Shop {
    fn new(first: &str) -> Self {
        let first = day(first);
        let last = first.timestamp();
        Self { folder: tempfile::tempdir().unwrap(), first, entries: Vec::new(), last }
    }

    fn since_start(&self, at: Timestamp) -> Duration {
        at.duration_since(self.first.timestamp()).try_into().unwrap()
    }

    /// So many come in each hour until that day.
    fn open(mut self, until: &str, come: impl Fn(&ZonedDateTime) -> u64) -> Self {
        let until = day(until);
        let mut hour = self.last.to_zoned_datetime(self.first.time_zone().clone());
        while hour < until {
            let count = come(&hour);
            for number in 0..count {
                let share = SignedDuration::from_secs_f64(3600.0 * (number as f64 + 0.5) / count as f64);
                let time = self.since_start(hour.timestamp() + share);
                let (track, direction) = (self.entries.len() as u64 + 1, Direction::In);
                let (line, detail) = ("door".to_owned(), serde_json::Map::new());
                let entry = CrossingEntry { line, direction, track, frame: track, time, detail };
                self.entries.push(Entry::Crossing(entry));
            }
            hour = hour.checked_add(1.hour()).unwrap();
        }
        self.last = until.timestamp();
        self
    }

    /// Nobody counted in these hours from then on.
    fn gap(mut self, from: &ZonedDateTime, hours: i64) -> Self {
        let span = (from.timestamp(), from.timestamp() + SignedDuration::from_hours(hours));
        let (from, to) = (self.since_start(span.0), self.since_start(span.1));
        self.entries.retain(|entry| !matches!(entry, Entry::Crossing(c) if c.time >= from && c.time < to));
        self.entries.push(Entry::Uncounted(Uncounted { from, to, reason: Condition::Disconnected }));
        self
    }

    fn book(&self, hours: SiteHours) -> LedgerBook {
        let path = self.folder.path().join("shop.db");
        let info = RunInfo {
            source: "front".into(),
            origin: Origin::Live,
            version: "test".into(),
            config: Digest::of([]),
            places: Vec::new(),
            recount: false,
        };
        let run = Ledger::open(&path).unwrap().begin(&info).unwrap();
        run.anchor(self.first.timestamp());
        run.scene(self.since_start(self.last), &self.entries).unwrap();
        run.end(Ending::Done).unwrap();
        LedgerBook::open(&path, self.first.time_zone().clone(), hours).unwrap()
    }
}

fn alert() -> AlertConfig {
    serde_json::from_value(serde_json::json!({ "name": "odd", "when": "unusual" })).unwrap()
}

/// What is said of each hour of a day: nothing, that it is usual, or that it is not.
fn said(book: &LedgerBook, date: &str) -> String {
    let mut end = day(date);
    let tomorrow = end.tomorrow().unwrap();
    let mut said = String::new();
    while end < tomorrow {
        end = end.checked_add(1.hour()).unwrap();
        said.push(match unusual_hour(book, end.timestamp(), &alert()).unwrap() {
            None => '-',
            Some((false, _)) => '.',
            Some((true, _)) => '!',
        });
    }
    said
}

fn always() -> SiteHours {
    SiteHours::default()
}

#[test]
fn an_hour_is_compared_with_its_like_over_a_change_of_the_clock() {
    // Clocks go forward on 29 March, between the days that are compared.
    let is_odd = |hour: &ZonedDateTime| match hour.strftime("%F %H").to_string().as_str() {
        "2026-04-15 12" => Some(90),
        "2026-04-16 12" => Some(0),
        _ => None,
    };
    let shop = Shop::new("2026-01-05").open("2026-05-04", |hour| is_odd(hour).unwrap_or_else(|| usual(hour)));
    let book = shop.book(always());
    let all_usual = ".".repeat(24);
    for date in ["2026-03-27", "2026-03-28", "2026-03-30", "2026-04-14", "2026-05-02"] {
        assert_eq!(said(&book, date), all_usual, "{date}");
    }
    assert_eq!(said(&book, "2026-03-29"), ".".repeat(23), "a day of 23 hours");
    assert_eq!(said(&book, "2026-04-15"), format!("{}!{}", ".".repeat(12), ".".repeat(11)), "many came");
    assert_eq!(said(&book, "2026-04-16"), format!("{}!{}", ".".repeat(12), ".".repeat(11)), "nobody came");
    let noon = day("2026-04-15").with().hour(13).build().unwrap();
    let (_, text) = unusual_hour(&book, noon.timestamp(), &alert()).unwrap().unwrap();
    assert!(text.starts_with("90 came in from 12:00 to 13:00; usual are 2"), "{text}");
}

#[test]
fn an_hour_that_is_there_twice_or_not_at_all_is_compared_with_hours() {
    // By night too: 30 each hour of time, whatever the clock shows.
    let steady = |_: &ZonedDateTime| 30;
    let shop = Shop::new("2026-08-24").open("2026-11-09", steady);
    let autumn = shop.book(always());
    assert_eq!(said(&autumn, "2026-10-25"), ".".repeat(25), "two hours from two to three");
    assert_eq!(said(&autumn, "2026-11-01"), ".".repeat(24), "a week later there is one of it again");
    let shop = Shop::new("2026-01-26").open("2026-04-13", steady);
    let spring = shop.book(always());
    assert_eq!(said(&spring, "2026-03-29"), ".".repeat(23));
    assert_eq!(said(&spring, "2026-04-05"), ".".repeat(24), "the week before had no hour from two to three");
}

#[test]
fn a_new_shop_is_not_judged_before_there_are_four_weeks_of_it() {
    let shop = Shop::new("2026-01-05").open("2026-02-16", usual);
    let book = shop.book(always());
    for date in ["2026-01-05", "2026-01-12", "2026-01-31"] {
        assert_eq!(said(&book, date), "-".repeat(24), "{date}");
    }
    assert_eq!(said(&book, "2026-02-02"), ".".repeat(24), "after four Mondays");
}

#[test]
fn weeks_of_closure_say_nothing_of_what_is_usual() {
    // Closed from 20 July for five weeks, with the camera on.
    let is_closed = |hour: &ZonedDateTime| (day("2026-07-20")..day("2026-08-24")).contains(hour);
    let come = |hour: &ZonedDateTime| if is_closed(hour) { 0 } else { usual(hour) };
    let shop = Shop::new("2026-04-06").open("2026-10-05", come);
    let book = shop.book(always());
    assert!(said(&book, "2026-08-24").starts_with("---"), "three of eight weeks are known: too few");
    assert_eq!(said(&book, "2026-08-31"), "-".repeat(24));
    assert_eq!(said(&book, "2026-09-21"), ".".repeat(24), "as it was before the closure");
    // Nobody has said that it is closed: that is not usual. Where somebody has, nothing is said.
    assert!(said(&book, "2026-07-20").contains('!'));
    let days = Hours::DAYS.map(|day| (day, "09:00-19:00"));
    let mut date = day("2026-07-20").date();
    let closed = std::iter::repeat_with(|| {
        let today = date;
        date = date.tomorrow().unwrap();
        today
    })
    .take(35);
    let hours = SiteHours { all: Hours::new(days, closed).unwrap(), ..SiteHours::default() };
    let book = shop.book(hours);
    assert_eq!(said(&book, "2026-07-20"), "-".repeat(24));
    let open = format!("{}{}{}", "-".repeat(9), ".".repeat(10), "-".repeat(5));
    assert_eq!(said(&book, "2026-07-17"), open, "what is closed is not judged");
}

#[test]
fn hours_that_nobody_counted_are_neither_judged_nor_compared_with() {
    let noon = |date: &str| day(date).with().hour(12).build().unwrap();
    let mut shop = Shop::new("2026-01-05").open("2026-03-23", usual);
    for date in ["2026-01-27", "2026-02-03", "2026-02-10", "2026-02-24"] {
        shop = shop.gap(&noon(date), 1);
    }
    // A camera that fails at noon on the day itself, and one that fails for a whole week.
    shop = shop.gap(&noon("2026-03-17"), 1);
    shop = shop.gap(&day("2026-03-02"), 7 * 24);
    let book = shop.book(always());
    let usual_but_noon = format!("{}-{}", ".".repeat(12), ".".repeat(11));
    assert_eq!(said(&book, "2026-03-17"), usual_but_noon, "unknown is not none");
    assert_eq!(said(&book, "2026-03-03"), "-".repeat(24));
    assert_eq!(said(&book, "2026-03-10").len(), 24);
    assert!(
        !said(&book, "2026-03-10").contains('!'),
        "noon was counted in too few weeks, other hours in enough"
    );
    assert_eq!(said(&book, "2026-03-10").chars().nth(12), Some('-'));
}

use jiff::civil::{DateTime, Time, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Hours, SiteHours};

fn shop() -> Hours {
    let weekdays = Hours::DAYS[..5].iter().map(|day| (*day, "09:00-12:00, 13:00-18:30"));
    Hours::new(weekdays.chain([("sat", "9:00-24:00")]), [date(2026, 12, 25)]).unwrap()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

#[test]
fn it_is_open_from_the_first_moment_to_before_the_last() {
    // 2026-12-21 is a Monday.
    for (moment, is_open) in [
        ("2026-12-21T08:59:59", false),
        ("2026-12-21T09:00:00", true),
        ("2026-12-21T12:00:00", false),
        ("2026-12-21T18:29:59", true),
        ("2026-12-21T18:30:00", false),
        ("2026-12-25T10:00:00", false),
        ("2026-12-26T23:59:59", true),
        ("2026-12-27T00:00:00", false),
        ("2026-12-27T10:00:00", false),
    ] {
        assert_eq!(shop().is_open_on(at(moment)), is_open, "{moment}");
    }
}

#[test]
fn what_is_open_past_midnight_is_open_on_the_next_day() {
    let bar = Hours::new([("sat", "20:00-02:00")], []).unwrap();
    for (moment, is_open) in [
        ("2026-12-26T19:59:00", false),
        ("2026-12-26T23:00:00", true),
        ("2026-12-27T01:59:00", true),
        ("2026-12-27T02:00:00", false),
        ("2026-12-26T01:00:00", false),
    ] {
        assert_eq!(bar.is_open_on(at(moment)), is_open, "{moment}");
    }
    let (_, closes) = bar.open_on(date(2026, 12, 26))[0];
    assert_eq!(closes, at("2026-12-27T02:00:00"));
}

#[test]
fn it_is_known_since_when_it_is_open() {
    let zone = TimeZone::get("Europe/Zurich").unwrap();
    let bar = Hours::new([("sat", "20:00-02:00"), ("sun", "10:00-12:00")], []).unwrap();
    let site = SiteHours { all: shop(), own: [("bar".to_owned(), bar.clone())].into() };
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let since = |moment: &str| bar.open_since(at(moment), &zone);
    assert_eq!(since("2026-12-27T01:30:00+01:00"), Some(at("2026-12-26T20:00:00+01:00")));
    assert_eq!(since("2026-12-27T11:00:00+01:00"), Some(at("2026-12-27T10:00:00+01:00")));
    assert_eq!(since("2026-12-27T02:00:00+01:00"), None);
    let opened = site.open_since(at("2026-12-26T21:00:00+01:00"), &zone);
    assert_eq!(opened, Some(at("2026-12-26T09:00:00+01:00")), "the first of it");
    assert_eq!(SiteHours::default().open_since(at("2026-12-26T21:00:00+01:00"), &zone), None);
}

#[test]
fn the_quiet_time_is_the_middle_of_the_night_and_none_where_there_is_no_night() {
    assert_eq!(shop().quiet(), Some(Time::constant(4, 30, 0, 0)), "closed from 00:00 to 09:00");
    let bar = Hours::new([("sat", "20:00-02:00")], []).unwrap();
    assert_eq!(bar.quiet(), Some(Time::constant(11, 0, 0, 0)));
    let station = Hours::new(Hours::DAYS.map(|day| (day, "00:00-24:00")), []).unwrap();
    assert_eq!((station.quiet(), Hours::default().quiet()), (None, None));
    let mut site = SiteHours { all: shop(), ..SiteHours::default() };
    site.own.insert("back".into(), Hours::new([("mon", "00:00-07:00")], []).unwrap());
    assert_eq!(site.quiet(), Some(Time::constant(8, 0, 0, 0)));
    assert_eq!(site.of("back").map(|hours| hours.is_open_on(at("2026-12-21T10:00:00"))), Some(false));
    assert_eq!(site.of("front").map(|hours| hours.is_open_on(at("2026-12-21T10:00:00"))), Some(true));
}

#[test]
fn what_cannot_be_read_is_named() {
    let error = |day: &str, text: &str| Hours::new([(day, text)], []).unwrap_err().to_string();
    assert!(
        error("monday", "09:00-18:00").contains("\"monday\"") && error("monday", "").contains("mon, tue")
    );
    for text in ["9-18", "09:00", "09:00-25:00", "24:00-08:00", "09:00-09:00", "nine-ten", "09:00-10:00:30"] {
        assert!(error("tue", text).contains("tue: expected times"), "{text}");
    }
    assert!(error("wed", "09:00-12:00, 11:00-13:00").contains("overlap"));
}

#[test]
fn a_configuration_says_it_and_is_told_again() {
    let text = r#"{"closed":["2026-12-25"],"mon":"09:00-12:00, 13:00-18:30","sat":"20:00-02:00","sun":"08:00-24:00"}"#;
    let hours: Hours = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&hours).unwrap(), text);
    let error = serde_json::from_str::<Hours>(r#"{"moon":"09:00-12:00"}"#).unwrap_err().to_string();
    assert!(error.contains("moon"), "{error}");
    let error = serde_json::from_str::<Hours>(r#"{"closed":["christmas"]}"#).unwrap_err().to_string();
    assert!(error.contains("christmas"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Hour by hour as minute by minute, also where clocks are set.
    #[test]
    fn open_time_is_the_sum_of_open_moments(start in 0_i64..400, hours in 1_i64..60) {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let from = "2026-03-20T00:00:00Z".parse::<jiff::Timestamp>().unwrap()
            + jiff::SignedDuration::from_hours(start);
        let to = from + jiff::SignedDuration::from_hours(hours);
        let shop = shop();
        let minutes = (0..hours * 60).filter(|minute| {
            shop.is_open(from + jiff::SignedDuration::from_mins(*minute), &zone)
        });
        prop_assert_eq!(shop.open_seconds(from, to, &zone), minutes.count() as f64 * 60.0);
    }
}

//! Minutes, hours, days, weeks and months as people in a time zone have them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What counts are added up over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum Period {
    /// A minute of the clock.
    Minute,
    /// An hour of the clock. The hour that is there twice when clocks are set back is two.
    #[default]
    Hour,
    /// A day of the calendar: 23 or 25 hours when clocks are set.
    Day,
    /// A week from Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Period {
    /// All of them, the shortest first.
    pub const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// `minute`, `hour`, `day`, `week`, `month`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// How long it is where no clock is set, a month of 30 days.
    #[must_use]
    pub fn usual_seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Week => 604_800,
            Self::Month => 2_592_000,
        }
    }

    /// Where the period begins that `time` lies in.
    #[must_use]
    pub fn floor(self, time: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = time.to_zoned_datetime(zone.clone());
        let by_clock = |seconds: i64| {
            let within = SignedDuration::from_secs(seconds)
                + SignedDuration::from_nanos(local.subsec_nanosecond().into());
            let start = time.checked_sub(within).unwrap_or(Timestamp::MIN);
            last_change(time, zone).map_or(start, |change| change.max(start))
        };
        let (minute, second) = (i64::from(local.minute()), i64::from(local.second()));
        match self {
            Self::Minute => by_clock(second),
            Self::Hour => by_clock(60 * minute + second),
            Self::Day => midnight(local.date(), zone),
            Self::Week => midnight(monday(local.date()), zone),
            Self::Month => midnight(local.date().first_of_month(), zone),
        }
    }

    /// Where the period ends that begins at `start`.
    #[must_use]
    pub fn next(self, start: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = start.to_zoned_datetime(zone.clone());
        let by_clock = |seconds: i64| {
            let end = start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
            next_change(start, zone).map_or(end, |change| change.min(end))
        };
        let by_calendar = |days: i8| {
            let mut date = local.date();
            for _ in 0..days {
                date = date.tomorrow().unwrap_or(Date::MAX);
            }
            midnight(date, zone)
        };
        // A minute or hour that began with a change of the offset is shorter.
        let (minute, second) = (i64::from(local.minute()), i64::from(local.second()));
        let end = match self {
            Self::Minute => by_clock(60 - second),
            Self::Hour => by_clock(3600 - 60 * minute - second),
            Self::Day => by_calendar(1),
            Self::Week => by_calendar(7 - local.weekday().to_monday_zero_offset()),
            Self::Month => by_calendar(local.date().days_in_month() - local.day() + 1),
        };
        // A day that a zone has left out of its calendar begins and ends at one moment.
        if end > start {
            end
        } else {
            start.checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX)
        }
    }
}

/// The first moment of a day: not always midnight.
fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned_datetime(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

fn monday(date: Date) -> Date {
    let mut date = date;
    for _ in 0..date.weekday().to_monday_zero_offset() {
        date = date.yesterday().unwrap_or(Date::MIN);
    }
    date
}

/// When the offset last changed, at `time` or before.
fn last_change(time: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let just_after = time.checked_add(SignedDuration::from_nanos(1)).ok()?;
    let change = zone.preceding(just_after).next()?.timestamp();
    changes_offset(change, zone).then_some(change)
}

/// When the offset changes next, after `time`.
fn next_change(time: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let change = zone.following(time).next()?.timestamp();
    changes_offset(change, zone).then_some(change)
}

fn changes_offset(change: Timestamp, zone: &TimeZone) -> bool {
    let before = change.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(change);
    zone.to_offset(before) != zone.to_offset(change)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::Period;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    /// The beginnings of the periods from `from` on, as the clock shows them there.
    fn starts(period: Period, name: &str, from: &str, count: usize) -> Vec<String> {
        let zone = zone(name);
        let first = period.floor(from.parse().unwrap(), &zone);
        let all = std::iter::successors(Some(first), |&start| Some(period.next(start, &zone)));
        let show = |t: Timestamp| t.to_zoned_datetime(zone.clone()).strftime("%d %H:%M%:z").to_string();
        all.take(count).map(show).collect()
    }

    fn hours(period: Period, name: &str, at: &str) -> f64 {
        let zone = zone(name);
        let start = period.floor(at.parse().unwrap(), &zone);
        period.next(start, &zone).duration_since(start).as_secs_f64() / 3600.0
    }

    #[test]
    fn days_have_23_24_and_25_hours() {
        assert_eq!(hours(Period::Day, "Europe/Zurich", "2026-03-29T12:00:00Z"), 23.0);
        assert_eq!(hours(Period::Day, "Europe/Zurich", "2026-06-29T12:00:00Z"), 24.0);
        assert_eq!(hours(Period::Day, "Europe/Zurich", "2026-10-25T12:00:00Z"), 25.0);
        assert_eq!(hours(Period::Week, "Europe/Zurich", "2026-03-29T12:00:00Z"), 167.0);
        assert_eq!(hours(Period::Day, "America/New_York", "2026-11-01T12:00:00Z"), 25.0);
        assert_eq!(hours(Period::Day, "UTC", "2026-10-25T12:00:00Z"), 24.0);
        let samoa = starts(Period::Day, "Pacific/Apia", "2011-12-29T12:00:00-10:00", 3);
        assert_eq!(samoa, ["29 00:00-10:00", "31 00:00+14:00", "01 00:00+14:00"], "the 30th never was");
    }

    #[test]
    fn an_hour_that_is_there_twice_is_two_and_one_that_is_left_out_is_none() {
        let back = starts(Period::Hour, "Europe/Zurich", "2026-10-25T01:30:00+02:00", 4);
        assert_eq!(back, ["25 01:00+02:00", "25 02:00+02:00", "25 02:00+01:00", "25 03:00+01:00"]);
        let ahead = starts(Period::Hour, "Europe/Zurich", "2026-03-29T01:30:00+01:00", 3);
        assert_eq!(ahead, ["29 01:00+01:00", "29 03:00+02:00", "29 04:00+02:00"]);
        let half = starts(Period::Hour, "Australia/Lord_Howe", "2026-04-05T01:10:00+11:00", 3);
        assert_eq!(half, ["05 01:00+11:00", "05 01:30+10:30", "05 02:00+10:30"], "half an hour back");
        assert_eq!(starts(Period::Hour, "Asia/Kolkata", "2026-04-05T01:10:00+05:30", 1), ["05 01:00+05:30"]);
    }

    #[test]
    fn weeks_begin_on_monday_and_days_not_always_at_midnight() {
        let weeks = starts(Period::Week, "Europe/Zurich", "2026-11-29T23:00:00+01:00", 2);
        assert_eq!(weeks, ["23 00:00+01:00", "30 00:00+01:00"]);
        let cairo = starts(Period::Day, "Africa/Cairo", "2026-04-24T12:00:00+03:00", 1);
        assert_eq!(cairo, ["24 01:00+03:00"]);
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_the_period_that_it_begins(
            seconds in 0i64..4_000_000_000, nanos in 0i32..1_000_000_000, period in 0usize..4, place in 0usize..6,
        ) {
            let zone = zone(["Europe/Zurich", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC",
                "America/Sao_Paulo"][place]);
            let period = Period::ALL[period];
            let time = Timestamp::new(seconds, nanos).unwrap();
            let start = period.floor(time, &zone);
            let end = period.next(start, &zone);
            prop_assert!(start <= time && time < end, "{start} {time} {end}");
            prop_assert_eq!(period.floor(start, &zone), start);
            prop_assert_eq!(period.floor(end, &zone), end);
        }
    }
}

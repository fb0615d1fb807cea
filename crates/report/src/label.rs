//! How a period and a length of time are written.

use footfall_ledger::Period;
use footfall_ledger::jiff::ZonedDateTime;
use footfall_ledger::jiff::tz::Offset;

/// The names of rows. Where clocks were set back and an hour is there twice, the offset tells which is which:
/// each row is to be seen before the first one is named.
#[derive(Debug)]
pub(crate) struct Labels {
    by: Period,
    first: Option<Offset>,
    has_others: bool,
}

impl Labels {
    pub(crate) fn new(by: Period) -> Self {
        Self { by, first: None, has_others: false }
    }

    /// Sees where a row begins. Gives its widest name.
    pub(crate) fn see(&mut self, start: &ZonedDateTime) -> String {
        let first = *self.first.get_or_insert(start.offset());
        self.has_others |= first != start.offset();
        self.name(start)
    }

    pub(crate) fn name(&self, start: &ZonedDateTime) -> String {
        let name = label(start, self.by);
        let by_clock = matches!(self.by, Period::Minute | Period::Hour);
        let is_told = by_clock && self.has_others;
        if is_told { format!("{name} {}", start.strftime("%:z")) } else { name }
    }
}

fn label(from: &ZonedDateTime, by: Period) -> String {
    let form = match by {
        Period::Minute | Period::Hour => "%Y-%m-%d %a %H:%M",
        Period::Day => "%Y-%m-%d %a",
        Period::Week => "%G-W%V from %m-%d",
        Period::Month => "%Y-%m %b",
    };
    from.strftime(form).to_string()
}

/// Labels on an axis that do not touch.
pub(crate) const MOST_TICKS: usize = 14;

/// The rows that get a label on an axis: evenly spread, at full hours of the day where they are hours.
pub(crate) fn ticks<'a>(starts: impl ExactSizeIterator<Item = &'a ZonedDateTime>, by: Period) -> Vec<usize> {
    const MINUTES: [usize; 12] = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080];
    const WHOLE: [usize; 7] = [1, 2, 7, 14, 28, 91, 364];
    let count = starts.len();
    let spread = |step: &usize| count / step <= MOST_TICKS;
    let minutes = match by {
        Period::Minute => 1,
        Period::Hour => 60,
        Period::Day | Period::Week | Period::Month => {
            let step = WHOLE.into_iter().find(spread).unwrap_or(count);
            return (0..count).step_by(step).collect();
        }
    };
    let all = MINUTES.into_iter().filter(|step| step % minutes == 0);
    let step = all.into_iter().find(|step| spread(&(step / minutes))).unwrap_or(1440 * count.max(1));
    let is_tick = |start: &ZonedDateTime| {
        let minute =
            usize::from(start.hour().unsigned_abs()) * 60 + usize::from(start.minute().unsigned_abs());
        let day = start.day_of_year().unsigned_abs() as usize;
        minute.is_multiple_of(step.min(1440)) && (step <= 1440 || day.is_multiple_of(step / 1440))
    };
    starts.enumerate().filter(|(_, start)| is_tick(start)).map(|(index, _)| index).collect()
}

/// A short label for an axis.
pub(crate) fn tick(from: &ZonedDateTime, by: Period) -> String {
    let form = match by {
        Period::Minute | Period::Hour if (from.hour(), from.minute()) == (0, 0) => "%a %d %b",
        Period::Minute | Period::Hour => "%H:%M",
        Period::Day => "%a %d %b",
        Period::Week => "W%V %d %b",
        Period::Month => "%b %Y",
    };
    from.strftime(form).to_string()
}

/// `0:09`, `12:30`, `3:00:00`.
pub(crate) fn length(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::{Labels, length, ticks};
    use crate::testing::counts;

    fn labels(from: &str, count: u64, by: Period, zone: &str) -> Vec<String> {
        let counts = counts(from, count, by, zone);
        let mut labels = Labels::new(by);
        for count in &counts {
            labels.see(&count.from);
        }
        counts.iter().map(|count| labels.name(&count.from)).collect()
    }

    #[test]
    fn hours_that_are_there_twice_differ() {
        let back = labels("2026-10-25T00:00:00Z", 2, Period::Hour, "Europe/Zurich");
        assert_eq!(back, ["2026-10-25 Sun 02:00 +02:00", "2026-10-25 Sun 02:00 +01:00"]);
        let plain = labels("2026-10-24T00:00:00Z", 1, Period::Hour, "Europe/Zurich");
        assert_eq!(plain, ["2026-10-24 Sat 02:00"]);
        let week = labels("2026-01-01T00:00:00Z", 1, Period::Week, "UTC");
        assert_eq!(week, ["2026-W01 from 12-29"]);
    }

    #[test]
    fn ticks_are_few_and_at_full_hours() {
        let of =
            |count, by| ticks(counts("2026-03-28T05:00:00Z", count, by, "UTC").iter().map(|c| &c.from), by);
        assert_eq!(of(24, Period::Hour), (0..24).filter(|i| (i + 5) % 2 == 0).collect::<Vec<_>>());
        assert_eq!(of(5, Period::Day), [0, 1, 2, 3, 4]);
        for by in Period::ALL {
            for count in [1, 30, 500, 3000] {
                assert!(of(count, by).len() <= 2 * super::MOST_TICKS, "{count} {by:?}");
            }
        }
    }

    #[test]
    fn lengths_read_well() {
        assert_eq!([9.4, 750.0, 10_800.0].map(length), ["0:09", "12:30", "3:00:00"]);
    }
}

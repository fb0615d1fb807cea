//! When a site is known to be empty.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The moments at which the place is known to be empty: a time of day, every day.
#[derive(Clone, Debug)]
pub(crate) struct Nights {
    zone: TimeZone,
    time: Time,
    next: Timestamp,
}

impl Nights {
    /// From the last one that is not after `from`.
    pub(crate) fn before(from: Timestamp, time: Time, zone: &TimeZone) -> Self {
        let mut nights = Self { zone: zone.clone(), time, next: Timestamp::MIN };
        // A local day earlier than any in which `from` may lie.
        let early = from.checked_sub(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MIN);
        nights.next = nights.on_day_of(early);
        let mut last = nights.clone();
        while nights.next <= from {
            last = nights.clone();
            nights.advance();
        }
        last
    }

    /// The next one.
    pub(crate) fn next(&self) -> Timestamp {
        self.next
    }

    /// The first whole microsecond at which the next one is over.
    pub(crate) fn next_over(&self) -> i64 {
        self.next.as_microsecond() + i64::from(self.next.subsec_nanosecond() % 1000 > 0)
    }

    pub(crate) fn advance(&mut self) {
        let local = self.next.to_zoned_datetime(self.zone.clone());
        let moment = local.date().tomorrow().ok().and_then(|date| {
            date.to_datetime(self.time).to_zoned_datetime(self.zone.clone()).ok().map(|z| z.timestamp())
        });
        self.next = moment.filter(|&moment| moment > self.next).unwrap_or(Timestamp::MAX);
    }

    fn on_day_of(&self, time: Timestamp) -> Timestamp {
        let date = time.to_zoned_datetime(self.zone.clone()).date();
        let moment = date.to_datetime(self.time).to_zoned_datetime(self.zone.clone());
        moment.map_or(Timestamp::MIN, |moment| moment.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use jiff::tz::TimeZone;

    use super::Nights;

    #[test]
    fn every_local_day_has_one_night() {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let from = "2026-03-28T02:00:00+01:00".parse().unwrap();
        let mut nights = Nights::before(from, time(4, 0, 0, 0), &zone);
        let mut shown = Vec::new();
        for _ in 0..4 {
            shown.push(nights.next().to_zoned_datetime(zone.clone()).strftime("%d %H:%M%:z").to_string());
            nights.advance();
        }
        assert_eq!(shown, ["27 04:00+01:00", "28 04:00+01:00", "29 04:00+02:00", "30 04:00+02:00"]);
    }
}

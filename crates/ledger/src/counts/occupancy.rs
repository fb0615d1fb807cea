//! How many people are inside, by those who were seen to come and go.

use footfall_count::Direction;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Adds up crossings to the number of people inside.
///
/// Nobody can leave who is not inside, so the number is never below zero: whoever leaves an empty
/// place came in unseen. And once a day, when nobody is there, whoever is left over went out unseen. Both
/// are counted, as the drift that they correct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occupancy {
    pub(crate) inside: u64,
    /// Left without having been seen to come.
    pub(crate) came_unseen: u64,
    /// Never seen to leave.
    pub(crate) left_unseen: u64,
}

impl Occupancy {
    pub(crate) fn pass(&mut self, direction: Direction) {
        match (direction, self.inside) {
            (Direction::In, _) => self.inside += 1,
            (Direction::Out, 0) => self.came_unseen += 1,
            (Direction::Out, _) => self.inside -= 1,
        }
    }

    pub(crate) fn reset(&mut self) {
        self.left_unseen += self.inside;
        self.inside = 0;
    }

    /// Takes the drift out, and leaves who is inside.
    pub(crate) fn take_drift(&mut self) -> (u64, u64) {
        let drift = (self.came_unseen, self.left_unseen);
        *self = Self { inside: self.inside, ..Self::default() };
        drift
    }
}

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
    use footfall_count::Direction;
    use jiff::civil::time;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::{Nights, Occupancy};

    proptest! {
        #[test]
        fn nobody_is_lost_between_the_counts_and_the_drift(passes in prop::collection::vec(0u8..8, 0..60)) {
            let mut occupancy = Occupancy::default();
            let (mut came, mut left) = (0, 0);
            for pass in passes {
                match pass {
                    0 => occupancy.reset(),
                    1..=4 => { came += 1; occupancy.pass(Direction::In); }
                    _ => { left += 1; occupancy.pass(Direction::Out); }
                }
            }
            prop_assert_eq!(came + occupancy.came_unseen, left + occupancy.left_unseen + occupancy.inside);
        }
    }

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

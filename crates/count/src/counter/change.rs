//! Other lines, zones, masks and settings, between two frames.

use crate::{Counter, Line, Mask, Visitors, Zone};

impl Counter {
    /// Goes on with the lines, zones, masks and settings of `next`, a counter that has seen nothing yet and
    /// [is fit](Counter::is_fit). Everyone is followed on: at lines that are as before nothing changes, at
    /// others they take their side anew; in a zone they stay as long as one of its name is around them. Counts
    /// go on under a line's or zone's name, and end with it.
    pub fn change(&mut self, next: Self) {
        let Self { lines, zones, masks, limits, .. } = next;
        self.limits = limits;
        self.visitors = match (self.visitors.take(), limits.visitors) {
            (Some(visitors), Some((window, distance))) => Some(visitors.with(window, distance)),
            (_, settings) => settings.map(|(window, distance)| Visitors::new(window, distance)),
        };
        self.redraw(lines, zones, masks);
    }

    /// As [`change`](Self::change), with the settings as they are.
    pub fn redraw(&mut self, lines: Vec<Line>, zones: Vec<Zone>, masks: Vec<Mask>) {
        let same = places(&lines, |line| self.lines.iter().position(|old| old == line));
        self.people.values_mut().for_each(|person| person.change_lines(&same));
        let named = places(&lines, |line| self.lines.iter().position(|old| old.name() == line.name()));
        self.tallies = kept(&named, &self.tallies);
        self.doubts = kept(&named, &self.doubts);
        self.lines = lines;
        let before = places(&zones, |zone| self.zones.iter().position(|old| old.name() == zone.name()));
        self.people.values_mut().for_each(|person| person.change_zones(&before));
        self.zone_tallies = kept(&before, &self.zone_tallies);
        (self.zones, self.masks) = (zones, masks);
    }
}

/// Where each of `next` was before.
fn places<T>(next: &[T], before: impl Fn(&T) -> Option<usize>) -> Vec<Option<usize>> {
    next.iter().map(before).collect()
}

/// What was at each place before; nothing yet where there was none.
pub(crate) fn kept<T: Clone + Default>(before: &[Option<usize>], old: &[T]) -> Vec<T> {
    before.iter().map(|place| place.and_then(|place| old.get(place).cloned()).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};

    use crate::{Config, Counter, Line, Zone};

    fn line(text: &str) -> Line {
        text.parse().unwrap()
    }

    /// Somebody walks from left to right over x = 100; `change` comes when they are at x = 90.
    fn walk(change: impl Fn(&mut Counter)) -> Counter {
        let lines = vec![line("door:100,200,100,0"), line("gate:30,200,30,0")];
        let hall = "hall:40,0,100,0,100,200,40,200".parse().unwrap();
        let mut counter = Counter::new(lines, Config::default()).unwrap().with_zones(vec![hall]);
        for frame in 0..80_u32 {
            let x = 2.0 * f64::from(frame);
            if frame == 45 {
                change(&mut counter);
            }
            let bbox = Bbox::new(x - 10.0, 60.0, 20.0, 60.0);
            let track = TrackedBox { id: TrackId(1), bbox, confidence: 0.9, detection: 0 };
            let step = Step { tracks: vec![track], removed: Vec::new() };
            let time = frame * Duration::from_millis(100);
            let _ = counter.step(u64::from(frame) + 1, time, &step, &Embeddings::default());
        }
        let _ = counter.finish();
        counter
    }

    #[test]
    fn a_line_that_stays_loses_nobody_and_counts_go_on_by_name() {
        let unchanged = walk(|_| ());
        assert_eq!((unchanged.tallies()[0].entered, unchanged.tallies()[1].entered), (1, 1));
        let changed = walk(|counter| {
            let lines = vec![line("gate:20,200,20,0"), line("door:100,200,100,0"), line("new:130,200,130,0")];
            counter.change(Counter::new(lines, Config { dead_band: 0.2, ..Config::default() }).unwrap());
        });
        let names: Vec<_> = changed.lines().iter().map(|l| (l.name(), 0)).collect();
        assert_eq!(names.len(), changed.tallies().len());
        let entered: Vec<_> = changed.tallies().iter().map(|tally| tally.entered).collect();
        assert_eq!(entered, [1, 1, 1], "gate by its name, door though it was being passed, new since then");
    }

    #[test]
    fn whoever_is_in_a_zone_stays_in_it_under_its_name_and_a_mask_is_taken_over() {
        let zone = |text: &str| -> Zone { text.parse().unwrap() };
        let counter = walk(|counter| {
            let zones = vec![zone("rest:500,0,510,0,510,10"), zone("hall:40,0,120,0,120,200,40,200")];
            let next = Counter::new(counter.lines().to_vec(), Config::default()).unwrap();
            counter.change(next.with_zones(zones).with_masks(vec!["0,0,5,0,5,5".parse().unwrap()]));
        });
        let visits: Vec<_> = counter.zone_tallies().iter().map(|tally| tally.visits).collect();
        assert_eq!(visits, [0, 1]);
        assert_eq!(counter.tallies()[0].entered, 1, "lines are as before");
        assert_eq!(counter.masks().len(), 1);
    }
}

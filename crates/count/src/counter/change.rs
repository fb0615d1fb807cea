//! Other lines, zones, masks and settings, between two frames.

use crate::groups::Groups;
use crate::{Config, ConfigError, Counter, Layout, Visitors};

impl Counter {
    /// A counter over a layout, each line and zone starting at zero.
    ///
    /// # Errors
    /// When a number in `config` cannot be used.
    pub fn over(layout: Layout, config: Config) -> Result<Self, ConfigError> {
        let Layout { lines, zones, masks } = layout;
        Ok(Self::new(lines, config)?.with_zones(zones).with_masks(masks))
    }

    /// Goes on with the lines, zones, masks and settings of `next`, a counter that has seen nothing yet and
    /// [is fit](Counter::is_fit). Everyone is followed on: at lines that are as before nothing changes, at
    /// others they take their side anew; in a zone they stay as long as one of its name is around them. Counts
    /// go on under a line's or zone's name, and end with it.
    pub fn change(&mut self, next: Self) {
        let Self { lines, zones, masks, limits, .. } = next;
        self.limits = limits;
        self.visitors = match (self.visitors.take(), limits.visitors) {
            (Some(visitors), Some(settings)) => Some(visitors.with(settings)),
            (before, settings) => {
                self.numbered = before.map_or(self.numbered, |visitors| visitors.last());
                settings.map(|settings| Visitors::new(settings).after(self.numbered))
            }
        };
        self.groups = limits.groups.map(|limits| match self.groups.take() {
            Some(groups) => groups.with(limits),
            None => Groups::new(limits),
        });
        self.redraw(Layout { lines, zones, masks });
    }

    /// As [`change`](Self::change), with the settings as they are.
    pub fn redraw(&mut self, layout: Layout) {
        let Layout { lines, zones, masks } = layout;
        let same = places(&lines, |line| self.lines.iter().position(|old| old.is_at(line)));
        self.people.values_mut().for_each(|person| person.change_lines(&same));
        let named = places(&lines, |line| self.lines.iter().position(|old| old.name() == line.name()));
        self.tallies = kept(&named, &self.tallies);
        self.doubts = kept(&named, &self.doubts);
        self.group_tallies = kept(&named, &self.group_tallies);
        let renamed = |old: usize| {
            let by_name = || named.iter().position(|before| *before == Some(old));
            same.iter().position(|before| *before == Some(old)).or_else(by_name)
        };
        self.groups.iter_mut().for_each(|groups| groups.change_lines(renamed));
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
    use proptest::prelude::*;

    use crate::{
        Anchor, Config, Counter, Employee, GroupConfig, Layout, Line, Staff, Visitor, VisitorConfig, Zone,
    };

    fn line(text: &str) -> Line {
        text.parse().unwrap()
    }

    /// A crowd to and fro between two lines and through a zone, with gaps, and with looks in a plane.
    fn crowd(seed: u64, frames: u32) -> Vec<(Step, Embeddings)> {
        let person = |id: u64, frame: u32| {
            let phase = f64::from(frame) / (12.0 + id as f64) + (seed % 97) as f64 * id as f64;
            let (x, y) = (100.0 + 90.0 * phase.sin(), 60.0 + 10.0 * (3.0 * phase).cos());
            // Nobody is there all the time, and each time they are another track.
            let stay = u64::from(frame) / 23 + id;
            let is_there = (u64::from(frame) * 7 + id * 13 + seed) % 41 > 3;
            is_there.then(|| (TrackId(id * 100 + stay), Bbox::new(x - 10.0, y, 20.0, 60.0), phase))
        };
        let mut before: Vec<TrackId> = Vec::new();
        let step = |frame| {
            let mut tracks: Vec<_> = (1..6).filter_map(|id| person(id, frame)).collect();
            tracks.sort_by_key(|(id, ..)| *id);
            let mut embeddings = Embeddings::new(2);
            for (.., phase) in &tracks {
                let (sine, cosine) = (0.3 * phase).sin_cos();
                embeddings.push(Some(&[sine as f32, cosine as f32]));
            }
            let boxes = tracks.iter().enumerate().map(|(detection, &(id, bbox, _))| TrackedBox {
                id,
                bbox,
                confidence: 0.9,
                detection,
            });
            let tracks: Vec<_> = boxes.collect();
            let now: Vec<TrackId> = tracks.iter().map(|tracked| tracked.id).collect();
            let removed = before.iter().filter(|id| !now.contains(id)).copied().collect();
            before = now;
            (Step { tracks, removed, ..Step::default() }, embeddings)
        };
        (0..frames).map(step).collect()
    }

    /// A counter with all there is to count.
    fn counter(config: Config) -> Counter {
        let lines = vec![line("door:100,200,100,0"), line("gate:30,200,30,0,60,-50")];
        let zones = vec!["hall:40,0,100,0,100,200,40,200".parse().unwrap()];
        let looks = vec![vec![1.0, 0.0]];
        let anna = Employee { name: "Anna".into(), looks, expires: Duration::from_hours(1) };
        let counter = Counter::new(lines, config).unwrap().with_zones(zones);
        counter.with_masks(vec!["0,0,5,0,5,5".parse().unwrap()]).with_staff(Staff::new(vec![anna], 0.05))
    }

    /// All that comes of a film, with `change` before the frame of this number.
    fn counted(config: Config, seed: u64, at: u32, change: impl Fn(&mut Counter)) -> String {
        let mut counter = counter(config);
        let mut told = Vec::new();
        for (number, (step, embeddings)) in (0..).zip(crowd(seed, 150)) {
            if number == at {
                change(&mut counter);
            }
            let time = number * Duration::from_millis(100);
            let crossings = counter.step(u64::from(number) + 1, time, &step, &embeddings);
            let (visits, groups) = (counter.take_visits(), counter.take_groups());
            told.push(format!("{crossings:?} {visits:?} {groups:?} {:?}", counter.zone_tallies()));
        }
        let rest = counter.finish();
        told.push(format!("{:?} {:?}", counter.take_groups(), counter.group_tallies()));
        let (tallies, doubts) = (counter.tallies().to_vec(), counter.doubts().to_vec());
        told.push(format!("{rest:?} {:?} {tallies:?} {doubts:?}", counter.take_visits()));
        told.join("\n")
    }

    fn config() -> impl Strategy<Value = Config> {
        let limits = (0.0..0.5_f64, 0.1..3.0_f64, 0.0..0.6_f64, 0.0..3.0_f64, 0.0..1.0_f64, 0.0..2.0_f64);
        let window = prop_oneof![Just(0.0), 0.001..2.0_f64];
        let groups = (any::<bool>(), 0.1..4.0_f64, 0.1..2.0_f64, 0.1..2.0_f64);
        let groups = groups.prop_map(|(enabled, apart, distance, drift)| GroupConfig {
            enabled,
            apart,
            distance,
            drift,
        });
        let rest = (0.0..6.0_f64, window, 0.0..0.6_f64, groups);
        let anchor = prop::sample::select(&Anchor::ALL);
        (anchor, limits, rest).prop_map(
            |(anchor, limits, (hidden_feet, window, max_cosine_distance, groups))| Config {
                anchor,
                dead_band: limits.0,
                max_gap: limits.1,
                smoothing: limits.2,
                join_gap: limits.3,
                max_cosine_distance: limits.4,
                emergence: limits.5,
                hidden_feet,
                visitors: VisitorConfig { window, max_cosine_distance, ..VisitorConfig::default() },
                groups,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn equal_settings_change_nothing_at_any_frame(own in config(), seed in 0_u64..1000, at in 0_u32..150) {
            let without = counted(own, seed, at, |_| ());
            prop_assert_eq!(&counted(own, seed, at, |now| now.change(counter(own))), &without);
            let same = |now: &mut Counter| {
                let (lines, zones) = (now.lines().to_vec(), now.zones().to_vec());
                now.redraw(Layout { lines, zones, masks: now.masks().to_vec() });
            };
            prop_assert_eq!(&counted(own, seed, at, same), &without);
        }

        #[test]
        fn other_settings_are_those_of_a_counter_that_began_with_them(
            before in config(), after in config(), seed in 0_u64..1000
        ) {
            let changed = counted(before, seed, 0, |now| now.change(counter(after)));
            prop_assert_eq!(changed, counted(after, seed, 0, |_| ()));
        }
    }

    #[test]
    fn the_crowd_does_all_there_is_to_do() {
        let visitors = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
        let groups = GroupConfig { enabled: true, ..GroupConfig::default() };
        let told = counted(Config { visitors, groups, ..Config::default() }, 5, 0, |_| ());
        for event in ["Crossing", "Visit {", "Staff", "Known {", "Group {"] {
            assert!(told.contains(event), "{event}");
        }
    }

    #[test]
    fn a_number_of_a_visitor_is_never_given_twice() {
        let telling = |window| {
            let visitors = VisitorConfig { window, max_cosine_distance: 0.0, ..VisitorConfig::default() };
            counter(Config { visitors, ..Config::default() })
        };
        let mut now = telling(1.0);
        let mut numbers = Vec::new();
        for (number, (step, embeddings)) in (0..).zip(crowd(5, 300)) {
            if number % 100 == 50 {
                now.change(telling(0.0));
                now.change(telling(1.0));
            }
            let time = number * Duration::from_millis(100);
            let crossings = now.step(u64::from(number) + 1, time, &step, &embeddings);
            let first = |v: &Visitor| v.number().filter(|_| v.coming() == 1);
            numbers.extend(crossings.iter().filter_map(|crossing| first(crossing.visitor.as_ref()?)));
        }
        let different: std::collections::BTreeSet<_> = numbers.iter().collect();
        assert!(numbers.len() > 5 && different.len() == numbers.len(), "{numbers:?}");
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
            let step = Step { tracks: vec![track], removed: Vec::new(), ..Step::default() };
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

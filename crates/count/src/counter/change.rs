//! Other lines and settings, between two frames.

use crate::{Config, ConfigError, Counter, Line, Tally};

impl Counter {
    /// Goes on with other lines and settings. Everyone is followed on: at lines that are as before
    /// nothing changes, at others they take their side anew. Counts go on under a line's name.
    ///
    /// # Errors
    /// When a number in `config` cannot be used; then nothing has changed.
    pub fn change(&mut self, lines: Vec<Line>, config: Config) -> Result<(), ConfigError> {
        self.limits = config.limits()?;
        let before: Vec<_> = lines.iter().map(|line| self.lines.iter().position(|old| old == line)).collect();
        self.people.values_mut().for_each(|person| person.change_lines(&before));
        let tally = |line: &Line| {
            let old = self.lines.iter().position(|old| old.name() == line.name());
            old.map_or_else(Tally::default, |old| self.tallies[old])
        };
        self.tallies = lines.iter().map(tally).collect();
        self.lines = lines;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};

    use crate::{Config, Counter, Line};

    fn line(text: &str) -> Line {
        text.parse().unwrap()
    }

    /// Somebody walks from left to right over x = 100; `change` comes when they are at x = 90.
    fn walk(change: impl Fn(&mut Counter)) -> Counter {
        let lines = vec![line("door:100,200,100,0"), line("gate:30,200,30,0")];
        let mut counter = Counter::new(lines, Config::default()).unwrap();
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
            counter.change(lines, Config { dead_band: 0.2, ..Config::default() }).unwrap();
        });
        let names: Vec<_> = changed.lines().iter().map(|l| (l.name(), 0)).collect();
        assert_eq!(names.len(), changed.tallies().len());
        let entered: Vec<_> = changed.tallies().iter().map(|tally| tally.entered).collect();
        assert_eq!(entered, [1, 1, 1], "gate by its name, door though it was being passed, new since then");
    }

    #[test]
    fn a_change_that_cannot_be_changes_nothing() {
        let counter = walk(|counter| {
            let wrong = Config { dead_band: -1.0, ..Config::default() };
            assert!(counter.change(vec![line("x:0,0,1,1")], wrong).is_err());
        });
        assert_eq!(counter.lines().len(), 2);
        assert_eq!(counter.tallies()[0].entered, 1);
    }
}

//! Which passages of two cameras are one.

use std::sync::Arc;
use std::time::Duration;

use super::super::association::{Link, likeliest, marginals};
use super::super::learning::Spot;
use super::super::pair::Pair;
use super::{Across, Known};

/// From this on it is learnt from two passages that they are one.
const CERTAIN: f64 = 0.9;

/// How a passage compares with those of another camera.
struct Comparison {
    /// How likely it is that any is the same.
    any: f64,
    /// The one that is taken for the same, with how likely that is.
    same: Option<(usize, f64)>,
}

impl Across {
    /// Decides the first passage that is not decided yet.
    pub(super) fn decide(&mut self) {
        let place = self.open;
        let (camera, line) = (self.known[place].camera, Arc::clone(&self.known[place].passing.line));
        let mut alone = 1.0;
        for other in (0..self.cameras.len()).filter(|&other| other != camera) {
            let spot = (camera, Arc::clone(&line));
            let gates = self.gates.iter().filter(|gate| gate.0 == other);
            let mut lines: Vec<Spot> = gates.map(|gate| (other, Arc::clone(&gate.1))).collect();
            lines.sort();
            lines.dedup();
            if self.config.learn {
                self.learn(place, &spot, &lines);
            }
            if !lines.iter().any(|line| self.overlap(&spot, line)) {
                continue;
            }
            if self.has(place, other) {
                alone *= 1.0 - self.known[place].seen;
                continue;
            }
            let Comparison { any, same } = self.compare(place, other);
            alone *= 1.0 - any;
            if let Some((partner, probability)) = same {
                self.known[partner].seen = any;
                self.join_passages(place, partner, probability);
            }
        }
        self.answer(place, 1.0 - alone);
        self.open += 1;
        self.forget();
    }

    fn overlap(&self, a: &Spot, b: &Spot) -> bool {
        self.plan.overlap((a.0, &a.1), (b.0, &b.1)) || self.learning.has(a, b)
    }

    /// Learns from a passage whether its line sees the same ones as some of another camera.
    fn learn(&mut self, place: usize, spot: &Spot, lines: &[Spot]) {
        let is_entrance =
            |(camera, line): &Spot| self.cameras[*camera].entrances.iter().any(|own| **own == **line);
        let open: Vec<&Spot> = lines
            .iter()
            .filter(|line| is_entrance(line) && is_entrance(spot) && !self.overlap(spot, line))
            .collect();
        let Some(look) = self.known[place].passing.look.clone() else { return };
        let (time, direction) = (self.known[place].passing.time, self.known[place].passing.direction);
        let (calibration, longest) = (self.calibration, self.config.within);
        for line in open {
            let key = (spot.0.min(line.0), spot.0.max(line.0));
            let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(calibration, longest));
            let is_near = |known: &&Known| {
                (known.camera, &known.passing.line, known.passing.direction) == (line.0, &line.1, direction)
                    && known.passing.time.abs_diff(time) <= self.config.within()
            };
            let near = self.known.iter().filter(is_near).filter_map(|known| known.passing.look.as_ref());
            let likenesses: Vec<f64> = near.map(|other| pair.looks.ratio(&look, other)).collect();
            self.learning.see(spot, line, &likenesses);
        }
    }

    /// Whether it is known which passage of `other` is this one.
    fn has(&self, place: usize, other: usize) -> bool {
        let cluster = &self.clusters[&self.known[place].cluster];
        cluster.members.iter().any(|(camera, _)| *camera == other)
    }

    /// Compares a passage, and those about the same time of its camera, with those of another.
    fn compare(&mut self, place: usize, other: usize) -> Comparison {
        let (camera, time) = (self.known[place].camera, self.known[place].passing.time);
        let within = self.config.within();
        let (calibration, longest) = (self.calibration, self.config.within);
        let key = (camera.min(other), camera.max(other));
        let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(calibration, longest)).clone();
        // Those near the passage, and those near those, decide who is left for it.
        let near = |of: usize, not: usize, span: Duration| {
            let is = |known: &Known| known.camera == of && known.passing.time.abs_diff(time) <= span;
            let all = self.known.iter().enumerate().filter(|(_, known)| is(known)).map(|(place, _)| place);
            all.filter(|&place| !self.has(place, not)).collect::<Vec<_>>()
        };
        let (rows, columns) = (near(camera, other, 2 * within), near(other, camera, 3 * within));
        let mut links = Vec::new();
        for (row, &from) in rows.iter().enumerate() {
            for (column, &to) in columns.iter().enumerate() {
                if let Some(weight) = self.weight(&pair, from, to) {
                    links.push(Link { row, column, weight });
                }
            }
        }
        let chances = marginals(rows.len(), columns.len(), &links);
        let own = rows.iter().position(|&row| row == place);
        let any = own.map_or(0.0, |row| chances.rows[row]);
        if let Some(pair) = self.pairs.get_mut(&key) {
            pair.seen(camera > other, any);
        }
        let found = own.and_then(|row| likeliest(rows.len(), columns.len(), &links)[row]);
        // Which of two it is may be open; that it is one of them has to be sure, of both sides.
        let is_sure = |link: &Link| any.min(chances.columns[link.column]) >= self.config.probability;
        let same = found.filter(|&found| is_sure(&links[found]));
        let same = same.map(|found| (columns[links[found].column], chances.links[found]));
        let same = same.filter(|(partner, _)| self.can_join(place, *partner));
        Comparison { any, same }
    }

    /// How much likelier two passages are one than two; nothing where they cannot be one.
    fn weight(&self, pair: &Pair, from: usize, to: usize) -> Option<f64> {
        let (from, to) = (&self.known[from], &self.known[to]);
        let (a, b) = if from.camera < to.camera { (from, to) } else { (to, from) };
        let fits = a.passing.direction == b.passing.direction
            && a.passing.time.abs_diff(b.passing.time) <= self.config.within()
            && self
                .overlap(&(a.camera, Arc::clone(&a.passing.line)), &(b.camera, Arc::clone(&b.passing.line)));
        if !fits {
            return None;
        }
        let rate = |known: &Known| self.gates[known.gate].3.rate(known.passing.time);
        let likeness = match (&a.passing.look, &b.passing.look) {
            (Some(a), Some(b)) => pair.looks.ratio(a, b),
            _ => 1.0,
        };
        Some(pair.weight((a.gate, b.gate), (rate(a), rate(b)), lag(a, b), likeness))
    }

    /// Whether all that are known to be one with either may be one: of each camera one, and one that counts.
    fn can_join(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.clusters[&self.known[a].cluster], &self.clusters[&self.known[b].cluster]);
        let has = |camera: usize| b.members.iter().any(|(other, _)| *other == camera);
        !(a.members.iter().any(|(camera, _)| has(*camera)) || a.counted.is_some() && b.counted.is_some())
    }

    fn join_passages(&mut self, place: usize, partner: usize, probability: f64) {
        let (own, other) = (self.known[place].cluster, self.known[partner].cluster);
        let Some(joined) = self.clusters.remove(&other) else { return };
        for known in self.known.iter_mut().filter(|known| known.cluster == other) {
            known.cluster = own;
        }
        if let Some(cluster) = self.clusters.get_mut(&own) {
            cluster.members.extend(joined.members);
            cluster.counted = cluster.counted.take().or(joined.counted);
            cluster.visitor = cluster.visitor.take().or(joined.visitor);
        }
        let (a, b) = (&self.known[place], &self.known[partner]);
        let (a, b) = if a.camera < b.camera { (a, b) } else { (b, a) };
        let Some(pair) = self.pairs.get_mut(&(a.camera, b.camera)) else { return };
        pair.learn((a.gate, b.gate), lag(a, b), probability);
        if let (Some(a), Some(b)) = (&a.passing.look, &b.passing.look)
            && probability >= CERTAIN
        {
            pair.looks.learn(a, b, probability);
        }
    }
}

/// Seconds from the passage of the first camera to that of the second.
fn lag(a: &Known, b: &Known) -> f64 {
    b.passing.time.as_secs_f64() - a.passing.time.as_secs_f64()
}

//! Which of a ledger's times can be believed: those that are consistent with what was recorded before and after.
//!
//! Entries have a true order, their sequence. A clock that was ahead, or behind, shows in that what came later is
//! dated earlier. Of all ways to leave stretches out so that the others are in order, the one is taken that
//! leaves the most counted time in: what is left out was off.

use std::ops::RangeInclusive;

use crate::stretch::{DAY, Stretch, TOLERANCE};

/// No clock that is right shows a time before 2025, in which this program was not there yet. In microseconds.
pub(crate) const EARLIEST: i64 = 1_735_689_600_000_000;
/// What the machine's clock shows now counts as much as so much counted time. In microseconds.
const PRESENT: i64 = 30 * 24 * 3_600_000_000;
/// Only so many stretches before one are looked at as those that it may follow.
const BAND: usize = 500;

/// How a stretch stands to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its time is consistent with most of what was counted.
    Sound,
    /// Nothing speaks against its time but a leap that nobody saw, and nothing else speaks for it.
    Unproven,
    /// What was recorded before or after, or the present, speaks against it.
    Off,
}

/// The stretches of a ledger, judged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) stretches: Vec<(Stretch, Standing)>,
}

impl Timeline {
    /// Judges stretches, which are in their true order, by each other and by what time it is `now`.
    pub(crate) fn judge(stretches: &[Stretch], now: i64) -> Self {
        let nodes: Vec<Node> = stretches.iter().map(Node::of).collect();
        let present = (now >= EARLIEST).then_some(Node { began: now, until: now, weight: PRESENT });
        let mut with_present = nodes.clone();
        with_present.extend(present);
        let mut sound = chain(&with_present);
        if !sound[..nodes.len()].contains(&true) {
            // It is the present that is off, or nothing can be told.
            sound = chain(&nodes);
        }
        let in_chain = |index: usize| sound.get(index).copied().unwrap_or(false);
        let is_present_sound = in_chain(nodes.len());
        let standing = |index: usize| {
            let node = &nodes[index];
            if in_chain(index) {
                return Standing::Sound;
            }
            let before = (0..index).rev().find(|&other| in_chain(other)).map(|other| nodes[other].until);
            let after =
                (index + 1..nodes.len()).find(|&other| in_chain(other)).map(|other| nodes[other].began);
            let after = after.or(is_present_sound.then_some(now));
            let fits = node.began >= EARLIEST
                && before.is_none_or(|before| before <= node.began + TOLERANCE)
                && after.is_none_or(|after| node.until <= after + TOLERANCE);
            if fits { Standing::Unproven } else { Standing::Off }
        };
        let judged = (0..nodes.len()).map(|index| (stretches[index], standing(index))).collect();
        Self { stretches: judged }
    }

    /// The times that can be believed, from the first to the last; `None` where there is no stretch.
    pub(crate) fn hull(&self) -> Option<RangeInclusive<i64>> {
        let believed = || self.stretches.iter().filter(|(_, standing)| *standing != Standing::Off);
        let from = believed().map(|(stretch, _)| stretch.began).min()?;
        let to = believed().map(|(stretch, _)| stretch.until).max()?;
        Some(from..=to)
    }

    /// Whether a time of a live source is far from all times that can be believed.
    pub(crate) fn is_far(&self, time: i64) -> bool {
        self.hull().is_some_and(|hull| {
            time < hull.start().saturating_sub(DAY) || time > hull.end().saturating_add(DAY)
        })
    }

    /// The stretch of the entry at a place of the sequence.
    pub(crate) fn of_entry(&self, seq: i64) -> Option<&(Stretch, Standing)> {
        self.stretches[..self.stretches.partition_point(|(stretch, _)| stretch.behind < seq)].last()
    }

    /// Whether any stretch was off.
    pub(crate) fn is_any_off(&self) -> bool {
        self.stretches.iter().any(|(_, standing)| *standing == Standing::Off)
    }
}

/// A stretch as a link of a chain.
#[derive(Clone, Copy, Debug)]
struct Node {
    began: i64,
    until: i64,
    /// What is lost when it is left out.
    weight: i64,
}

impl Node {
    fn of(stretch: &Stretch) -> Self {
        let Stretch { began, until, .. } = *stretch;
        // One entry alone weighs a little too.
        Self { began, until, weight: (until - began).max(0).saturating_add(1_000_000) }
    }

    fn length(&self) -> i64 {
        (self.until - self.began).max(0)
    }
}

/// Which nodes are in the heaviest chain in which none begins before the one before it has ended. Those before
/// [`EARLIEST`] are in none.
fn chain(nodes: &[Node]) -> Vec<bool> {
    let mut best: Vec<(i64, Option<usize>)> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let mut found = (node.weight, None);
        let mut between = 0_i64;
        for before in (index.saturating_sub(BAND)..index).rev() {
            if nodes[before].began >= EARLIEST
                && let Some(link) = link(&nodes[before], node, between)
            {
                let weight = best[before].0.saturating_add(link).saturating_add(node.weight);
                if weight > found.0 {
                    found = (weight, Some(before));
                }
            }
            between = between.saturating_add(nodes[before].length());
        }
        best.push(found);
    }
    let mut is_in = vec![false; nodes.len()];
    let can_end = (0..nodes.len()).filter(|&index| nodes[index].began >= EARLIEST);
    let mut at = can_end.max_by_key(|&index| best[index].0);
    while let Some(index) = at {
        is_in[index] = true;
        at = best[index].1;
    }
    is_in
}

/// What it weighs that one node follows another, with stretches of `between` left out; `None` where it cannot.
///
/// Time that passed in what is left out, and up to a day in which nothing ran, is time that is known of. A longer
/// leap has to be made up for by as much counted time.
fn link(before: &Node, after: &Node, between: i64) -> Option<i64> {
    let gap = after.began.saturating_sub(before.until);
    if gap < -TOLERANCE {
        return None;
    }
    let unseen = gap.saturating_sub(between);
    Some(if unseen < -TOLERANCE {
        // More time has passed than lies between the two.
        unseen
    } else if unseen <= DAY {
        between.saturating_add(unseen)
    } else {
        between.saturating_sub(unseen)
    })
}

#[cfg(test)]
mod tests;

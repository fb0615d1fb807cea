//! How long was not counted in each of periods that follow each other.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::periods::Micros;
use crate::off::Bogus;

/// Spans come in, each before the end of the period that it begins in is asked for; lengths go out. What is
/// held are the spans that reach into the present period or begin later.
#[derive(Debug, Default)]
pub(crate) struct Gapped {
    /// By where they begin.
    waiting: BinaryHeap<Reverse<Micros>>,
    /// These neither touch nor overlap; by time.
    joined: VecDeque<Micros>,
    /// These are none.
    bogus: Bogus,
}

impl Gapped {
    /// Nothing yet, and none of those that are `bogus` ever.
    pub(crate) fn without(bogus: Bogus) -> Self {
        Self { bogus, ..Self::default() }
    }

    pub(crate) fn add(&mut self, span: Micros) {
        if span.from < span.to && !self.bogus.has(span) {
            self.waiting.push(Reverse(span));
        }
    }

    /// How much of `period` they cover together, in seconds.
    pub(super) fn seconds_in(&mut self, period: Micros) -> f64 {
        while let Some(&Reverse(next)) = self.waiting.peek().filter(|next| next.0.from < period.to) {
            self.waiting.pop();
            match self.joined.back_mut() {
                Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
                _ => self.joined.push_back(next),
            }
        }
        while self.joined.front().is_some_and(|span| span.to <= period.from) {
            self.joined.pop_front();
        }
        let within = self.joined.iter().map(|span| span.seconds_in(period));
        within.fold(0.0, |sum, seconds| sum + seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Gapped;
    use crate::counts::periods::Micros;

    proptest! {
        #[test]
        fn a_second_is_covered_if_one_of_them_covers_it(
            ends in prop::collection::vec((0_i64..60, 0_i64..60), 0..12), length in 1_i64..20,
        ) {
            let second = 1_000_000;
            let spans: Vec<_> = ends.iter().map(|&(a, b)| Micros { from: a * second, to: b * second }).collect();
            let mut gapped = Gapped::default();
            for &span in &spans {
                gapped.add(span);
            }
            for start in (0..60).step_by(length as usize) {
                let is_covered = |at: &i64| spans.iter().any(|s| s.from <= at * second && at * second < s.to);
                let covered = (start..start + length).filter(is_covered).count();
                let period = Micros { from: start * second, to: (start + length) * second };
                prop_assert_eq!(gapped.seconds_in(period), covered as f64);
            }
        }
    }
}

//! How long was not counted in each of periods that follow each other.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use footfall_count::Condition;

use super::periods::Micros;
use crate::off::Bogus;

/// Spans come in, each before the end of the period that it begins in is asked for; lengths go out. What is
/// held are the spans that reach into the present period or begin later.
#[derive(Debug, Default)]
pub(crate) struct Gapped {
    all: Spans,
    /// Those of `all` in which pictures came that nobody could count in.
    uncountable: Spans,
    /// These are none.
    bogus: Bogus,
}

/// How long was not counted, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Lost {
    /// In all.
    pub(crate) uncounted: f64,
    /// Because it could not be counted, whatever else was the matter then.
    pub(crate) uncountable: f64,
}

#[derive(Debug, Default)]
struct Spans {
    /// By where they begin.
    waiting: BinaryHeap<Reverse<Micros>>,
    /// These neither touch nor overlap; by time.
    joined: VecDeque<Micros>,
}

impl Gapped {
    /// Nothing yet, and none of those that are `bogus` ever.
    pub(crate) fn without(bogus: Bogus) -> Self {
        Self { bogus, ..Self::default() }
    }

    /// Adds a span that was not counted for this reason.
    pub(crate) fn add(&mut self, reason: &str, span: Micros) {
        if span.from < span.to && !self.bogus.has(span) {
            self.all.waiting.push(Reverse(span));
            if Condition::uncountable(reason).is_some() {
                self.uncountable.waiting.push(Reverse(span));
            }
        }
    }

    /// How much of `period` they cover together.
    pub(super) fn lost_in(&mut self, period: Micros) -> Lost {
        Lost { uncounted: self.all.seconds_in(period), uncountable: self.uncountable.seconds_in(period) }
    }
}

impl Spans {
    fn seconds_in(&mut self, period: Micros) -> f64 {
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

    use super::{Gapped, Lost};
    use crate::counts::periods::Micros;

    proptest! {
        #[test]
        fn a_second_is_covered_if_one_of_them_covers_it(
            ends in prop::collection::vec((0_i64..60, 0_i64..60, any::<bool>()), 0..12), length in 1_i64..20,
        ) {
            let second = 1_000_000;
            let mut gapped = Gapped::default();
            for &(a, b, is_uncountable) in &ends {
                let reason = if is_uncountable { "too_small" } else { "dark" };
                gapped.add(reason, Micros { from: a * second, to: b * second });
            }
            for start in (0..60).step_by(length as usize) {
                let covered = |of: fn(bool) -> bool| {
                    let is_covered = |at: &i64| ends.iter().any(|&(a, b, is)| of(is) && a <= *at && *at < b);
                    (start..start + length).filter(is_covered).count() as f64
                };
                let period = Micros { from: start * second, to: (start + length) * second };
                let lost = Lost { uncounted: covered(|_| true), uncountable: covered(|is| is) };
                prop_assert_eq!(gapped.lost_in(period), lost);
            }
        }
    }
}

//! Stretches of time, and what they cover together.

use jiff::Timestamp;

/// A stretch of time, without its last moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// What `spans` cover, as spans that neither touch nor overlap, by time.
pub(crate) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.from < span.to);
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Span, union};

    fn span(from: i64, to: i64) -> Span {
        let at = |second| Timestamp::from_second(second).unwrap();
        Span { from: at(from), to: at(to) }
    }

    proptest! {
        #[test]
        fn a_second_is_covered_if_one_of_them_covers_it(
            ends in prop::collection::vec((0i64..60, 0i64..60), 0..12)
        ) {
            let spans: Vec<_> = ends.iter().map(|&(a, b)| span(a, b)).collect();
            let joined = union(spans.clone());
            prop_assert!(joined.windows(2).all(|pair| pair[0].to < pair[1].from));
            for second in 0..60 {
                let covers = |s: &Span| s.from <= span(second, 0).from && span(second, 0).from < s.to;
                prop_assert_eq!(joined.iter().any(covers), spans.iter().any(covers));
            }
        }
    }
}

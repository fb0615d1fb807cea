//! How certain a crossing is.

use crate::Reason;

/// Log odds that somebody truly passed who was followed over the line in the open.
///
/// This and the weights are a logistic regression on crossings of many lines in sequences with ground truth,
/// each of which is true or not: `scripts/measure certainty DATA` makes it, `scores/certainty.md` has it, and
/// says how well confidences hold on sequences that had no part in it. A test holds these numbers to that page.
const FOLLOWED: f64 = 3.88;

/// What a reason adds to the log odds.
fn weight(reason: Reason) -> f64 {
    match reason {
        Reason::Followed | Reason::Found | Reason::Staff => 0.0,
        Reason::Joined => -0.57,
        Reason::Emerged => -0.12,
        Reason::Unseen => -0.63,
        Reason::Crowded => -0.83,
        Reason::LineEnd => -1.93,
        Reason::Brief => -1.44,
    }
}

/// The probability that somebody truly passed, 0 to 1, given what is worth telling about the crossing.
pub(crate) fn of(reasons: &[Reason]) -> f64 {
    let odds = FOLLOWED + reasons.iter().map(|&reason| weight(reason)).sum::<f64>();
    1.0 / (1.0 + (-odds).exp())
}

#[cfg(test)]
mod tests {
    use super::{FOLLOWED, of, weight};
    use crate::Reason;

    /// The column `log odds` of the regression's table, by reason; of `(none)` what everybody begins with.
    fn regression() -> Vec<(&'static str, f64)> {
        let page = include_str!("../../../scores/certainty.md");
        let table = page.split("## What makes a crossing less certain").nth(1).unwrap();
        let rows = table.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with('|'));
        let cells = rows.map(|line| line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect());
        let odds = |cells: Vec<&'static str>| Some((*cells.first()?, cells.last()?.parse().ok()?));
        cells.filter_map(odds).collect()
    }

    #[test]
    fn the_weights_are_those_of_the_regression() {
        let mut rows = regression();
        assert_eq!(rows.remove(0), ("(none)", FOLLOWED));
        let expected: Vec<_> = Reason::ALL
            .into_iter()
            .filter(|reason| !matches!(reason, Reason::Followed | Reason::Staff))
            .map(|reason| (reason.as_str(), weight(reason)))
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn whatever_happened_at_the_line_makes_it_less_certain() {
        let sure = of(&[Reason::Followed]);
        assert!(sure > 0.97 && sure < 1.0);
        for reason in Reason::ALL[1..].iter().filter(|reason| **reason != Reason::Staff) {
            assert!(of(&[Reason::Followed, *reason]) <= sure);
        }
        assert!(of(&Reason::ALL) > 0.0 && of(&Reason::ALL) < 0.5);
    }
}

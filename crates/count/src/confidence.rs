//! How certain a crossing is.

use crate::Reason;

/// Log odds that somebody truly passed who was followed over the line in the open.
///
/// This and the weights are a logistic regression on crossings of many lines in sequences with ground truth,
/// each of which is true or not: `scripts/count DATA --certainty` makes it, and `scores/certainty.md` says
/// how well confidences hold on sequences that had no part in it.
const FOLLOWED: f64 = 3.8;

/// What a reason adds to the log odds.
fn weight(reason: Reason) -> f64 {
    match reason {
        Reason::Followed | Reason::Staff => 0.0,
        Reason::Joined => -0.35,
        Reason::Emerged => -1.6,
        Reason::Unseen => -0.5,
        Reason::Crowded => -1.3,
        Reason::LineEnd => -1.9,
        Reason::Brief => -1.05,
    }
}

/// The probability that somebody truly passed, 0 to 1, given what is worth telling about the crossing.
pub(crate) fn of(reasons: &[Reason]) -> f64 {
    let odds = FOLLOWED + reasons.iter().map(|&reason| weight(reason)).sum::<f64>();
    1.0 / (1.0 + (-odds).exp())
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::Reason;

    #[test]
    fn whatever_happened_at_the_line_makes_it_less_certain() {
        let sure = of(&[Reason::Followed]);
        assert!(sure > 0.97 && sure < 1.0);
        for reason in Reason::ALL[1..].iter().filter(|reason| **reason != Reason::Staff) {
            assert!(of(&[Reason::Followed, *reason]) < sure);
        }
        assert!(of(&Reason::ALL) > 0.0 && of(&Reason::ALL) < 0.1);
    }
}

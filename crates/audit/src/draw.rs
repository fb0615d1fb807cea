//! Which minutes are drawn.

use serde::{Deserialize, Serialize};

use crate::Stratum;

/// Minutes in a day.
const DAY: f64 = 1440.0;

/// How minutes are drawn: each by itself, with a probability that its stratum alone decides (Poisson sampling).
///
/// A minute's number decides together with the seed whether it is drawn. So it can be decided when the minute is
/// over, whoever asks gets the same answer, and what happened in other minutes has no part in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Makes this draw another one than others.
    pub seed: u64,
    /// How many minutes a day would be drawn if all had few people in good light.
    pub minutes_a_day: f64,
}

impl Plan {
    /// The probability with which a minute of this kind is drawn.
    #[must_use]
    pub fn probability(&self, stratum: Stratum) -> f64 {
        (self.minutes_a_day / DAY * stratum.crowding.weight() * stratum.light.weight()).clamp(0.0, 1.0)
    }

    /// Whether this minute of this source is drawn. `minute` counts from 1970-01-01T00:00Z.
    #[must_use]
    pub fn draws(&self, source: &str, minute: i64, stratum: Stratum) -> bool {
        self.lot(source, minute) < self.probability(stratum)
    }

    /// Where a drawn minute stands in the order in which minutes are shown, from 0 to 1.
    ///
    /// Lots of drawn minutes are even from 0 to their probability. So whoever stops anywhere in this order has
    /// seen a sample with the same proportions.
    #[must_use]
    pub fn rank(&self, source: &str, minute: i64, probability: f64) -> f64 {
        self.lot(source, minute) / probability
    }

    /// The minute's lot, even from 0 to below 1.
    fn lot(&self, source: &str, minute: i64) -> f64 {
        let mut state = mix(self.seed);
        for byte in source.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        let lot = mix(state ^ minute as u64);
        (lot >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// One step of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Plan;
    use crate::{Crowding, HourType, Light, Stratum};

    const FEW: Stratum = Stratum { hour: HourType::Midday, crowding: Crowding::Few, light: Light::Bright };

    #[test]
    fn as_many_are_drawn_as_the_probability_says() {
        let plan = Plan { seed: 7, minutes_a_day: 144.0 };
        for crowding in Crowding::ALL {
            let stratum = Stratum { crowding, ..FEW };
            let drawn = (0..100_000).filter(|&minute| plan.draws("door", minute, stratum)).count() as f64;
            let expected = 100_000.0 * plan.probability(stratum);
            assert!((drawn - expected).abs() < 4.0 * expected.sqrt(), "{drawn} for {expected}");
        }
    }

    #[test]
    fn seeds_and_sources_draw_apart_and_ranks_are_even() {
        let plan = Plan { seed: 7, minutes_a_day: 144.0 };
        let other = Plan { seed: 8, ..plan };
        let of = |plan: &Plan, source: &str| -> BTreeSet<i64> {
            (0..100_000).filter(|&minute| plan.draws(source, minute, FEW)).collect()
        };
        let drawn = of(&plan, "door");
        assert_eq!(drawn, of(&plan, "door"));
        for apart in [of(&other, "door"), of(&plan, "back")] {
            let common = drawn.intersection(&apart).count();
            assert!((700..1300).contains(&common), "a tenth of a tenth, not {common}");
        }
        let early = drawn.iter().filter(|&&minute| plan.rank("door", minute, 0.1) < 0.5).count() as f64;
        assert!((early / drawn.len() as f64 - 0.5).abs() < 0.02);
    }

    #[test]
    fn no_probability_is_above_one() {
        let plan = Plan { seed: 1, minutes_a_day: 1440.0 };
        assert_eq!(plan.probability(Stratum { crowding: Crowding::Many, ..FEW }), 1.0);
        assert!((0..1000).all(|minute| plan.draws("door", minute, FEW)));
    }
}

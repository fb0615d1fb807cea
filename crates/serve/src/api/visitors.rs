//! How many different people came in, as the interface tells it.

use footfall_count::{Estimate, Range};
use serde::Serialize;
use utoipa::ToSchema;

/// Different people who came in within the window, by the newest frame.
#[derive(Serialize, ToSchema)]
pub(super) struct Visitors {
    /// Comings in the window.
    comings: u64,
    /// How many of them were recognised as nobody who had come before.
    decided: u64,
    /// The estimated number of different people.
    different: Between,
    /// Share of comings, 0 to 1, of somebody who had come before.
    returning: Between,
    /// Comings a visitor.
    frequency: Between,
}

/// The true number lies between low and high with a probability of 95%.
#[derive(Serialize, ToSchema)]
pub(super) struct Between {
    expected: f64,
    low: f64,
    high: f64,
}

impl From<Range> for Between {
    fn from(Range { expected, low, high }: Range) -> Self {
        let [expected, low, high] = [expected, low, high].map(|value| (value * 1e3).round() / 1e3);
        Self { expected, low, high }
    }
}

impl From<Estimate> for Visitors {
    fn from(estimate: Estimate) -> Self {
        let Estimate { comings, decided, different, returning, frequency } = estimate;
        let [different, returning, frequency] = [different, returning, frequency].map(Between::from);
        Self { comings, decided, different, returning, frequency }
    }
}

#[cfg(test)]
mod tests {
    use footfall_count::{Estimate, Range};
    use serde_json::json;

    use super::Visitors;

    #[test]
    fn numbers_are_rounded_to_thousandths() {
        let range = |expected| Range { expected, low: 1.0, high: 5.0 };
        let (different, returning, frequency) = (range(3.142_59), range(0.25), range(1.0));
        let estimate = Estimate { comings: 7, decided: 4, different, returning, frequency };
        let told = serde_json::to_value(Visitors::from(estimate)).unwrap();
        assert_eq!(told["different"], json!({ "expected": 3.143, "low": 1.0, "high": 5.0 }));
        assert_eq!((&told["comings"], &told["decided"]), (&json!(7), &json!(4)));
    }
}

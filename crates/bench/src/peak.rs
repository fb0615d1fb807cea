//! What a device can do at most.

use std::hint::black_box;
use std::time::Instant;

use footfall_vision::{Cost, Device, Runtime, product_rate};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::args::LimitArgs;
use crate::cards::{self, Card};

/// How much of something a device does in a second, and where the number is from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) origin: String,
}

/// A device's limits, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Peak {
    /// Operations; a multiplication with an addition is two.
    pub(crate) operations: Option<Rate>,
    /// Bytes to and from its memory.
    pub(crate) bytes: Option<Rate>,
}

/// The least time that a run can take: the longer of its operations at the device's rate and its bytes at its
/// bandwidth, as in a roofline (Williams, Waterman, Patterson 2009).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Floor {
    pub(crate) floor_ms: f64,
    pub(crate) bound: Bound,
}

/// Which of the two takes longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bound {
    Operations,
    Bytes,
}

impl Bound {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Bytes => "bytes",
        }
    }
}

/// Sides of the matrices whose product is timed.
const SIDE: usize = 1024;
const ROUNDS: usize = 12;
/// What is copied, far more than caches hold.
const COPIED: usize = 256 << 20;
const COPIES: usize = 5;

impl Peak {
    /// Of the runtime's device: as named by the user, measured on a CPU, by a table for a GPU.
    ///
    /// # Errors
    /// When the product cannot be computed.
    pub(crate) fn find(runtime: &Runtime, args: &LimitArgs) -> Result<Self, Error> {
        let mut peak = match runtime.device() {
            Device::Cpu => Self::of_cpu(runtime, args)?,
            Device::Cuda(number) | Device::TensorRt(number) => {
                cards::name(number).map_or_else(Self::default, |name| Self::of_card(&name, args))
            }
            Device::CoreMl => Self::default(),
        };
        let given =
            |value: f64, option: &str| Rate { per_second: value, origin: format!("given by --{option}") };
        if let Some(tera) = args.peak {
            peak.operations = Some(given(1e12 * tera, "peak"));
        }
        if let Some(giga) = args.bandwidth {
            peak.bytes = Some(given(1e9 * giga, "bandwidth"));
        }
        Ok(peak)
    }

    /// Measures what the user does not name, on one thread, which is what a session has.
    fn of_cpu(runtime: &Runtime, args: &LimitArgs) -> Result<Self, Error> {
        let mut peak = Self::default();
        if args.peak.is_none() {
            let origin = format!("float product of {SIDE}x{SIDE} matrices on one thread, best of {ROUNDS}");
            peak.operations = Some(Rate { per_second: product_rate(runtime, SIDE, ROUNDS)?, origin });
        }
        if args.bandwidth.is_none() {
            let origin =
                format!("a copy of {} MiB on one thread, read and written, best of {COPIES}", COPIED >> 20);
            peak.bytes = Some(Rate { per_second: copy_rate(COPIED, COPIES), origin });
        }
        Ok(peak)
    }

    fn of_card(name: &str, args: &LimitArgs) -> Self {
        let Some(card) = Card::of(name) else { return Self::default() };
        let operations = Rate {
            per_second: card.operations(args.precision),
            origin: format!("{name}'s data sheet, dense, {:?}", args.precision),
        };
        let bytes = Rate { per_second: card.bandwidth(), origin: format!("{name}'s data sheet") };
        Self { operations: Some(operations), bytes: Some(bytes) }
    }

    /// The least time for a run on so many inputs, as far as the limits are known.
    pub(crate) fn floor(&self, cost: &Cost, batch: usize) -> Option<Floor> {
        let floor = |rate: &Option<Rate>, amount: Option<f64>, bound| {
            let floor_ms = 1e3 * amount? / rate.as_ref()?.per_second;
            Some(Floor { floor_ms, bound })
        };
        let operations = floor(&self.operations, Some(cost.operations(batch)), Bound::Operations);
        let bytes = floor(&self.bytes, cost.bytes(batch), Bound::Bytes);
        operations.into_iter().chain(bytes).max_by(|a, b| a.floor_ms.total_cmp(&b.floor_ms))
    }
}

/// Bytes a second that one thread reads and writes in copying so many, in the fastest of some rounds.
fn copy_rate(bytes: usize, rounds: usize) -> f64 {
    let (source, mut target) = (vec![1_u8; bytes], vec![0_u8; bytes]);
    let mut best = f64::INFINITY;
    for _ in 0..rounds.max(1) {
        let began = Instant::now();
        target.copy_from_slice(black_box(&source));
        black_box(&mut target);
        best = best.min(began.elapsed().as_secs_f64());
    }
    2.0 * bytes as f64 / best.max(1e-12)
}

#[cfg(test)]
mod tests {
    use footfall_vision::Cost;

    use super::{Bound, Floor, Peak, Rate, copy_rate};
    use crate::args::LimitArgs;
    use crate::cards::Precision;

    const COST: Cost =
        Cost { multiply_adds: 500, weights: Some(4000), activations: Some(100), nodes: 1, compiled: 0 };

    fn rate(per_second: f64) -> Rate {
        Rate { per_second, origin: String::new() }
    }

    #[test]
    fn the_longer_of_the_two_binds() {
        let peak = Peak { operations: Some(rate(1e6)), bytes: Some(rate(1e6)) };
        // 1000 operations and 100 bytes an input, 4000 bytes a run.
        assert_eq!(peak.floor(&COST, 1), Some(Floor { floor_ms: 4.1, bound: Bound::Bytes }));
        assert_eq!(peak.floor(&COST, 10), Some(Floor { floor_ms: 10.0, bound: Bound::Operations }));
    }

    #[test]
    fn what_is_not_known_does_not_bind() {
        let only = Peak { operations: Some(rate(1e6)), bytes: None };
        assert_eq!(only.floor(&COST, 1), Some(Floor { floor_ms: 1.0, bound: Bound::Operations }));
        let untold = Cost { weights: None, ..COST };
        let peak = Peak { operations: None, bytes: Some(rate(1e6)) };
        assert_eq!(peak.floor(&untold, 1), None);
        assert_eq!(Peak::default().floor(&COST, 1), None);
    }

    #[test]
    fn a_card_has_both_limits_and_an_unknown_one_none() {
        let args = LimitArgs { precision: Precision::Fp16, peak: None, bandwidth: None };
        let peak = Peak::of_card("NVIDIA L4", &args);
        assert_eq!(peak.operations.unwrap().per_second.to_bits(), 121e12_f64.to_bits());
        assert_eq!(peak.bytes.unwrap().origin, "NVIDIA L4's data sheet");
        assert_eq!(Peak::of_card("NVIDIA A10G", &args), Peak::default());
    }

    #[test]
    fn a_copy_takes_time() {
        let rate = copy_rate(1 << 20, 2);
        assert!(rate.is_finite() && rate > 1e6);
    }
}

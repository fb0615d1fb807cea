//! How long a call takes, over and over.

use std::time::{Duration, Instant};

use serde::Serialize;

/// The calls of one row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Latencies {
    pub(crate) calls: usize,
    /// Of all calls together.
    pub(crate) seconds: f64,
    /// Of a call.
    #[serde(flatten)]
    pub(crate) each: Percentiles,
}

/// Durations in milliseconds: half of them are no longer than the first, and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    #[serde(rename = "p50_ms")]
    pub(crate) p50: f64,
    #[serde(rename = "p90_ms")]
    pub(crate) p90: f64,
    #[serde(rename = "p99_ms")]
    pub(crate) p99: f64,
    #[serde(rename = "max_ms")]
    pub(crate) max: f64,
}

/// Fewer calls say nothing about one in a hundred, so a slow network takes longer than it was given.
const LEAST: usize = 20;
/// Not counted: caches and clocks are cold.
const WARM_UP: usize = 3;

/// Calls for so many seconds, and at least [`LEAST`] times; the call is given its number.
///
/// # Errors
/// The first error of a call.
pub(crate) fn measure<E>(
    seconds: f64,
    mut call: impl FnMut(usize) -> Result<(), E>,
    start: impl FnOnce(),
) -> Result<Latencies, E> {
    (0..WARM_UP).try_for_each(&mut call)?;
    start();
    let began = Instant::now();
    let mut times = Vec::new();
    while times.len() < LEAST || began.elapsed().as_secs_f64() < seconds {
        let before = Instant::now();
        call(times.len())?;
        times.push(before.elapsed());
    }
    Ok(Latencies::of(times, began.elapsed()))
}

impl Latencies {
    fn of(times: Vec<Duration>, whole: Duration) -> Self {
        Self { calls: times.len(), seconds: whole.as_secs_f64(), each: Percentiles::of(times) }
    }
}

impl Percentiles {
    /// Zeros where there are none.
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        // Nearest rank: the smallest that so large a share does not exceed.
        let rank = |share: f64| {
            let index = (share * times.len() as f64).ceil() as usize;
            times.get(index.clamp(1, times.len().max(1)) - 1).map_or(0.0, |time| 1e3 * time.as_secs_f64())
        };
        Self { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LEAST, Latencies, Percentiles, WARM_UP, measure};

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        let latencies = Latencies::of(times, Duration::from_secs(20));
        let expected = Percentiles { p50: 100.0, p90: 180.0, p99: 198.0, max: 200.0 };
        assert_eq!(latencies.each, expected);
        assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
        assert_eq!((latencies.calls, latencies.seconds), (200, 20.0));
    }

    #[test]
    fn there_are_enough_calls_and_an_error_ends_them() {
        let mut calls = 0;
        let count = |_| {
            calls += 1;
            Ok::<(), ()>(())
        };
        assert_eq!(measure(0.0, count, || ()).unwrap().calls, LEAST);
        assert_eq!(calls, LEAST + WARM_UP);
        assert_eq!(measure(9.0, |number| if number < 2 { Ok(()) } else { Err(number) }, || ()), Err(2));
    }
}

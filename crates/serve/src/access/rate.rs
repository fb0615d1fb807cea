//! Token buckets, one for each client.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) each_second: f64,
    pub(crate) at_once: f64,
}

/// With more clients than this, those whose buckets are full again are forgotten.
const MOST: usize = 4096;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: f64,
    at: Instant,
}

/// A bucket for each client.
pub(crate) struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash> Buckets<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes one out of the bucket of `client`; where it is empty, how long until there is one.
    pub(crate) fn take(&self, client: K, now: Instant) -> Option<Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&client) {
            let rate = self.rate;
            buckets.retain(|_, bucket| bucket.filled(rate, now) < rate.at_once);
            if buckets.len() >= MOST {
                // More strangers than are worth remembering: who is new waits.
                return Some(Duration::from_secs(1));
            }
        }
        let bucket = buckets.entry(client).or_insert(Bucket { level: self.rate.at_once, at: now });
        let level = bucket.filled(self.rate, now);
        if level < 1.0 {
            *bucket = Bucket { level, at: now };
            return Some(Duration::from_secs_f64((1.0 - level) / self.rate.each_second));
        }
        *bucket = Bucket { level: level - 1.0, at: now };
        None
    }
}

impl Bucket {
    fn filled(&self, rate: Rate, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level + passed * rate.each_second).min(rate.at_once)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let buckets = Buckets::new(Rate { each_second: 2.0, at_once: 3.0 });
        let (me, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let start = Instant::now();
        assert!((0..3).all(|_| buckets.take(me, start).is_none()));
        assert_eq!(buckets.take(me, start), Some(Duration::from_millis(500)));
        assert!(buckets.take(other, start).is_none());
        let later = start + Duration::from_millis(500);
        assert!(buckets.take(me, later).is_none() && buckets.take(me, later).is_some());
        assert!((0..3).all(|_| buckets.take(me, later + Duration::from_hours(1)).is_none()));
    }

    #[test]
    fn many_strangers_cost_no_memory() {
        let buckets = Buckets::new(Rate { each_second: 1.0, at_once: 2.0 });
        let start = Instant::now();
        for stranger in 0..10_000_u32 {
            buckets.take(stranger, start);
        }
        assert!(buckets.buckets.lock().unwrap().len() <= MOST);
        let later = start + Duration::from_secs(10);
        assert!(buckets.take(u32::MAX, later).is_none(), "there is room again");
    }
}

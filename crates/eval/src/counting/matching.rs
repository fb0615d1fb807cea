//! Pairing true and counted passages in time.

/// Times are written with microseconds; a passage at the very edge of the tolerance is within it.
const RESOLUTION: f64 = 1e-6;

/// Size of the largest one-to-one pairing of times that differ by `tolerance` seconds at most.
///
/// Both lists rise. The earliest of each are paired as soon as they can be: whatever else either
/// could be paired with, the other list's later times serve as well.
pub(super) fn largest_pairing(truth: &[f64], counted: &[f64], tolerance: f64) -> u64 {
    let (mut t, mut c, mut pairs) = (0, 0, 0);
    while let (Some(&true_time), Some(&counted_time)) = (truth.get(t), counted.get(c)) {
        if (true_time - counted_time).abs() <= tolerance + RESOLUTION {
            (t, c, pairs) = (t + 1, c + 1, pairs + 1);
        } else if true_time < counted_time {
            t += 1;
        } else {
            c += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::largest_pairing;

    fn by_trying_all(truth: &[f64], counted: &mut Vec<f64>, tolerance: f64) -> u64 {
        let Some((&first, rest)) = truth.split_first() else { return 0 };
        let mut best = by_trying_all(rest, counted, tolerance);
        for i in 0..counted.len() {
            if (first - counted[i]).abs() <= tolerance {
                let taken = counted.remove(i);
                best = best.max(1 + by_trying_all(rest, counted, tolerance));
                counted.insert(i, taken);
            }
        }
        best
    }

    #[test]
    fn the_edge_of_the_tolerance_is_within_it() {
        assert_eq!(largest_pairing(&[1.0 / 30.0], &[31.0 / 30.0], 1.0), 1);
        assert_eq!(largest_pairing(&[1.0 / 30.0], &[32.0 / 30.0], 1.0), 0);
    }

    proptest! {
        #[test]
        fn no_pairing_is_larger(
            mut truth in prop::collection::vec(0u8..12, 0..6), mut counted in prop::collection::vec(0u8..12, 0..6)
        ) {
            truth.sort_unstable();
            counted.sort_unstable();
            let truth: Vec<f64> = truth.into_iter().map(f64::from).collect();
            let mut counted: Vec<f64> = counted.into_iter().map(f64::from).collect();
            let pairs = largest_pairing(&truth, &counted, 2.0);
            prop_assert_eq!(pairs, by_trying_all(&truth, &mut counted, 2.0));
        }
    }
}

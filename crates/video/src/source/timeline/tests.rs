//! Times as containers have them, and what is made of them.

use proptest::prelude::{Just, Strategy as _, prop_assert, prop_oneof, proptest};

use super::{AHEAD, Repairs, Timeline};

/// Dates all of `told`, with no more known ahead than is asked for.
fn dated(mut timeline: Timeline, told: &[Option<f64>]) -> (Vec<f64>, Repairs) {
    let (mut times, mut ahead) = (Vec::new(), 1);
    while times.len() < told.len() {
        let first = times.len();
        let known = &told[first..told.len().min(first + ahead)];
        match timeline.next(known, first + ahead >= told.len()) {
            Some(time) => (times.push(time.as_secs_f64()), ahead = 1).0,
            None => ahead += 1,
        }
        assert!(ahead <= AHEAD, "more is asked for than is kept");
    }
    (times, timeline.repairs())
}

fn at_ten(told: &[f64]) -> (Vec<f64>, Repairs) {
    dated(Timeline::of_container(10.0), &told.iter().copied().map(Some).collect::<Vec<_>>())
}

/// `count` frames at ten a second.
fn tens(count: u32) -> Vec<f64> {
    (0..count).map(|n| f64::from(n) / 10.0).collect()
}

fn near(found: &[f64], right: &[f64], tolerance: f64) {
    assert_eq!(found.len(), right.len());
    for (index, (a, b)) in found.iter().zip(right).enumerate() {
        assert!((a - b).abs() <= tolerance, "frame {}: {a} and not {b}", index + 1);
    }
}

#[test]
fn the_containers_times_count_from_the_first_frame() {
    let times = [Some(4.0), Some(4.5), Some(6.0), Some(6.2)];
    assert_eq!(dated(Timeline::of_container(4.0), &times).0, [0.0, 0.5, 2.0, 2.2]);
    assert_eq!(dated(Timeline::of_container(4.0), &[Some(-1.0), Some(1.0)]).0, [0.0, 2.0]);
}

#[test]
fn a_given_rate_beats_the_container() {
    let times = [Some(0.0), Some(9.0), None];
    let (times, repairs) = dated(Timeline::of_rate(10.0), &times);
    assert_eq!((times, repairs.total()), (vec![0.0, 0.1, 0.2], 0));
}

#[test]
fn a_spike_lies_between_its_neighbours() {
    let right = tens(60);
    for far in [36_000.0, 1e12, 3.0, 0.7, -5.0, -36_000.0] {
        for count in [1, 2, 5, 10] {
            for place in [0, 1, 2, 30, 60 - count] {
                let mut told = right.clone();
                told[place..place + count].iter_mut().for_each(|time| *time += far);
                let (found, repairs) = at_ten(&told);
                let what = format!("{count} frames from {place} on, by {far}");
                // Where more than one stand alone at an end there is nobody to say which part is right.
                if count > 1 && (place < 3 || place == 60 - count) {
                    assert!(found.is_sorted(), "{what}");
                    continue;
                }
                let total = found[59];
                // A little at an end is not told from a pause.
                let little = [0, 59].contains(&place) && far.abs() < 10.0;
                let tolerance = if little { far.abs() + 0.11 } else { 0.11 };
                assert!((total - 5.9).abs() < tolerance, "{what}: {total} s");
                assert!(repairs.total() > 0 || little || count > 1, "{what}: {repairs:?}");
            }
        }
    }
}

#[test]
fn frames_that_were_squeezed_behind_a_spike_follow_at_the_pace_before() {
    for tick in [1e-5, 1.0 / 90_000.0, 0.001, 1.0 / 600.0] {
        for jump in [0.1, 2.0, 36_000.0] {
            let squeezed = (0..90).map(|n| 2.9 + jump + f64::from(n) * tick);
            let told: Vec<f64> = tens(30).into_iter().chain(squeezed).collect();
            let (found, repairs) = at_ten(&told);
            near(&found, &tens(120), if jump > 1.0 && jump < 10.0 { 2.1 } else { 0.1001 });
            assert!(repairs.paced >= 80, "{repairs:?}");
        }
    }
}

#[test]
fn a_pause_stays_a_pause() {
    for pause in [0.5, 3.0, 60.0, 36_000.0, 86_400.0] {
        let told: Vec<f64> =
            tens(30).into_iter().chain(tens(30).iter().map(|time| time + 3.0 + pause)).collect();
        let (found, repairs) = at_ten(&told);
        near(&found, &told, 1e-9);
        assert_eq!(repairs.total(), 0);
    }
}

#[test]
fn films_that_were_joined_go_on() {
    let told: Vec<f64> = (0..4).flat_map(|_| tens(50)).collect();
    let (found, repairs) = at_ten(&told);
    near(&found, &tens(200), 1e-9);
    assert_eq!((repairs.anew, repairs.total()), (3, 3));
}

#[test]
fn without_times_the_rate_is_all_there_is() {
    for told in [vec![Some(0.0); 50], vec![None; 50], vec![Some(f64::NAN); 50], vec![Some(7.0); 50]] {
        near(&dated(Timeline::of_container(10.0), &told).0, &tens(50), 1e-9);
    }
    // Some have none.
    let told: Vec<_> =
        tens(50).into_iter().enumerate().map(|(i, time)| (i % 7 != 3).then_some(time)).collect();
    near(&dated(Timeline::of_container(10.0), &told).0, &tens(50), 1e-9);
}

#[test]
fn a_camera_that_changes_its_pace_is_believed() {
    let mut told = tens(40);
    for step in [1.0 / 30.0, 0.5, 1.0 / 240.0, 0.2] {
        let last = told[told.len() - 1];
        told.extend((1..=60).map(|n| last + f64::from(n) * step));
    }
    let (found, repairs) = at_ten(&told);
    near(&found, &told, 1e-9);
    assert_eq!(repairs.total(), 0);
}

#[test]
fn a_network_that_stutters_does_not_add_up() {
    // Half a second nothing, then what was held up all at once; again and again for an hour.
    let mut told = Vec::new();
    for round in 0..3600 {
        told.extend((0..5).map(|n| f64::from(round) + f64::from(n) / 10.0));
        told.extend((0..5).map(|n| f64::from(round) + 0.9 + f64::from(n) / 10_000.0));
    }
    let (found, _) = at_ten(&told);
    assert!(found.iter().zip(&told).all(|(a, b)| (a - b).abs() < 1.0));
}

proptest! {
    #[test]
    fn whatever_is_told_time_rises(
        told in proptest::collection::vec(
            prop_oneof![Just(None), (-1e6..1e6).prop_map(Some), (0.0..1.0).prop_map(Some), Just(Some(f64::NAN)),
                        Just(Some(f64::INFINITY)), Just(Some(1e300)), Just(Some(0.0))],
            1..80,
        ),
        rate in 0.02..400.0_f64,
    ) {
        let (times, repairs) = dated(Timeline::of_container(rate), &told);
        prop_assert!(times[0] == 0.0 && times.windows(2).all(|pair| pair[0] <= pair[1]), "{times:?}");
        prop_assert!(repairs.total() < told.len() as u64);
    }

    #[test]
    fn plausible_times_are_not_touched(
        steps in proptest::collection::vec(prop_oneof![9 => 0.03..0.2, 1 => 0.2..9.0], 1..80),
        start in -100.0..100.0_f64,
    ) {
        let times = steps.iter().scan(0.0, |sum, step| { *sum += step; Some(*sum) });
        let right: Vec<f64> = std::iter::once(0.0).chain(times).collect();
        let told: Vec<f64> = right.iter().map(|time| time + start).collect();
        let (found, repairs) = at_ten(&told);
        prop_assert!(found.iter().zip(&right).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {right:?}");
        prop_assert!(repairs.total() == 0);
    }
}

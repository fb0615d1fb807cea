//! What the estimate makes of comings whose likeness is known.

use std::time::Duration;

use super::{CELLS, Estimator};
use crate::Calibration;

fn after_strangers(count: usize) -> Estimator {
    let mut estimator = Estimator::new(Calibration::Research.spread());
    (0..count).for_each(|known| estimator.add(Duration::ZERO, known, &[0.0; CELLS], true));
    estimator
}

#[test]
fn a_likeness_says_less_where_many_came_and_nobody_came_again() {
    let again = |people| after_strangers(people).chances(&[], &[20.0; CELLS]).1;
    assert!(again(3) > 2.0 * again(300), "{} {}", again(3), again(300));
}

#[test]
fn of_two_who_are_alike_each_is_less_likely_the_one() {
    let estimator = after_strangers(5);
    let (alone, _) = estimator.chances(&[[100.0; CELLS]], &[100.0; CELLS]);
    let (both, any) = estimator.chances(&[[100.0; CELLS], [50.0; CELLS]], &[150.0; CELLS]);
    assert!(alone[0] > both[0] && both[0] > both[1]);
    assert!((both[0] + both[1] - any).abs() < 1e-9 && any > alone[0]);
}

#[test]
fn what_is_forgotten_leaves_what_there_was_without_it() {
    let second = Duration::from_secs(1);
    let mut whole = Estimator::new(Calibration::Research.spread());
    whole.add(Duration::ZERO, 0, &[0.0; CELLS], true);
    whole.add_certain(second);
    let mut later = whole.clone();
    whole.forget(second, Duration::ZERO);
    later.forget(2 * second, Duration::ZERO);
    assert_eq!((whole.estimate().comings, whole.estimate().decided), (1, 0));
    let nobody = later.estimate();
    assert_eq!((nobody.comings, nobody.different.high, nobody.frequency.expected), (0, 0.0, 0.0));
}

//! How many frames a second a recording has, by what its container says and by how its first frames are dated.

/// The rate at which frames are dated when neither container nor user gives one to believe.
pub(super) const DEFAULT_FRAME_RATE: f64 = 25.0;

/// No camera that people are counted with takes frames faster, in seconds from one to the next: what
/// is closer was dated by a program that had no time to give.
pub(super) const SHORTEST_STEP: f64 = 0.002;

/// A recording whose frames are further apart throughout has a time that is no time, in seconds.
pub(super) const LONGEST_STEP: f64 = 60.0;

/// So many frames are looked at, at most, to learn the rate.
pub(super) const OPENING: usize = 17;

/// The rate of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    /// Frames a second.
    pub(super) believed: f64,
    pub(super) because: Because,
}

/// Why a rate is believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Because {
    /// The container says so, or it says nothing against it.
    Told,
    /// The container says something that cannot be, and its frames are dated like this.
    Dated,
    /// Neither can be.
    Assumed,
}

/// Whether frames may be so many seconds apart throughout.
pub(super) fn is_step(seconds: f64) -> bool {
    (SHORTEST_STEP..=LONGEST_STEP).contains(&seconds)
}

/// Whether the container's word is enough: what it dates so far is as far apart as the rate that it tells.
pub(super) fn is_plain(times: &[Option<f64>], told: Option<f64>) -> bool {
    let steps = steps(times);
    let agrees =
        |told: f64| is_step(1.0 / told) && steps.iter().all(|step| (0.5..=1.5).contains(&(step * told)));
    steps.len() >= 2 && told.is_some_and(agrees)
}

/// The rate by the container's word and the times of the first frames, in seconds.
pub(super) fn rate(times: &[Option<f64>], told: Option<f64>) -> Rate {
    let told_step = told.map(|rate| 1.0 / rate).filter(|&step| is_step(step));
    let steps = steps(times);
    let dated = median(&steps).filter(|&step| is_step(step) && steps.len() >= 3);
    let of = |step: f64, because| Rate { believed: 1.0 / step, because };
    match (told_step, dated) {
        (Some(told), Some(dated)) if (1.0 / 1.5..=1.5).contains(&(told / dated)) => of(told, Because::Told),
        // A container's word is a mean over all of it: a pause is no reason to complain.
        (Some(_), Some(dated)) => of(mean_near(&steps, dated), Because::Told),
        (None, Some(dated)) => {
            of(mean_near(&steps, dated), if told.is_none() { Because::Told } else { Because::Dated })
        }
        (Some(told), None) => of(told, Because::Told),
        (None, None) => Rate { believed: DEFAULT_FRAME_RATE, because: Because::Assumed },
    }
}

/// Seconds from each frame to the next, where time goes on.
fn steps(times: &[Option<f64>]) -> Vec<f64> {
    let times = times.iter().flatten().filter(|time| time.is_finite()).collect::<Vec<_>>();
    times.windows(2).map(|pair| pair[1] - pair[0]).filter(|&step| step > 0.0).collect()
}

/// The middle one.
pub(super) fn median(steps: &[f64]) -> Option<f64> {
    let mut sorted = steps.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// The mean of those steps that are about `middle`: times are often of whole milliseconds.
fn mean_near(steps: &[f64], middle: f64) -> f64 {
    let near: Vec<f64> =
        steps.iter().copied().filter(|step| (0.5..=1.5).contains(&(step / middle))).collect();
    near.iter().sum::<f64>() / near.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Because, is_plain, rate};

    fn times(step: f64) -> Vec<Option<f64>> {
        (0..17).map(|n| Some(f64::from(n) * step)).collect()
    }

    #[test]
    fn what_the_container_says_is_believed_unless_it_cannot_be() {
        for (told, step, right, because) in [
            (Some(10.0), 0.1, 10.0, Because::Told),
            (Some(29.97), 0.033, 29.97, Because::Told),
            // The mean over a recording with a pause in it.
            (Some(0.3), 0.1, 10.0, Because::Told),
            (Some(90_000.0), 0.1, 10.0, Because::Dated),
            (Some(0.003), 0.1, 10.0, Because::Dated),
            (None, 0.1, 10.0, Because::Told),
            (Some(12.0), 1e-5, 12.0, Because::Told),
            (Some(90_000.0), 1.0 / 90_000.0, 25.0, Because::Assumed),
            (Some(0.003), 1.0 / 0.003, 25.0, Because::Assumed),
            (Some(f64::NAN), 0.0, 25.0, Because::Assumed),
            (Some(1.0), 1.0, 1.0, Because::Told),
            (Some(0.1), 10.0, 0.1, Because::Told),
        ] {
            let found = rate(&times(step), told);
            assert!((found.believed / right - 1.0).abs() < 1e-6, "{told:?} {step}: {found:?}");
            assert_eq!(found.because, because, "{told:?} {step}");
        }
    }

    #[test]
    fn three_frames_are_enough_where_all_agree() {
        assert!(is_plain(&times(0.1)[..3], Some(10.0)));
        assert!(!is_plain(&times(0.1)[..2], Some(10.0)));
        for (told, step) in
            [(Some(30.0), 0.1), (None, 0.1), (Some(90_000.0), 1.0 / 90_000.0), (Some(10.0), 0.0)]
        {
            assert!(!is_plain(&times(step), told), "{told:?} {step}");
        }
    }
}

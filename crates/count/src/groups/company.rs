//! From how near two are to who belongs together.

use super::trail::Beside;
use super::{GroupLimits, Passage};

/// What two cost who cannot have come together.
const STRANGERS: f64 = 4.0;

/// Parts `passages`, by time, into those who came together: members by time, groups by their first.
///
/// Average linkage: the two nearest groups become one as long as their members are near each other on average. So a
/// queue of strangers, each near the next, is not one group, and a family is, two of whom walk ahead. `beside` tells
/// how two walked.
pub(super) fn together(
    passages: &[Passage],
    limits: &GroupLimits,
    beside: impl Fn(&Passage, &Passage) -> Option<Beside>,
) -> Vec<Vec<usize>> {
    let cost = |a: &Passage, b: &Passage| {
        let seconds = b.time.abs_diff(a.time).as_secs_f64() / limits.apart.as_secs_f64();
        // Somebody who goes out and comes in again is no company for themselves.
        if seconds > 1.0 || a.who == b.who {
            return STRANGERS;
        }
        let Some(way) = beside(a, b) else { return STRANGERS };
        let (distance, drift) = (way.distance / limits.distance, way.drift / limits.drift);
        (seconds * seconds + distance * distance + drift * drift).min(STRANGERS)
    };
    let mut groups: Vec<Vec<usize>> = (0..passages.len()).map(|index| vec![index]).collect();
    // Sums of the costs between the members of two groups.
    let mut costs = vec![vec![0.0; passages.len()]; passages.len()];
    for (a, one) in passages.iter().enumerate() {
        for (b, other) in passages.iter().enumerate().skip(a + 1) {
            costs[a][b] = cost(one, other);
            costs[b][a] = costs[a][b];
        }
    }
    while let Some((a, b)) = nearest(&groups, &costs) {
        let joined = groups.remove(b);
        groups[a].extend(joined);
        groups[a].sort_unstable();
        let row = costs.remove(b);
        for other in &mut costs {
            let of_b = other.remove(b);
            other[a] += of_b;
        }
        for (place, value) in row.into_iter().enumerate().filter(|(place, _)| *place != b) {
            let place = place - usize::from(place > b);
            if place != a {
                costs[a][place] += value;
            }
        }
    }
    groups
}

/// The two groups that are nearest to each other, if they belong together; of several the first.
fn nearest(groups: &[Vec<usize>], costs: &[Vec<f64>]) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for a in 0..groups.len() {
        for b in a + 1..groups.len() {
            let mean = costs[a][b] / (groups[a].len() * groups[b].len()) as f64;
            if mean <= 1.0 && best.is_none_or(|(least, ..)| mean < least) {
                best = Some((mean, a, b));
            }
        }
    }
    best.map(|(_, a, b)| (a, b))
}

//! Finding out which lines see the same passages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A camera and a line of it.
pub(super) type Spot = (usize, Arc<str>);

/// Share of passages at one line that are seen at the other too, where both see the same ones.
const SHARED: f64 = 0.5;
/// The most that one passage says.
const MOST: f64 = 50.0;
/// From which evidence on two lines are taken to see the same passages: chance brings it once in so many passages.
const ENOUGH: f64 = 1e8;

/// Evidence that two lines see the same passages.
///
/// Of a passage at one line and those at the other about the same time, it is the likelihood ratio
///
/// ```text
/// e = (1 - s) + s * mean over the others of L
/// ```
///
/// where `L` is how much likelier such looks are of one person than of two. Of strangers its mean is 1, however often
/// people come to both at the same time; so the product of all comes to a number with a chance of one over it (Ville, 1939).
/// What speaks against it is forgotten where it outweighs the rest (Page, 1954): cameras may be moved.
#[derive(Clone, Debug, Default)]
pub(super) struct Learning {
    evidence: BTreeMap<(Spot, Spot), f64>,
    learnt: BTreeSet<(Spot, Spot)>,
    /// Those that nobody was told of yet.
    news: Vec<(Spot, Spot)>,
}

impl Learning {
    /// Whether two lines were found to see the same passages.
    pub(super) fn has(&self, a: &Spot, b: &Spot) -> bool {
        !self.learnt.is_empty() && self.learnt.contains(&pair(a, b))
    }

    /// Takes a passage at `a`, by its likelihood ratios with those at `b` about the same time.
    pub(super) fn see(&mut self, a: &Spot, b: &Spot, likenesses: &[f64]) {
        if likenesses.is_empty() || self.has(a, b) {
            return;
        }
        let mean = likenesses.iter().sum::<f64>() / likenesses.len() as f64;
        let ratio = (1.0 - SHARED + SHARED * mean).min(MOST);
        let key = pair(a, b);
        let sum = self.evidence.entry(key.clone()).or_default();
        *sum = (*sum + ratio.ln()).max(0.0);
        if *sum >= ENOUGH.ln() {
            self.learnt.insert(key.clone());
            self.news.push(key);
        }
    }

    pub(super) fn take_news(&mut self) -> Vec<(Spot, Spot)> {
        std::mem::take(&mut self.news)
    }
}

fn pair(a: &Spot, b: &Spot) -> (Spot, Spot) {
    if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) }
}

#[cfg(test)]
mod tests {
    use super::{Learning, Spot};

    #[test]
    fn it_takes_several_who_are_alike_and_strangers_undo_it() {
        let (a, b): (Spot, Spot) = ((0, "door".into()), (1, "door".into()));
        let mut learning = Learning::default();
        (0..4).for_each(|_| learning.see(&a, &b, &[1e6]));
        assert!(!learning.has(&b, &a));
        (0..40).for_each(|_| learning.see(&a, &b, &[0.04, 0.1]));
        (0..4).for_each(|_| learning.see(&b, &a, &[1e6]));
        assert!(!learning.has(&a, &b));
        (0..4).for_each(|_| learning.see(&b, &a, &[80.0, 200.0]));
        assert!(learning.has(&a, &b) && learning.has(&b, &a));
        assert_eq!(learning.take_news(), [(a, b)]);
        assert!(learning.take_news().is_empty());
    }
}

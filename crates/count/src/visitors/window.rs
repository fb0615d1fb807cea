//! Those who came in within a window of time, and who of them comes again.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cohort::Cohort;
use super::estimate::{CELLS, Estimate, Estimator, Ratios};
use super::likeness::Spread;
use super::{Visitor, VisitorConfig, cosine_distance};

/// Visits that are kept of each visitor, the latest ones: a look each.
const LOOKS: usize = 4;
/// Share of strangers who are near enough for it to matter how near.
const NEAR: f64 = 0.3;
/// Beyond so many visitors the one who came longest ago is forgotten, whatever the window.
pub(super) const MOST: usize = if cfg!(test) { 100 } else { 10_000 };

/// Those who came in within a window of time.
///
/// Whoever comes in is compared with all of them. How much a distance says is read against everybody else's, and
/// how likely each of them is to be the one who comes follows by Bayes' rule: the more people there are, the less
/// likely is any one of them. Nobody is the same as somebody who is in the picture beside them.
#[derive(Clone, Debug)]
pub struct Visitors {
    window: Duration,
    config: VisitorConfig,
    spread: Spread,
    pub(super) cohort: Cohort,
    pub(super) estimator: Estimator,
    /// What it comes to, once somebody has asked since the latest coming: that takes a moment.
    estimate: OnceLock<Estimate>,
    /// By their latest coming.
    pub(super) members: VecDeque<Member>,
    /// The last number that was given.
    pub(super) last: u64,
}

/// Somebody who came in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// Who, by what was decided.
    pub visitor: Visitor,
    /// How likely it is that they came before within the window, 0 to 1; nothing where their looks are not known.
    pub again: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) number: u64,
    comings: u64,
    latest: Duration,
    /// The counter's name for them when they came.
    pub(super) person: u64,
    /// Of unit length, with the time of each: looks expire like people.
    looks: VecDeque<(Duration, Vec<f32>)>,
}

/// How somebody who comes compares with the window.
struct Comparison {
    /// Their distance to every look that is kept.
    distances: Vec<f64>,
    /// Those who may be the one, by their places, with their likelihood ratios.
    likely: Vec<(usize, Ratios)>,
    /// The sum over all.
    all: Ratios,
    /// Who could have been it.
    known: usize,
}

impl Visitors {
    /// Nobody has come yet; the window is as long as `config` says.
    #[must_use]
    pub fn new(config: VisitorConfig) -> Self {
        let spread = config.calibration.spread();
        Self {
            window: Duration::try_from_secs_f64(config.window * 3600.0).unwrap_or(Duration::MAX),
            config,
            cohort: Cohort::new((spread.middle, spread.scale)),
            estimator: Estimator::new(spread),
            estimate: OnceLock::new(),
            spread,
            members: VecDeque::new(),
            last: 0,
        }
    }

    /// Nobody is known yet, and the first who comes has the number behind `last`.
    #[must_use]
    pub fn after(self, last: u64) -> Self {
        Self { last, ..self }
    }

    /// The number that was given last; 0 before there was any.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The same visitors, by other settings from now on.
    #[must_use]
    pub fn with(self, config: VisitorConfig) -> Self {
        if self.config.calibration == config.calibration {
            return Self { window: Self::new(config).window, config, ..self };
        }
        // Of another embedder: nothing of what was seen can be compared.
        Self::new(config).after(self.last)
    }

    /// How many visitors can be known again now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether nobody can be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// How many different people came within the window, as of the latest coming.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        *self.estimate.get_or_init(|| self.estimator.estimate())
    }

    /// Somebody comes in at `time`, which does not fall from call to call by more than the window.
    ///
    /// `look` is their mean appearance, of unit length; `person` the counter's name for them, which stays
    /// theirs while they are in the picture; `is_present` tells which of these names still are.
    pub fn come(
        &mut self,
        person: u64,
        look: Option<&[f32]>,
        time: Duration,
        is_present: impl Fn(u64) -> bool,
    ) -> Arrival {
        self.forget(time);
        self.estimate = OnceLock::new();
        if let Some(index) = self.members.iter().position(|m| m.person == person && is_present(person)) {
            self.estimator.add_certain(time);
            return Arrival { visitor: self.seat(Some(index), person, look, time), again: Some(1.0) };
        }
        let Some(look) = look else {
            self.estimator.add_unknown(time, self.members.len());
            return Arrival { visitor: Visitor::Unknown, again: None };
        };
        let comparison = self.compare(look, &is_present);
        let (likeliest, again) = self.likeliest(&comparison);
        let found =
            likeliest.filter(|(_, chance)| *chance >= self.config.probability).map(|(index, _)| index);
        comparison.distances.iter().for_each(|&distance| self.cohort.add(distance));
        self.estimator.add(time, comparison.known, &comparison.all, found.is_none());
        Arrival { visitor: self.seat(found, person, Some(look), time), again: Some(again) }
    }

    /// Who of the window looks most like this, by their number, and how likely it is that it is they.
    #[must_use]
    pub fn recognise(&self, look: &[f32]) -> Option<(u64, f64)> {
        let (likeliest, _) = self.likeliest(&self.compare(look, &|_| false));
        likeliest.map(|(index, chance)| (self.members[index].number, chance))
    }

    /// The one who is likeliest, by their place, with how likely that is; and how likely it is anybody.
    fn likeliest(&self, comparison: &Comparison) -> (Option<(usize, f64)>, f64) {
        let ratios: Vec<Ratios> = comparison.likely.iter().map(|(_, ratios)| *ratios).collect();
        let (chances, again) = self.estimator.chances(&ratios, &comparison.all);
        let places = comparison.likely.iter().map(|(place, _)| *place);
        (places.zip(chances).max_by(|(_, a), (_, b)| a.total_cmp(b)), again)
    }

    /// Compares a look with everybody who is not in the picture beside it.
    fn compare(&self, look: &[f32], is_present: &impl Fn(u64) -> bool) -> Comparison {
        let place = self.cohort.place();
        // Most are no nearer than strangers are, and of them it is enough to know that.
        let common = Spread::common(place);
        let far = self.estimator.far_ratios(common, 1.0 - NEAR);
        let (mut likely, mut all, mut known) = (Vec::new(), [0.0; CELLS], 0);
        let (mut distances, mut strangers) = (Vec::new(), 0.0);
        for (index, member) in self.members.iter().enumerate() {
            let is_beside = is_present(member.person);
            known += usize::from(!is_beside);
            let own = member.looks.iter().map(|(_, old)| cosine_distance(old, look));
            let first = distances.len();
            distances.extend(own);
            if is_beside {
                continue;
            }
            let own = &distances[first..];
            let nearest = own.iter().copied().fold(f64::INFINITY, f64::min);
            if nearest >= common {
                strangers += 1.0;
                continue;
            }
            // They look today as at one of their visits, and nobody knows at which.
            let mut sum = [0.0; CELLS];
            for &distance in own {
                let ratios = if distance < common {
                    self.estimator.ratios(distance, self.spread.among(distance, place))
                } else {
                    far
                };
                sum.iter_mut().zip(ratios).for_each(|(sum, ratio)| *sum += ratio / own.len() as f64);
            }
            sum.iter().zip(&mut all).for_each(|(sum, all)| *all += *sum);
            if nearest <= self.config.max_cosine_distance {
                likely.push((index, sum));
            }
        }
        far.iter().zip(&mut all).for_each(|(far, all)| *all += strangers * far);
        Comparison { distances, likely, all, known }
    }

    /// Takes down that a member, or somebody new, has come; gives who.
    fn seat(&mut self, found: Option<usize>, person: u64, look: Option<&[f32]>, time: Duration) -> Visitor {
        let mut member = found.and_then(|index| self.members.remove(index)).unwrap_or_else(|| {
            self.last += 1;
            Member { number: self.last, comings: 0, latest: time, person, looks: VecDeque::new() }
        });
        member.comings += 1;
        member.latest = time;
        member.person = person;
        if let Some(look) = look {
            member.looks.push_back((time, look.to_vec()));
            let old = member.looks.len().saturating_sub(LOOKS);
            member.looks.drain(..old);
        }
        let visitor = Visitor::Known { number: member.number, coming: member.comings };
        self.members.push_back(member);
        if self.members.len() > MOST {
            self.members.pop_front();
        }
        visitor
    }

    /// Those whose latest coming is longer ago than the window, and looks that are.
    pub(super) fn forget(&mut self, time: Duration) {
        let window = self.window;
        self.members.retain(|member| time.saturating_sub(member.latest) <= window);
        for member in &mut self.members {
            while member.looks.len() > 1 && time.saturating_sub(member.looks[0].0) > window {
                member.looks.pop_front();
            }
        }
        self.estimator.forget(time, window);
    }
}

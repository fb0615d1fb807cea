//! Everything about one set of crops.

use serde::Serialize;

use super::Crops;
use super::centres::Identification;
use super::distances::for_each_row;
use super::ranking::{Ranker, Ranking, Rule};
use super::verification::{Verification, Verifier};

/// The figures of one set; a part is missing where the set has no such queries or pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Different people.
    pub identities: u64,
    /// Their crops.
    pub crops: u64,
    /// Different cameras; 0 where none is known.
    pub cameras: u64,
    /// Which crops a query was not matched with.
    pub rule: Rule,
    /// Each crop looked up among the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<Ranking>,
    /// Each crop looked up among the identities' centres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centres: Option<Identification>,
    /// Pairs from two cameras.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub across: Option<Verification>,
    /// Pairs from one camera. Crops without a camera count as one camera's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Verification>,
}

impl Report {
    /// Judges `crops` by `rule`, with the rates at the threshold `asked` where there is one.
    #[must_use]
    pub fn of(crops: &Crops, rule: Rule, asked: Option<f64>) -> Self {
        let mut ranker = Ranker::new(rule);
        let (mut across, mut within) = (Verifier::new(), Verifier::new());
        for_each_row(crops, |query, row| {
            ranker.add(crops, query, row);
            for (other, &distance) in row.iter().enumerate().skip(query + 1) {
                let one_camera = crops.cameras[query] == crops.cameras[other];
                let pairs = if one_camera { &mut within } else { &mut across };
                pairs.add(crops.identities[query] == crops.identities[other], distance);
            }
        });
        Self {
            identities: crops.identity_count() as u64,
            crops: crops.len() as u64,
            cameras: crops.camera_count() as u64,
            rule,
            ranking: ranker.finish(),
            centres: Identification::of(crops),
            across: across.finish(asked),
            within: within.finish(asked),
        }
    }

    /// The cosine distance up to which a tracker may take two embeddings for one person: 0.1% of
    /// pairs of different people within one camera stay under it, or across cameras where no camera
    /// has such pairs.
    #[must_use]
    pub fn max_cosine_distance(&self) -> Option<f64> {
        self.within.as_ref().or(self.across.as_ref()).map(|figures| figures.rare_threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops;
    use super::{Report, Rule};

    #[test]
    fn every_pair_is_counted_once() {
        let crops = crops(5, 150, 8, 3);
        let report = Report::of(&crops, Rule::CrossCamera, Some(0.5));
        let pairs = [&report.across, &report.within].into_iter().flatten();
        let count: u64 = pairs.map(|v| v.same_pairs.count + v.different_pairs.count).sum();
        assert_eq!(count, 150 * 149 / 2);
        assert_eq!((report.identities, report.crops, report.cameras), (8, 150, 3));
        assert_eq!(report.max_cosine_distance(), report.within.map(|v| v.rare_threshold));
    }

    #[test]
    fn without_cameras_all_pairs_are_one_cameras() {
        let report = Report::of(&crops(6, 60, 8, 0), Rule::AllButQuery, None);
        assert!(report.across.is_none() && report.within.is_some() && report.ranking.is_some());
    }

    #[test]
    fn one_person_leaves_nothing_to_tell_apart() {
        let report = Report::of(&crops(7, 10, 1, 0), Rule::AllButQuery, None);
        assert!(report.within.is_none() && report.max_cosine_distance().is_none());
        assert_eq!(report.ranking.map(|r| r.rank1), Some(1.0));
        let nobody = Report::of(&crops(7, 0, 1, 0), Rule::AllButQuery, None);
        assert!(nobody.ranking.is_none() && nobody.centres.is_none());
    }
}

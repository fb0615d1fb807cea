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
    /// Crops that are nobody, among which they were looked up.
    pub distractors: u64,
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
            if crops.distractors[query] {
                return;
            }
            ranker.add(crops, query, row);
            for (other, &distance) in row.iter().enumerate().skip(query + 1) {
                if crops.distractors[other] {
                    continue;
                }
                let one_camera = crops.cameras[query] == crops.cameras[other];
                let pairs = if one_camera { &mut within } else { &mut across };
                pairs.add(crops.identities[query] == crops.identities[other], distance);
            }
        });
        let people = crops.people();
        Self {
            identities: people.identity_count() as u64,
            crops: people.len() as u64,
            distractors: crops.distractor_count() as u64,
            cameras: people.camera_count() as u64,
            rule,
            ranking: ranker.finish(),
            centres: Identification::of(&people),
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
    use super::super::Crops;
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
    fn distractors_are_looked_among_and_nothing_else() {
        // Two people of two crops each, by two cameras, and a distractor that is nearest to the first one.
        let degrees: [f32; 6] = [0.0, 20.0, 90.0, 95.0, 1.0, 2.0];
        let values: Vec<f32> =
            degrees.iter().flat_map(|d| [d.to_radians().cos(), d.to_radians().sin()]).collect();
        let (identities, cameras) = (vec![1, 1, 2, 2, 0, 0], [1, 2, 1, 2, 2, 1].map(Some).to_vec());
        let crops = Crops::new(&values, 2, identities, cameras).unwrap();
        let report = |crops: &Crops| Report::of(crops, Rule::CrossCamera, None);
        let marked = report(&crops.clone().with_distractors(vec![false, false, false, false, true, true]));
        let ranking = marked.ranking.unwrap();
        assert_eq!((ranking.queries, ranking.rank1), (4, 0.5), "they take the first person's place");
        assert_eq!((marked.identities, marked.crops, marked.distractors), (2, 4, 2));
        let pairs = |report: &Report| (report.across.clone(), report.within.clone(), report.centres);
        let without =
            report(&Crops::new(&values[..8], 2, vec![1, 1, 2, 2], [1, 2, 1, 2].map(Some).to_vec()).unwrap());
        assert_eq!(pairs(&marked), pairs(&without), "all else is as if they were not there");
        assert_eq!(without.ranking.unwrap().rank1, 1.0);
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

//! What the numbers in a file's score column mean.

/// How scores are to be taken as confidences, 0 to 1, by all scores of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scores {
    /// They are confidences. Those of -1 stand for none.
    Confidences,
    /// All are -1 or 0: they say nothing, and each detection is taken as certain.
    Unknown,
    /// They are percent, or shares of another greatest score: each is divided by this.
    Shares(f32),
    /// They are margins of a detector without a scale: each score s is taken as 1 / (1 + exp(-s)).
    Margins,
}

/// The least and the greatest of a file's scores, and whether it has others than -1 and 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreRange {
    /// The least one that is not -1, which stands for none; infinite where there is none.
    pub least: f32,
    /// The greatest one.
    pub most: f32,
    /// How many are -1.
    pub none: u64,
    is_telling: bool,
}

/// Averages of confidences may be a little greater than 1.
const ROUNDED: f32 = 1.2;
/// A detector's margins are less than this, and percent are not.
const MARGIN: f32 = 10.0;
const PERCENT: f32 = 100.0;

impl Default for ScoreRange {
    fn default() -> Self {
        Self { least: f32::INFINITY, most: f32::NEG_INFINITY, none: 0, is_telling: false }
    }
}

impl ScoreRange {
    pub(crate) fn add(&mut self, score: f32) {
        self.most = self.most.max(score);
        if score == -1.0 {
            self.none += 1;
        } else {
            self.least = self.least.min(score);
        }
        self.is_telling |= score != -1.0 && score != 0.0;
    }

    /// What such scores mean.
    #[must_use]
    pub fn scores(&self) -> Scores {
        let &Self { least, most, is_telling, .. } = self;
        if most == f32::NEG_INFINITY {
            return Scores::Confidences;
        }
        match () {
            () if !is_telling => Scores::Unknown,
            () if least >= 0.0 && most <= ROUNDED => Scores::Confidences,
            () if least >= 0.0 && most > MARGIN => Scores::Shares(most.max(PERCENT)),
            () => Scores::Margins,
        }
    }
}

impl Scores {
    /// The confidence, 0 to 1, that a score stands for.
    pub(crate) fn confidence(self, score: f32) -> f32 {
        match self {
            Self::Confidences => score,
            Self::Unknown => 1.0,
            Self::Shares(most) => score / most,
            Self::Margins => 1.0 / (1.0 + (-score).exp()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ScoreRange, Scores};

    fn scores(all: &[f32]) -> Scores {
        let mut range = ScoreRange::default();
        for score in all {
            range.add(*score);
        }
        range.scores()
    }

    #[test]
    fn what_scores_mean_is_told_by_all_of_them() {
        for (all, meaning) in [
            (&[][..], Scores::Confidences),
            (&[0.0, 0.3, 1.0], Scores::Confidences),
            (&[0.2, -1.0, 0.9], Scores::Confidences),
            (&[0.4, 1.05], Scores::Confidences),
            (&[1.0, 1.0], Scores::Confidences),
            (&[-1.0, -1.0], Scores::Unknown),
            (&[0.0], Scores::Unknown),
            (&[0.0, -1.0], Scores::Unknown),
            (&[20.0, 99.5], Scores::Shares(100.0)),
            (&[0.0, 11.0], Scores::Shares(100.0)),
            (&[3.0, 180.0], Scores::Shares(180.0)),
            (&[-0.4, 3.1], Scores::Margins),
            (&[0.1, 3.1], Scores::Margins),
            (&[-3.0, -0.5], Scores::Margins),
            (&[-5.0, 60.0], Scores::Margins),
        ] {
            assert_eq!(scores(all), meaning, "{all:?}");
        }
    }

    #[test]
    fn a_greater_score_is_no_less_certain() {
        let rising = [-3.0, -0.5, 0.0, 0.2, 0.9, 4.0, 50.0, 100.0];
        for meaning in [Scores::Confidences, Scores::Unknown, Scores::Shares(100.0), Scores::Margins] {
            let taken: Vec<f32> = rising.iter().map(|score| meaning.confidence(*score)).collect();
            assert!(taken.is_sorted(), "{meaning:?} {taken:?}");
        }
        assert_eq!(Scores::Shares(100.0).confidence(75.0), 0.75);
        assert_eq!(Scores::Margins.confidence(0.0), 0.5);
    }
}

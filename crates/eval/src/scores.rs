//! Everything that is said about tracks, in one place.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::hota::mean;
use crate::{Clear, Hota, Identity, PerAlpha, Sequence};

/// The scores of a sequence, or of several as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// HOTA and its parts.
    pub hota: Hota,
    /// MOTA and its parts.
    pub clear: Clear,
    /// IDF1 and its parts.
    pub identity: Identity,
    /// How much there was to score.
    pub boxes: Boxes,
}

/// How many boxes and ids were scored, after preparation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Boxes {
    /// The tracks' boxes.
    pub tracks: u64,
    /// The truth's boxes.
    pub truth: u64,
    /// Tracks.
    pub track_ids: u64,
    /// People.
    pub truth_ids: u64,
}

/// A score as it is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A ratio, 1 at best.
    Ratio(f64),
    /// A number of things.
    Count(u64),
}

impl Scores {
    /// Scores one sequence.
    #[must_use]
    pub fn of(sequence: &Sequence) -> Self {
        Self {
            hota: Hota::of(sequence),
            clear: Clear::of(sequence),
            identity: Identity::of(sequence),
            boxes: Boxes {
                tracks: sequence.track_boxes(),
                truth: sequence.truth_boxes(),
                track_ids: sequence.track_ids as u64,
                truth_ids: sequence.truth_ids as u64,
            },
        }
    }

    /// Several sequences as one: counts are added and ratios made anew, so that every box weighs the
    /// same. This is not the mean of the sequences' scores.
    #[must_use]
    pub fn combined(all: &[&Self]) -> Self {
        let sum = |of: fn(&Boxes) -> u64| all.iter().map(|one| of(&one.boxes)).sum();
        Self {
            hota: Hota::combined(&all.iter().map(|one| &one.hota).collect::<Vec<_>>()),
            clear: Clear::combined(&all.iter().map(|one| &one.clear).collect::<Vec<_>>()),
            identity: Identity::combined(&all.iter().map(|one| &one.identity).collect::<Vec<_>>()),
            boxes: Boxes {
                tracks: sum(|b| b.tracks),
                truth: sum(|b| b.truth),
                track_ids: sum(|b| b.track_ids),
                truth_ids: sum(|b| b.truth_ids),
            },
        }
    }

    /// Every score by the name that the field gives it; HOTA and its parts as means over alpha.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let Self { hota, clear, identity, boxes } = self;
        let counts = &clear.counts;
        let ratio = Value::Ratio;
        let count = Value::Count;
        vec![
            ("HOTA", ratio(mean(&hota.hota()))),
            ("DetA", ratio(mean(&hota.detection()))),
            ("AssA", ratio(mean(&hota.association))),
            ("DetRe", ratio(mean(&hota.detection_recall()))),
            ("DetPr", ratio(mean(&hota.detection_precision()))),
            ("AssRe", ratio(mean(&hota.association_recall))),
            ("AssPr", ratio(mean(&hota.association_precision))),
            ("LocA", ratio(mean(&hota.localisation))),
            ("OWTA", ratio(mean(&hota.open_world()))),
            ("MOTA", ratio(clear.mota)),
            ("MOTP", ratio(clear.motp)),
            ("MODA", ratio(clear.moda)),
            ("sMOTA", ratio(clear.smota)),
            ("CLR_Re", ratio(clear.recall)),
            ("CLR_Pr", ratio(clear.precision)),
            ("MTR", ratio(clear.mostly_tracked)),
            ("PTR", ratio(clear.partly_tracked)),
            ("MLR", ratio(clear.mostly_lost)),
            ("CLR_TP", count(counts.true_positives)),
            ("CLR_FN", count(counts.false_negatives)),
            ("CLR_FP", count(counts.false_positives)),
            ("IDSW", count(counts.id_switches)),
            ("Frag", count(counts.fragmentations)),
            ("MT", count(counts.mostly_tracked)),
            ("PT", count(counts.partly_tracked)),
            ("ML", count(counts.mostly_lost)),
            ("IDF1", ratio(identity.f1())),
            ("IDP", ratio(identity.precision())),
            ("IDR", ratio(identity.recall())),
            ("IDTP", count(identity.true_positives)),
            ("IDFN", count(identity.false_negatives)),
            ("IDFP", count(identity.false_positives)),
            ("Dets", count(boxes.tracks)),
            ("GT_Dets", count(boxes.truth)),
            ("IDs", count(boxes.track_ids)),
            ("GT_IDs", count(boxes.truth_ids)),
        ]
    }
}

impl Value {
    /// The number, whichever it is.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Ratio(value) => value,
            Self::Count(count) => count as f64,
        }
    }
}

/// HOTA and its main parts at each threshold.
#[derive(Serialize)]
struct Curves {
    #[serde(rename = "HOTA")]
    hota: PerAlpha,
    #[serde(rename = "DetA")]
    detection: PerAlpha,
    #[serde(rename = "AssA")]
    association: PerAlpha,
    #[serde(rename = "LocA")]
    localisation: PerAlpha,
}

/// A map of [`Scores::fields`], then `per_alpha`.
impl Serialize for Scores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.fields() {
            map.serialize_entry(name, &value)?;
        }
        let hota = &self.hota;
        let curves = Curves {
            hota: hota.hota(),
            detection: hota.detection(),
            association: hota.association,
            localisation: hota.localisation,
        };
        map.serialize_entry("per_alpha", &curves)?;
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Ratio(value) => serializer.serialize_f64(value),
            Self::Count(count) => serializer.serialize_u64(count),
        }
    }
}

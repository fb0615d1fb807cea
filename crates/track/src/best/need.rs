//! Which detections need an embedding.

use std::time::Duration;

use super::affinity::Affinity;
use super::track::Track;
use crate::Bbox;
use crate::sighting::Sightings;

/// Boxes grow by this share before they are compared, so that whoever may become a rival is one.
const AFFINITY: Affinity = Affinity { buffer: 0.3, height: false };
/// Least similarity of a pair that may turn out to be one.
const POSSIBLE: f64 = 0.1;
/// Least similarity of a pair that is sure to be one if neither has another.
const SURE: f64 = 0.5;
/// A track's feature is known once it has this many embeddings.
const ENOUGH: u32 = 5;
/// A track's feature is up to date for this long after an embedding.
const FRESH: Duration = Duration::from_millis(500);

/// Finds the detections whose appearance may matter.
///
/// A detection needs no embedding where motion alone is sure: its box goes with one track only, that
/// track was seen in the frame before and with no other detection, and the two overlap well. It
/// needs one all the same while the track's feature is young or was not renewed for a while: when the
/// track gets into a crowd, it must be known how they look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    /// For each track: how many sightings may be it.
    choices: Vec<u32>,
    /// For each sighting: how many tracks it may be of, and the last of them with the similarity.
    claims: Vec<Claim>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Claim {
    count: u32,
    track: usize,
    similarity: f64,
}

impl Need {
    /// Adds the detections behind such sightings to `wanted`, by rising index. The next frame is
    /// `frames` nominal intervals after the one that the tracks stand at.
    pub(crate) fn collect(
        &mut self,
        tracks: &[Track],
        sightings: &Sightings,
        frames: f64,
        wanted: &mut Vec<usize>,
    ) {
        let list = sightings.as_slice();
        self.choices.clear();
        self.claims.clear();
        self.claims.resize(list.len(), Claim::default());
        for (index, track) in tracks.iter().enumerate() {
            let expected: Bbox = track.motion.bbox_in(frames);
            let mut count = 0;
            for column in sightings.around(&expected, AFFINITY.buffer) {
                let similarity = AFFINITY.of(&expected, &list[column].bbox);
                if similarity >= POSSIBLE {
                    count += 1;
                    let claim = &mut self.claims[column];
                    *claim = Claim { count: claim.count + 1, track: index, similarity };
                }
            }
            self.choices.push(count);
        }
        let needed = list.iter().zip(&self.claims).filter(|(_, claim)| !self.is_sure(claim, tracks));
        wanted.extend(needed.map(|(seen, _)| seen.index));
        wanted.sort_unstable();
    }

    fn is_sure(&self, claim: &Claim, tracks: &[Track]) -> bool {
        let Some(track) = tracks.get(claim.track).filter(|_| claim.count == 1) else { return false };
        let alone = self.choices[claim.track] == 1 && track.missed == 0;
        let known = track.feature.count() >= ENOUGH && track.unembedded < FRESH;
        alone && known && claim.similarity >= SURE
    }
}

//! Which detections need an embedding.

use std::time::Duration;

use super::affinity::Affinity;
use super::track::Track;
use crate::sighting::Sightings;

/// As the association compares them, with boxes grown a little further: whoever may become a rival is one.
const AFFINITY: Affinity = Affinity { buffer: 0.2, height: true };
/// Least similarity of a pair that motion alone is sure of.
const SURE: f64 = 0.5;
/// How much less similar the next best must be, on either side.
const MARGIN: f64 = 0.4;
/// A track's feature is known once it has this many embeddings.
const ENOUGH: u32 = 5;
/// A track's feature is up to date for this long after an embedding.
const FRESH: Duration = Duration::from_millis(500);

/// Finds the detections whose appearance may matter.
///
/// A detection needs no embedding where motion alone is sure: it and a track that was seen in the
/// frame before are each other's most similar by far. It needs one all the same while the track's
/// feature is young or was not renewed for a while: when the track gets into a crowd, it must be known
/// how they look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    tracks: Vec<Best>,
    sightings: Vec<Best>,
}

/// The most similar counterpart, and how similar the next one is.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    counterpart: usize,
    similarity: f64,
    next: f64,
}

impl Best {
    fn consider(&mut self, counterpart: usize, similarity: f64) {
        if similarity > self.similarity {
            *self = Self { counterpart, similarity, next: self.similarity };
        } else {
            self.next = self.next.max(similarity);
        }
    }

    fn is_clear(&self) -> bool {
        self.similarity >= SURE && self.similarity - self.next >= MARGIN
    }
}

impl Need {
    /// Adds the detections behind such sightings to `wanted`, by rising index: those of at least
    /// `confidence`. The next frame is `frames` nominal intervals after the one that the tracks stand at.
    pub(crate) fn collect(
        &mut self,
        tracks: &[Track],
        sightings: &Sightings,
        frames: f64,
        confidence: f32,
        wanted: &mut Vec<usize>,
    ) {
        let list = sightings.as_slice();
        self.tracks.clear();
        self.sightings.clear();
        self.sightings.resize(list.len(), Best::default());
        for (index, track) in tracks.iter().enumerate() {
            let expected = track.motion.bbox_in(frames);
            let mut best = Best::default();
            sightings.places().around(&expected, AFFINITY.buffer).for_each(|column| {
                let similarity = AFFINITY.of(&expected, &list[column].bbox);
                best.consider(column, similarity);
                self.sightings[column].consider(index, similarity);
            });
            self.tracks.push(best);
        }
        let clear = (0..list.len()).filter(|&sighting| list[sighting].confidence >= confidence);
        let needed = clear.filter(|&sighting| !self.is_sure(sighting, tracks));
        wanted.extend(needed.map(|sighting| list[sighting].index));
        wanted.sort_unstable();
    }

    fn is_sure(&self, sighting: usize, tracks: &[Track]) -> bool {
        let best = &self.sightings[sighting];
        let Some(track) = tracks.get(best.counterpart).filter(|_| best.is_clear()) else { return false };
        let back = &self.tracks[best.counterpart];
        let mutual = back.counterpart == sighting && back.is_clear() && track.missed == 0;
        mutual && track.feature.count() >= ENOUGH && track.unembedded < FRESH
    }
}

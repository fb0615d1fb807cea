//! What a network sees on a picture.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use footfall_formats::PartialFile;
use footfall_pipeline::Image;
use footfall_track::Bbox;
use footfall_video::{decode_picture, draw_boxes, encode_jpeg};
use serde::Serialize;

use super::Network;
use crate::cli::ModelArgs;

const QUALITY: u8 = 90;

/// What was seen, and how long it took.
#[derive(Serialize)]
pub(super) struct Seen {
    pub(super) picture: String,
    /// Width and height in pixels.
    pub(super) size: [usize; 2],
    pub(super) milliseconds: f64,
    #[serde(flatten)]
    pub(super) what: What,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum What {
    /// Whom a detector sees, the surest first.
    People(Vec<Person>),
    /// The unit vector of an embedder.
    Embedding(Vec<f32>),
}

#[derive(Serialize)]
pub(super) struct Person {
    pub(super) score: f32,
    /// Left, top, width and height in pixels.
    pub(super) bbox: [f64; 4],
}

pub(super) fn read(path: &Path) -> anyhow::Result<Image> {
    let name = path.display().to_string();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    Ok(decode_picture(&bytes, &name)?)
}

/// Runs the network on the picture, and writes what it saw where that is wanted.
pub(super) fn at(network: &mut Network, picture: &Image, args: &ModelArgs) -> anyhow::Result<Seen> {
    let began = Instant::now();
    let what = match network {
        Network::Detector(detector) => {
            let found = detector.find(picture)?;
            let person = |found: &footfall_track::Detection| {
                let Bbox { x, y, width, height } = found.bbox;
                Person { score: found.confidence, bbox: [x, y, width, height] }
            };
            What::People(found.iter().map(person).collect())
        }
        Network::Embedder(embedder) => {
            let embeddings = embedder.map_crops(std::slice::from_ref(picture))?;
            What::Embedding(embeddings.get(0).unwrap_or_default().to_vec())
        }
    };
    let milliseconds = 1e3 * began.elapsed().as_secs_f64();
    if let (Some(path), What::People(people)) = (&args.output, &what) {
        draw(path, picture, people)?;
    }
    let size = [picture.width(), picture.height()];
    let picture = args.picture.as_deref().unwrap_or(Path::new("")).display().to_string();
    Ok(Seen { picture, size, milliseconds, what })
}

fn draw(path: &Path, picture: &Image, people: &[Person]) -> anyhow::Result<()> {
    let name = path.display().to_string();
    let labelled = |person: &Person| {
        let [x, y, width, height] = person.bbox;
        (Bbox::new(x, y, width, height), format!("{:.2}", person.score))
    };
    let boxes: Vec<_> = people.iter().map(labelled).collect();
    let jpeg = encode_jpeg(&draw_boxes(picture, &boxes, &name)?, QUALITY, &name)?;
    let mut file = PartialFile::create(path)?;
    file.put(&jpeg)?;
    Ok(file.finish()?)
}

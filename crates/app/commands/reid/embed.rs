//! Pictures into embeddings, on all cores.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, available_parallelism};

use anyhow::{Context as _, bail};
use footfall_pipeline::Image;
use footfall_track::Embeddings;
use footfall_video::decode_picture;
use footfall_vision::{EmbedderConfig, OnnxEmbedder, RuntimeConfig};
use indicatif::{ProgressBar, ProgressStyle};

use super::poor::Poor;
use crate::cli::reid::EmbedderArgs;
use crate::run::networks::{load_runtime, open_embedder};

/// Pictures that a worker takes at a time.
const CHUNK: usize = 32;
/// Beyond this a copy of the network costs memory and brings nothing.
const MOST_WORKERS: usize = 8;

/// Copies of one embedder, and its name.
pub(super) struct Workers {
    pub(super) name: String,
    embedders: Vec<OnnxEmbedder>,
}

impl Workers {
    /// Opens as many copies as are of use for `pictures` pictures.
    pub(super) fn open(args: &EmbedderArgs, pictures: usize) -> anyhow::Result<Self> {
        let runtime = load_runtime(&RuntimeConfig { device: args.device, ..RuntimeConfig::default() })?;
        let cores = || available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_WORKERS);
        let count = args.threads.map_or_else(cores, usize::from).min(pictures.div_ceil(CHUNK)).max(1);
        let (mut embedders, mut told) = (Vec::new(), String::new());
        let config = EmbedderConfig { options: args.embedder_options.clone(), ..EmbedderConfig::default() };
        for _ in 0..count {
            let (embedder, name) = open_embedder(&runtime, args.embedder.as_deref(), &config)?;
            embedders.push(embedder);
            told = name;
        }
        Ok(Self { name: told, embedders })
    }

    /// One of the copies, which are all alike.
    pub(super) fn first(&self) -> &OnnxEmbedder {
        &self.embedders[0]
    }

    /// A unit vector for each of `count` pictures, in their order; `load` gives one by its number.
    ///
    /// # Errors
    /// Of several failures, that of the picture with the lowest number.
    pub(super) fn embed(
        &mut self,
        count: usize,
        bar: &ProgressBar,
        load: impl Fn(usize) -> anyhow::Result<Picture> + Sync,
    ) -> anyhow::Result<Embeddings> {
        show(bar, count);
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let done = Mutex::new(Vec::new());
        let work = |embedder: &mut OnnxEmbedder| {
            // Chunks are taken in order and finished, so none before a failed one is left out.
            while !failed.load(Ordering::Relaxed) {
                let first = next.fetch_add(CHUNK, Ordering::Relaxed);
                if first >= count {
                    return;
                }
                let numbers = first..(first + CHUNK).min(count);
                bar.inc(numbers.len() as u64);
                let result = embed_chunk(embedder, numbers, &load);
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((first, result));
            }
        };
        let work = &work;
        thread::scope(|scope| {
            let threads: Vec<_> =
                self.embedders.iter_mut().map(|embedder| scope.spawn(move || work(embedder))).collect();
            for thread in threads {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
        });
        bar.finish_and_clear();
        let mut chunks = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        chunks.sort_unstable_by_key(|(first, _)| *first);
        let mut all = Embeddings::default();
        for (_, chunk) in chunks {
            all.append(&chunk?);
        }
        Ok(all)
    }
}

fn embed_chunk(
    embedder: &mut OnnxEmbedder,
    numbers: Range<usize>,
    load: &impl Fn(usize) -> anyhow::Result<Picture>,
) -> anyhow::Result<Embeddings> {
    let pictures = numbers.map(load).collect::<anyhow::Result<Vec<_>>>()?;
    let (names, images): (Vec<_>, Vec<_>) = pictures.into_iter().map(|p| (p.name, p.image)).unzip();
    let embeddings = embedder.map_crops(&images)?;
    match (0..images.len()).find(|&index| embeddings.get(index).is_none()) {
        Some(index) => bail!("the embedder gives {} no direction: all numbers are 0", names[index]),
        None => Ok(embeddings),
    }
}

/// One person's crop, and how its file is called.
#[derive(Clone)]
pub(super) struct Picture {
    name: String,
    image: Image,
}

impl Picture {
    pub(super) fn decode(bytes: &[u8], path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        Ok(Self { image: decode_picture(bytes, &name)?, name })
    }

    /// The same, as a poor camera would have it.
    pub(super) fn poor(self, kind: Poor) -> anyhow::Result<Self> {
        Ok(Self { image: kind.of(&self.image)?, ..self })
    }

    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read the picture {}", path.display()))?;
        Self::decode(&bytes, path)
    }
}

fn show(bar: &ProgressBar, count: usize) {
    let template = "{spinner:.cyan} {bar:32.cyan/blue} {human_pos}/{human_len} crops  {per_sec}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_position(0);
    bar.set_length(count as u64);
}

//! Re-identification embedders: crops of people in, appearance vectors out.

mod batch;
mod layout;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use footfall_pipeline::{BoxError, Embedder, Image};
use footfall_track::{Bbox, Embeddings};
use serde::{Deserialize, Serialize};

use crate::embed::batch::Batch;
use crate::embed::layout::{Layout, proven};
use crate::normalise::Normaliser;
use crate::resample::{Filter, Region, Resampler};
use crate::session::Model;
use crate::{Device, Error, ProviderReport, Reading, Runtime, Size, Statement, Times};

/// How crops are embedded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbedderConfig {
    /// Crops in one run of the network, at most; a picture with more people takes more runs. By
    /// default 4 on the CPU, where more only wear out its caches, and 32 on a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_batch: Option<NonZeroUsize>,
    /// What is said about the network, `KEY=VALUE`: it overrules the file beside it and its metadata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Statement>,
}

impl EmbedderConfig {
    /// Crops in one run of the network on this device, at most.
    #[must_use]
    pub fn batch(&self, device: Device) -> usize {
        self.max_batch.map_or_else(|| device.usual_batch(), NonZeroUsize::get)
    }
}

/// An embedder from an ONNX file: one session, buffers of its own.
pub struct OnnxEmbedder {
    model: Model,
    layout: Layout,
    /// Numbers in an embedding.
    dimension: usize,
    batch: Batch,
    resampler: Resampler,
    normaliser: Normaliser,
    /// `[crops, dimension]` of one call.
    rows: Vec<f32>,
    times: Times,
}

impl OnnxEmbedder {
    /// Opens an embedder. A file without Footfall's metadata is taken to want RGB with `ImageNet`'s
    /// mean and deviation, at the size of its input.
    ///
    /// # Errors
    /// When the file cannot be read, is no ONNX model, is no embedder, or when the device cannot be
    /// had.
    pub fn open(runtime: &Runtime, path: &Path, config: &EmbedderConfig) -> Result<Self, Error> {
        Self::over(Model::open(runtime, path, &config.options)?, config)
    }

    /// Opens an embedder whose file is in memory; messages call it `name`.
    ///
    /// # Errors
    /// As [`OnnxEmbedder::open`].
    pub fn from_bytes(
        runtime: &Runtime,
        name: &str,
        bytes: &[u8],
        config: &EmbedderConfig,
    ) -> Result<Self, Error> {
        Self::over(Model::from_bytes(runtime, name, bytes, &config.options)?, config)
    }

    fn over(mut model: Model, config: &EmbedderConfig) -> Result<Self, Error> {
        let layout = Layout::new(model.signature(), model.feed()?, model.metadata())
            .map_err(|fault| model.unusable(fault))?;
        if layout.is_assumed {
            tracing::warn!(
                model = %model.path().display(), size = %layout.size,
                "the embedder's metadata lacks footfall.colour, mean or std: assuming RGB and ImageNet's"
            );
        }
        let batch = match layout.batch {
            Some(crops) => Batch::Fixed(crops),
            None if model.device().is_cpu() => Batch::Any { most: config.batch(Device::Cpu) },
            None => Batch::Steps { most: config.batch(model.device()) },
        };
        let Size { height, width } = layout.size;
        let trial = [batch.rows(1), 3, height, width];
        model.prove(trial)?;
        let dimension = proven(&model.look(trial)?, trial[0], &layout, model.signature())
            .map_err(|fault| model.unusable(fault))?;
        batch.others().try_for_each(|crops| model.warm_up([crops, 3, height, width]))?;
        Ok(Self {
            batch,
            // As training resizes its crops.
            resampler: Resampler::new(Filter::Antialiased),
            normaliser: Normaliser::new(layout.colour, layout.mean, layout.std),
            rows: Vec::new(),
            times: Times::default(),
            model,
            layout,
            dimension,
        })
    }

    /// What the time went into since it was opened.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// Numbers in an embedding.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// What the file was taken for, and why.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.layout.reading(self.model.signature(), self.model.metadata(), self.dimension)
    }

    /// What crops are resized to.
    #[must_use]
    pub fn crop_size(&self) -> Size {
        self.layout.size
    }

    /// The cosine distance up to which two embeddings may be one person, where the file's makers
    /// measured it.
    #[must_use]
    pub fn max_cosine_distance(&self) -> Option<f64> {
        self.model.metadata().max_cosine_distance
    }

    /// Midpoint and scale of the curve `1 / (1 + exp((d - midpoint) / scale))` from the cosine distance
    /// `d` of two embeddings to the probability that they show one person, where the file's makers
    /// measured it.
    #[must_use]
    pub fn same_person(&self) -> Option<[f64; 2]> {
        self.model.metadata().same_person
    }

    /// What the session runs on.
    #[must_use]
    pub fn device(&self) -> Device {
        self.model.device()
    }

    /// What the network really ran on when it was opened, in ONNX Runtime's own words.
    #[must_use]
    pub fn providers(&self) -> &ProviderReport {
        self.model.providers()
    }

    /// A unit vector for each box that has a pixel in the picture, from the pixels that it touches.
    ///
    /// # Errors
    /// When the network does not run or its output is not of the expected shape.
    pub fn map(&mut self, image: &Image, boxes: &[Bbox]) -> Result<Embeddings, Error> {
        Ok(self.map_all(&[(image, boxes)])?.pop().unwrap_or_default())
    }

    /// [`OnnxEmbedder::map`] for each of several pictures, whose crops go together.
    ///
    /// # Errors
    /// As [`OnnxEmbedder::map`].
    pub fn map_all(&mut self, pictures: &[(&Image, &[Bbox])]) -> Result<Vec<Embeddings>, Error> {
        let regions: Vec<Vec<Option<Region>>> = (pictures.iter())
            .map(|(image, boxes)| {
                let picture = Size::new(image.height(), image.width());
                boxes.iter().map(|bbox| Region::of(bbox, picture)).collect()
            })
            .collect();
        let present: Vec<_> = (pictures.iter().zip(&regions))
            .flat_map(|((image, _), regions)| regions.iter().flatten().map(|&region| (*image, region)))
            .collect();
        self.run_all(&present)?;
        let mut rows = self.rows.chunks_exact(self.dimension);
        let each = regions.into_iter().map(|regions| {
            let mut embeddings = Embeddings::new(self.dimension);
            for region in regions {
                embeddings.push(region.and_then(|_| rows.next()));
            }
            embeddings
        });
        Ok(each.collect())
    }

    /// A unit vector for each picture, which is one person's crop, all of it.
    ///
    /// # Errors
    /// As [`OnnxEmbedder::map`].
    pub fn map_crops(&mut self, crops: &[Image]) -> Result<Embeddings, Error> {
        let regions: Vec<_> = crops.iter().map(|crop| (crop, Region::whole(crop))).collect();
        self.run_all(&regions)?;
        let mut embeddings = Embeddings::new(self.dimension);
        for row in self.rows.chunks_exact(self.dimension) {
            embeddings.push(Some(row));
        }
        Ok(embeddings)
    }

    /// Embeds the regions in as many runs as it takes; `rows` holds their rows then.
    fn run_all(&mut self, regions: &[(&Image, Region)]) -> Result<(), Error> {
        self.rows.clear();
        regions.chunks(self.batch.most()).try_for_each(|batch| self.run(batch))
    }

    /// Embeds the regions in one run and appends their rows.
    fn run(&mut self, regions: &[(&Image, Region)]) -> Result<(), Error> {
        let began = Instant::now();
        let (size, dimension) = (self.layout.size, self.dimension);
        let crop = 3 * size.area();
        // What is left of the batch runs along, and its rows are left out.
        let count = self.batch.rows(regions.len());
        let shape = [count, 3, size.height, size.width];
        let planes = self.model.input(shape)?;
        for ((image, region), planes) in regions.iter().zip(planes.chunks_exact_mut(crop)) {
            let bgr = self.resampler.resize(image, *region, size)?;
            self.normaliser.write(bgr, size.width, planes, size, (0, 0));
        }
        let prepared = Instant::now();
        self.times.prepare += prepared - began;
        let outputs = &self.layout.outputs;
        let ran = self.model.run(shape, outputs, |tensors| {
            let rows = &tensors[0];
            // Some have two more dimensions, of one place each.
            let expected = [count, dimension, 1, 1];
            rows.expect_shape(&outputs[0], &expected[..rows.shape.len().clamp(2, 4)])?;
            self.rows.extend_from_slice(&rows.values[..regions.len() * dimension]);
            Ok(())
        });
        self.times.network += prepared.elapsed();
        ran
    }
}

impl Embedder for OnnxEmbedder {
    fn embed(&mut self, image: &Image, boxes: &[Bbox]) -> Result<Embeddings, BoxError> {
        Ok(self.map(image, boxes)?)
    }

    fn embed_all(&mut self, pictures: &[(&Image, &[Bbox])]) -> Result<Vec<Embeddings>, BoxError> {
        Ok(self.map_all(pictures)?)
    }
}

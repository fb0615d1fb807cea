//! How the stages are joined.

use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::bail;
use footfall_pipeline::Gather;
use footfall_vision::Device;
use serde::{Deserialize, Serialize};

/// How the stages are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PipelineConfig {
    /// Copies of each network that work side by side; by default as many as there are cores, and two on a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<NonZeroUsize>,
    /// Frames that may wait between two stages.
    pub queue: NonZeroUsize,
    /// Crops in one run of the re-identification network, at most; by default 4 on a CPU and 32 on a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_batch: Option<NonZeroUsize>,
    /// Milliseconds that a frame's crops wait for those of other frames and sources, to go together; by default
    /// 3 on a GPU, and on a CPU 0, where more at once only wear out its caches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_wait_ms: Option<f64>,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        let queue = NonZeroUsize::MIN.saturating_add(footfall_pipeline::Options::default().queue - 1);
        Self { threads: None, queue, max_batch: None, batch_wait_ms: None }
    }
}

impl PipelineConfig {
    /// Copies of each network on this device.
    pub fn workers(&self, device: Device) -> usize {
        self.threads.map_or_else(|| device.usual_copies(), NonZeroUsize::get)
    }

    /// How crops are gathered for one run of the embedder on this device.
    pub(crate) fn gather(&self, device: Device) -> Gather {
        let max_batch = self.max_batch.map_or_else(|| device.usual_batch(), NonZeroUsize::get);
        let wait = self
            .batch_wait_ms
            .map_or_else(|| device.usual_wait(), |wait| Duration::from_secs_f64(wait / 1e3));
        Gather { max_batch, wait }
    }

    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.batch_wait_ms {
            Some(wait) if !(0.0..=1000.0).contains(&wait) => {
                bail!("batch_wait_ms is {wait}; expected milliseconds from 0 to 1000")
            }
            _ => Ok(()),
        }
    }
}

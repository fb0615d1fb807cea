//! Which networks run, and on what.

use footfall_private::LocalPath;
use footfall_vision::DeviceRequest;
use serde::Deserialize;

/// Which networks run, and on what.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// What computes them.
    pub device: DeviceRequest,
    /// The detector's file or name, where it is not the usual one.
    pub detector: Option<LocalPath>,
    /// The embedder's, likewise.
    pub embedder: Option<LocalPath>,
    /// The ONNX Runtime library, where it is not the one from set-up.
    pub runtime: Option<LocalPath>,
    /// Track by motion alone.
    pub no_embedder: bool,
}

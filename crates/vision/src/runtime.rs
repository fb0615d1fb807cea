//! ONNX Runtime itself: one library and one environment a process.

use std::env;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf, absolute};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use serde::{Deserialize, Serialize};

use crate::library::{self, Library};
use crate::{Device, Error};

/// Which library to load and how its sessions run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeConfig {
    /// The ONNX Runtime library. By default the one that the variables `FOOTFALL_ONNXRUNTIME` or
    /// `ORT_DYLIB_PATH` name, else the one that set-up put into the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<PathBuf>,
    /// What sessions run on.
    pub device: Device,
    /// Threads within one session, on the CPU. More sessions use cores better than more threads.
    pub threads: NonZeroUsize,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self { library: None, device: Device::Cpu, threads: NonZeroUsize::MIN }
    }
}

/// The loaded library, and how sessions are opened with it.
#[derive(Clone)]
pub struct Runtime {
    process: Process,
    device: Device,
    threads: usize,
}

/// What the process has once.
#[derive(Clone)]
struct Process {
    environment: Environment,
    library: PathBuf,
}

/// ONNX Runtime is global to a process: the linker loads it once, it refuses a second environment,
/// and the one it has must outlive every session.
static PROCESS: Mutex<Option<Process>> = Mutex::new(None);

impl Runtime {
    /// Loads the library, or takes the one that this process has loaded already.
    ///
    /// # Errors
    /// When no library is found, it is missing, corrupt or too old, or another one is loaded.
    pub fn load(config: &RuntimeConfig) -> Result<Self, Error> {
        let mut process = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        let process = match &*process {
            Some(loaded) => loaded.clone().unless_other_than(config.library.as_deref())?,
            None => process
                .insert(Process::start(&library::find(config.library.as_deref(), |v| env::var_os(v))?)?)
                .clone(),
        };
        Ok(Self { process, device: config.device, threads: config.threads.get() })
    }

    /// The library that is loaded.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.process.library
    }

    /// What sessions run on.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.process.environment
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }
}

impl Process {
    fn start(library: &Library) -> Result<Self, Error> {
        let unusable = |source| Error::Runtime { path: library.path.clone(), origin: library.origin, source };
        // The loader takes a relative path as relative to the program's own folder first.
        let path = absolute(&library.path).map_err(|source| unusable(source.into()))?;
        library::check_whole(&path).map_err(|source| unusable(source.into()))?;
        let environment = ort::init_from(&path)
            .map_err(|error| unusable(reason(error)))?
            .with_name("footfall")
            .with_telemetry(false)
            .build()
            .map_err(|source| unusable(source.into()))?;
        environment.set_log_level(LogLevel::Warning);
        tracing::debug!(library = %path.display(), "loaded ONNX Runtime");
        Ok(Self { environment, library: path })
    }

    fn unless_other_than(self, wanted: Option<&Path>) -> Result<Self, Error> {
        match wanted.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf())) {
            Some(wanted) if self.library.canonicalize().ok().as_ref() != Some(&wanted) => {
                Err(Error::SecondRuntime { loaded: self.library, wanted })
            }
            _ => Ok(self),
        }
    }
}

/// The linker's own error: the one around it neither shows nor keeps it.
fn reason(error: ort::LoadDynamicError) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        ort::LoadDynamicError::Dlopen { error, .. } => error.into(),
        other => other.into(),
    }
}

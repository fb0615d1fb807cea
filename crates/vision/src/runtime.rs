//! ONNX Runtime itself: one library and one environment a process.

use std::env;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf, absolute};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::builder::GraphOptimizationLevel;
use serde::{Deserialize, Serialize};

use crate::device::{self, Choice};
use crate::library::{self, Library};
use crate::session::Model;
use crate::{Device, DeviceFault, DeviceRequest, Error};

/// Which library to load and how its sessions run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeConfig {
    /// The ONNX Runtime library. By default the one that the variables `FOOTFALL_ONNXRUNTIME` or
    /// `ORT_DYLIB_PATH` name, else the one that set-up put into the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<PathBuf>,
    /// What sessions run on.
    pub device: DeviceRequest,
    /// Threads within one session, on the CPU. More sessions use cores better than more threads.
    pub threads: NonZeroUsize,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self { library: None, device: DeviceRequest::default(), threads: NonZeroUsize::MIN }
    }
}

/// The loaded library, and how sessions are opened with it.
#[derive(Clone)]
pub struct Runtime {
    process: Process,
    device: Device,
    threads: usize,
    optimisation: GraphOptimizationLevel,
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

/// One convolution, whose run shows whether a device can be had.
static TRIAL: &[u8] = include_bytes!("../assets/trial.onnx");

/// Whether a name is three numbers with dots between them.
fn is_version(name: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').count() == 3 && name.split('.').all(is_number)
}

impl Runtime {
    /// Loads the library, or takes the one that this process has loaded already, and tries the device out.
    ///
    /// # Errors
    /// When no library is found, it is missing, corrupt or too old, or another one is loaded; when a named
    /// device cannot be had.
    pub fn load(config: &RuntimeConfig) -> Result<Self, Error> {
        Ok(Self::choose(config)?.0)
    }

    /// As [`Runtime::load`], and tells what `auto` came to and why; `None` where a device was named.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub fn choose(config: &RuntimeConfig) -> Result<(Self, Option<Choice>), Error> {
        let runtime = Self::on_cpu(config)?;
        match config.device {
            DeviceRequest::Named(device) => {
                runtime.try_out(device)?;
                Ok((Self { device, ..runtime }, None))
            }
            DeviceRequest::Auto => {
                let choice = device::choose(Device::CANDIDATES, |device| runtime.try_briefly(device));
                Ok((Self { device: choice.device, ..runtime }, Some(choice)))
            }
        }
    }

    fn on_cpu(config: &RuntimeConfig) -> Result<Self, Error> {
        let mut process = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        let process = if let Some(loaded) = &*process {
            loaded.clone().unless_other_than(config.library.as_deref())?
        } else {
            let is_of_use =
                || config.device != DeviceRequest::Auto || has_driver() || cfg!(target_os = "macos");
            let for_gpu = config.device.may_be_gpu() && is_of_use();
            let library = library::find(config.library.as_deref(), for_gpu, |v| env::var_os(v))?;
            process.insert(Process::start(&library, for_gpu)?).clone()
        };
        let optimisation = GraphOptimizationLevel::All;
        Ok(Self { process, device: Device::Cpu, threads: config.threads.get(), optimisation })
    }

    /// Whether sessions can run on the device, shown by a run of a small network on it.
    ///
    /// # Errors
    /// When it cannot be had; the error says why, and what to do.
    pub fn try_out(&self, device: Device) -> Result<(), Error> {
        if device.is_cpu() {
            return Ok(());
        }
        DeviceFault::foresee(device, self.library(), has_driver)
            .map_err(|source| Error::Device { device, source })?;
        Model::from_bytes(&Self { device, ..self.clone() }, "the trial network", TRIAL, &[])?
            .prove([1, 3, 8, 8])
    }

    fn try_briefly(&self, device: Device) -> Result<(), String> {
        // Without a driver the library for GPUs is not loaded even where it is there: that is not what lacks.
        if device.is_nvidia() && !has_driver() {
            return Err(DeviceFault::NoDriver { file: device::DRIVER }.to_string());
        }
        self.try_out(device).map_err(|error| match error {
            Error::Device { source, .. } => source.to_string(),
            other => other.to_string(),
        })
    }

    /// The same library, where graphs run on the CPU just as their files have them.
    pub(crate) fn plain(&self) -> Self {
        Self { device: Device::Cpu, optimisation: GraphOptimizationLevel::Disable, ..self.clone() }
    }

    /// The library that is loaded.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.process.library
    }

    /// The version of the library: `1.31.1`, by what it says of its build or by the folder that it lies in; else all that
    /// it says of its build.
    #[must_use]
    pub fn version(&self) -> String {
        let build = ort::info();
        let branch = build.split("git-branch=rel-").nth(1).and_then(|rest| rest.split([',', ' ']).next());
        let names = self.library().components().rev().filter_map(|part| part.as_os_str().to_str());
        let folder = || names.into_iter().find(|name| is_version(name));
        branch.or_else(folder).unwrap_or(build.trim_start_matches("ORT Build Info: ")).to_owned()
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

    pub(crate) fn optimisation(&self) -> GraphOptimizationLevel {
        self.optimisation
    }
}

/// Whether there is an NVIDIA driver.
fn has_driver() -> bool {
    ort::util::preload_dylib(device::DRIVER).is_ok()
}

impl Process {
    fn start(library: &Library, for_gpu: bool) -> Result<Self, Error> {
        let unusable = |source| Error::Runtime { path: library.path.clone(), origin: library.origin, source };
        // The loader takes a relative path as relative to the program's own folder first.
        let path = absolute(&library.path).map_err(|source| unusable(source.into()))?;
        library::check_whole(&path).map_err(|source| unusable(source.into()))?;
        if for_gpu {
            library::load_cuda_beside(&path);
        }
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Runtime, RuntimeConfig, TRIAL};
    use crate::session::Model;
    use crate::{Device, DeviceFault, DeviceRequest, Error, testing};

    #[test]
    fn the_trial_shows_what_ran_it() {
        let mut trial = Model::from_bytes(&testing::runtime(), "trial", TRIAL, &[]).unwrap();
        assert_eq!(trial.providers().to_string(), "not proven");
        trial.prove([1, 3, 8, 8]).unwrap();
        assert_eq!(trial.providers().shares[0].provider, "CPUExecutionProvider");
        assert_eq!(trial.providers().shares[0].heavy, 1);
    }

    #[test]
    fn a_device_that_cannot_be_had_is_an_error_when_named_and_a_reason_when_not() {
        let runtime = testing::runtime();
        for device in [Device::Cuda(0), Device::TensorRt(1)] {
            let error = runtime.try_out(device).unwrap_err();
            assert!(
                matches!(error, Error::Device { source: DeviceFault::NotBuiltIn { .. }, .. }),
                "{error:?}"
            );
            assert_eq!(error.to_string(), format!("{device} cannot be used"));
            assert!(error.source().unwrap().to_string().contains("scripts/setup-gpu"), "{error:?}");
            let named = RuntimeConfig { device: device.into(), ..RuntimeConfig::default() };
            assert!(matches!(Runtime::load(&named), Err(Error::Device { .. })));
        }
        let auto = RuntimeConfig { device: DeviceRequest::Auto, ..RuntimeConfig::default() };
        let (runtime, choice) = Runtime::choose(&auto).unwrap();
        let choice = choice.unwrap();
        assert_eq!((runtime.device(), choice.device), (Device::Cpu, Device::Cpu));
        assert_eq!(choice.refused.len(), Device::CANDIDATES.len(), "{choice}");
        assert!(Runtime::choose(&RuntimeConfig::default()).unwrap().1.is_none(), "the CPU was named");
    }
}

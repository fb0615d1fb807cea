//! What a network runs on.

mod choice;
mod fault;
mod usual;

use std::fmt;
use std::str::FromStr;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use serde::{Deserialize, Serialize};

use crate::cache;
pub(crate) use choice::choose;
pub use choice::{Choice, DeviceRequest};
pub(crate) use fault::DRIVER;
pub use fault::DeviceFault;

/// A device that sessions can run on; written `cpu`, `cuda` (the first GPU), `cuda:1`, `tensorrt:1`
/// or, on macOS, `coreml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// An NVIDIA GPU, by CUDA's number for it.
    Cuda(u32),
    /// The same through `TensorRT`, which compiles a network for the card; what it cannot compile, CUDA runs.
    TensorRt(u32),
    /// Apple's neural engine, GPU or processor, as `CoreML` decides.
    CoreMl,
}

/// A text that names no device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDeviceError {
    /// It is no name of one.
    #[error(
        "{text:?} is no device: expected auto, cpu, cuda, cuda:NUMBER, tensorrt or tensorrt:NUMBER{on_macos}"
    )]
    Unknown {
        /// The text.
        text: String,
        /// What there is besides on this system.
        on_macos: &'static str,
    },
    /// It is there on other systems only.
    #[error("coreml is there on macOS only: on this system choose auto, cpu, cuda or tensorrt")]
    Foreign,
}

impl Device {
    /// What `auto` tries, the fastest first.
    pub(crate) const CANDIDATES: &[Self] =
        if cfg!(target_os = "macos") { &[Self::CoreMl] } else { &[Self::TensorRt(0), Self::Cuda(0)] };

    /// The execution providers to ask for. A provider that cannot be had is an error, never a
    /// silent step down to the CPU.
    pub(crate) fn providers(self) -> Vec<ExecutionProviderDispatch> {
        let providers = match self {
            // With an arena of its own a session's buffers are taken once, and not given back after each run.
            Self::Cpu => vec![ep::CPU::default().with_arena_allocator(true).build()],
            Self::Cuda(number) => vec![cuda(number)],
            Self::TensorRt(number) => vec![tensorrt(number), cuda(number)],
            Self::CoreMl => vec![ep::CoreML::default().build()],
        };
        providers.into_iter().map(ExecutionProviderDispatch::error_on_failure).collect()
    }

    /// ONNX Runtime's name for the provider that sessions on this device are given.
    pub(crate) fn provider(self) -> &'static str {
        match self {
            Self::Cpu => ep::CPU::NAME,
            Self::Cuda(_) => ep::CUDA::NAME,
            Self::TensorRt(_) => ep::TensorRT::NAME,
            Self::CoreMl => ep::CoreML::NAME,
        }
    }

    /// Whether the loaded library was built with this device's provider.
    pub(crate) fn is_built_in(self) -> bool {
        let is_built_in = match self {
            Self::Cpu => return true,
            Self::Cuda(_) => ep::CUDA::is_available(),
            Self::TensorRt(_) => ep::TensorRT::is_available(),
            Self::CoreMl => ep::CoreML::is_available(),
        };
        is_built_in.unwrap_or(false)
    }

    /// Whether it is an NVIDIA GPU, so that a driver is needed.
    pub(crate) fn is_nvidia(self) -> bool {
        matches!(self, Self::Cuda(_) | Self::TensorRt(_))
    }

    /// The card whose pinned memory its sessions copy from, if any.
    pub(crate) fn pinned(self) -> Option<i32> {
        match self {
            Self::Cuda(number) | Self::TensorRt(number) => Some(ordinal(number)),
            Self::Cpu | Self::CoreMl => None,
        }
    }

    /// Whether it is the processor.
    #[must_use]
    pub fn is_cpu(self) -> bool {
        self == Self::Cpu
    }
}

fn cuda(number: u32) -> ExecutionProviderDispatch {
    // Tuning by measurement may pick another algorithm, with other rounding, each time.
    let search = ep::cuda::ConvAlgorithmSearch::Heuristic;
    ep::CUDA::default().with_device_id(ordinal(number)).with_conv_algorithm_search(search).build()
}

fn tensorrt(number: u32) -> ExecutionProviderDispatch {
    let provider = ep::TensorRT::default().with_device_id(ordinal(number));
    // Compiling takes minutes: what was compiled once for this card and network is kept.
    match cache::folder() {
        Some(folder) => {
            provider.with_engine_cache(true).with_engine_cache_path(folder.join("tensorrt").display()).build()
        }
        None => provider.build(),
    }
}

fn ordinal(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => formatter.write_str("cpu"),
            Self::Cuda(number) => write!(formatter, "cuda:{number}"),
            Self::TensorRt(number) => write!(formatter, "tensorrt:{number}"),
            Self::CoreMl => formatter.write_str("coreml"),
        }
    }
}

impl FromStr for Device {
    type Err = ParseDeviceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, number.parse().ok()),
            None => (text, Some(0)),
        };
        match (name, number) {
            ("cpu", _) if name == text => Ok(Self::Cpu),
            ("cuda", Some(number)) => Ok(Self::Cuda(number)),
            ("tensorrt", Some(number)) => Ok(Self::TensorRt(number)),
            ("coreml", _) if name == text && cfg!(target_os = "macos") => Ok(Self::CoreMl),
            ("coreml", _) if name == text => Err(ParseDeviceError::Foreign),
            _ => {
                let on_macos = if cfg!(target_os = "macos") { ", or coreml" } else { "" };
                Err(ParseDeviceError::Unknown { text: text.to_owned(), on_macos })
            }
        }
    }
}

impl TryFrom<String> for Device {
    type Error = ParseDeviceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Device, ParseDeviceError};

    #[test]
    fn names_and_back() {
        for (text, device) in [
            ("cpu", Device::Cpu),
            ("cuda:0", Device::Cuda(0)),
            ("cuda:3", Device::Cuda(3)),
            ("tensorrt:2", Device::TensorRt(2)),
        ] {
            assert_eq!(text.parse(), Ok(device));
            assert_eq!(device.to_string(), text);
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        assert_eq!("tensorrt".parse(), Ok(Device::TensorRt(0)));
    }

    #[test]
    fn other_names_are_refused() {
        for text in ["", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "coreml:0", "tensorrt:"] {
            assert!(text.parse::<Device>().is_err(), "{text:?}");
        }
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn core_ml_is_refused_elsewhere() {
        assert_eq!("coreml".parse::<Device>(), Err(ParseDeviceError::Foreign));
    }
}

//! Why a device cannot be had, told from what ONNX Runtime, CUDA and the linker say.

use std::path::{Path, PathBuf};

use super::Device;
use crate::ProviderReport;

/// Why a device cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceFault {
    /// The library knows no such provider.
    #[error(
        "the ONNX Runtime in {} is built without it; run scripts/setup-gpu to fetch one that is built with it",
        library.display()
    )]
    NotBuiltIn {
        /// The library that is loaded.
        library: PathBuf,
    },
    /// There is no NVIDIA driver.
    #[error("there is no NVIDIA driver (no {file}); install one, and check it with nvidia-smi")]
    NoDriver {
        /// The driver's library.
        file: &'static str,
    },
    /// The driver is older than the CUDA that the library was built for.
    #[error(
        "the NVIDIA driver is too old for the CUDA of this ONNX Runtime; update the driver, or fetch one for an \
         older CUDA with scripts/setup-gpu --cuda 12"
    )]
    OldDriver {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// There is no GPU at all.
    #[error("the NVIDIA driver sees no GPU; look with nvidia-smi, and at CUDA_VISIBLE_DEVICES")]
    NoGpu {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// There is no GPU of this number.
    #[error(
        "there is no GPU of this number; nvidia-smi -L lists those that there are, and CUDA_VISIBLE_DEVICES may hide \
         some"
    )]
    NoSuchGpu {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// The GPU's memory is used up.
    #[error("the GPU has no memory left; nvidia-smi shows who uses it")]
    NoMemory {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// A library that the provider needs is not there.
    #[error("{file} was not found; {cure}")]
    MissingLibrary {
        /// The library's file name.
        file: String,
        /// What to do.
        cure: &'static str,
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// Libraries of different versions came together.
    #[error("its libraries are of versions that do not fit together; fetch them anew with scripts/setup-gpu")]
    Mismatch {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// The device was there, and the network ran elsewhere all the same.
    #[error("no convolution or matrix product of {} ran on it, but {report}", network.display())]
    Elsewhere {
        /// The network.
        network: PathBuf,
        /// What ran it.
        report: ProviderReport,
    },
    /// What the network runs on could not be found out.
    #[error(
        "what {} runs on could not be proven, since ONNX Runtime's profile of it could not be had; set TMPDIR to a \
         folder that can be written to",
        network.display()
    )]
    Unproven {
        /// The network.
        network: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something else.
    #[error("it failed; check it with nvidia-smi, and the libraries with scripts/setup-gpu --check")]
    Other {
        /// What ONNX Runtime says.
        source: ort::Error,
    },
}

/// The driver's own library, which comes with no package of CUDA.
#[cfg(windows)]
pub(crate) const DRIVER: &str = "nvcuda.dll";
/// The driver's own library, which comes with no package of CUDA.
#[cfg(not(windows))]
pub(crate) const DRIVER: &str = "libcuda.so.1";

const FETCH: &str = "run scripts/setup-gpu to fetch it, or put its folder into LD_LIBRARY_PATH";
const TENSORRT: &str = "install TensorRT 10 and put its folder into LD_LIBRARY_PATH, or use --device cuda";

impl DeviceFault {
    /// What can be told before a session is opened.
    ///
    /// # Errors
    /// When the loaded library has no such provider, or there is no driver.
    pub(crate) fn foresee(device: Device, library: &Path, has_driver: impl Fn() -> bool) -> Result<(), Self> {
        if !device.is_built_in() {
            return Err(Self::NotBuiltIn { library: library.to_path_buf() });
        }
        if device.is_nvidia() && !has_driver() {
            return Err(Self::NoDriver { file: DRIVER });
        }
        Ok(())
    }

    /// What an error of ONNX Runtime on a GPU is about; `None` where it is about something else than the
    /// device.
    ///
    /// Its codes do not tell these apart, its texts do: they hold the linker's own words and the numbers of
    /// CUDA's errors.
    pub(crate) fn of(source: ort::Error) -> Result<Self, ort::Error> {
        let text = source.to_string();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if let Some(file) = missing_library(&text) {
            if file == DRIVER {
                return Ok(Self::NoDriver { file: DRIVER });
            }
            let cure = if file.contains("nvinfer") || file.contains("nvonnx") { TENSORRT } else { FETCH };
            return Ok(Self::MissingLibrary { file, cure, source });
        }
        Ok(if says(&["failure 101", "invalid device ordinal", "Invalid device ID"]) {
            Self::NoSuchGpu { source }
        } else if says(&["failure 100:", "no CUDA-capable device"]) {
            Self::NoGpu { source }
        } else if says(&["failure 35:", "driver version is insufficient", "failure 222:"])
            || lacks_driver_call(&text)
        {
            Self::OldDriver { source }
        } else if says(&["failure 2:", "out of memory", "ALLOC_FAILED"]) {
            Self::NoMemory { source }
        } else if says(&["undefined symbol", "version mismatch", "VERSION_MISMATCH"]) {
            Self::Mismatch { source }
        } else if says(&["CUDA", "CUDNN", "cuDNN", "CUBLAS", "Tensorrt", "TensorRT", "CoreML"]) {
            Self::Other { source }
        } else {
            return Err(source);
        })
    }
}

/// Whether a library wants a function of the driver that this one has not: `cuTensorMapEncodeTiled`; CUDA's
/// other libraries have `cublas` and the like.
fn lacks_driver_call(text: &str) -> bool {
    let symbol = text.split_once("undefined symbol: cu").map(|(_, rest)| rest);
    symbol.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// The file that the dynamic linker says it did not find.
fn missing_library(text: &str) -> Option<String> {
    let before = text.split_once(": cannot open shared object file")?.0;
    before.rsplit([' ', ':', '/']).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{DRIVER, DeviceFault};
    use crate::{Device, testing};

    fn told(text: &str) -> String {
        // An error of ONNX Runtime is made by its library.
        testing::runtime();
        DeviceFault::of(ort::Error::new(text))
            .map_or_else(|_| "not about the device".into(), |f| f.to_string())
    }

    /// Texts of ONNX Runtime 1.31. Those about missing libraries, an old driver and a driver without a GPU are as
    /// seen with its CUDA build over a driver that is not there, or is a stub.
    #[test]
    fn what_onnx_runtime_says_is_understood() {
        let provider = "Failed to load library /c/libonnxruntime_providers_cuda.so with error:";
        let tensorrt = "Failed to load library /c/libonnxruntime_providers_tensorrt.so with error:";
        for (text, words) in [
            (
                format!(
                    "{provider} libcublasLt.so.13: cannot open shared object file: No such file or directory"
                ),
                ["libcublasLt.so.13 was not found", "scripts/setup-gpu"],
            ),
            (
                format!("{provider} {DRIVER}: cannot open shared object file: No such file or directory"),
                ["no NVIDIA driver", "nvidia-smi"],
            ),
            (
                format!(
                    "{tensorrt} libnvinfer.so.10: cannot open shared object file: No such file or directory"
                ),
                ["libnvinfer.so.10 was not found", "--device cuda"],
            ),
            (
                "CUDA failure 101: invalid device ordinal ; GPU=-1 ; hostname=h".into(),
                ["no GPU of this number", "nvidia-smi -L"],
            ),
            (
                "Invalid device ID: 9, must be between 0 (inclusive) and 1 (exclusive)".into(),
                ["no GPU of this number", "nvidia-smi -L"],
            ),
            (
                "CUDA failure 100: no CUDA-capable device is detected ; GPU=32767".into(),
                ["sees no GPU", "CUDA_VISIBLE_DEVICES"],
            ),
            (
                "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version".into(),
                ["driver is too old", "--cuda 12"],
            ),
            (
                format!(
                    "{provider} /c/libonnxruntime_providers_cuda.so: undefined symbol: cuTensorMapEncodeTiled"
                ),
                ["driver is too old", "--cuda 12"],
            ),
            ("CUDA failure 2: out of memory ; GPU=0".into(), ["no memory left", "nvidia-smi"]),
            (
                format!("{provider} /c/libcudnn.so.9: undefined symbol: cudnnFoo, version libcudnn.so.9"),
                ["do not fit together", "scripts/setup-gpu"],
            ),
            ("CUDNN failure 5003: CUDNN_STATUS_EXECUTION_FAILED".into(), ["it failed", "--check"]),
        ] {
            let told = told(&text);
            assert!(words.iter().all(|word| told.contains(word)), "{text}: {told}");
        }
    }

    #[test]
    fn an_error_of_the_model_is_not_taken_for_the_devices() {
        for text in ["Load model from x.onnx failed: Protobuf parsing failed.", "Invalid rank for input"] {
            assert_eq!(told(text), "not about the device");
        }
    }

    #[test]
    fn a_library_without_the_provider_is_told_before_the_driver_is_asked_for() {
        let library = testing::runtime().library().to_path_buf();
        let foreseen = |device| DeviceFault::foresee(device, &library, || panic!("asked for a driver"));
        assert!(foreseen(Device::Cpu).is_ok());
        for device in [Device::Cuda(0), Device::TensorRt(0)] {
            let told = foreseen(device).unwrap_err().to_string();
            assert!(told.contains("scripts/setup-gpu"), "{told}");
            assert!(told.contains(Path::new(&library).to_str().unwrap()), "{told}");
        }
    }
}

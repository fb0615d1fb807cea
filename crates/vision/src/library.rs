//! Finding the ONNX Runtime library, and telling a broken one before the linker maps it.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::cache;

/// A library file that was found, and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Library {
    pub(crate) path: PathBuf,
    pub(crate) origin: &'static str,
}

const VARIABLES: [(&str, &str); 2] = [
    ("FOOTFALL_ONNXRUNTIME", "named by FOOTFALL_ONNXRUNTIME"),
    ("ORT_DYLIB_PATH", "named by ORT_DYLIB_PATH"),
];

/// Where below the cache `scripts/setup-gpu` puts what it set up last.
const GPU: &str = "onnxruntime-gpu/current/lib";

/// What the CUDA provider needs, each before those that need it. Theirs is the folder of ONNX Runtime itself.
const CUDA_LIBRARIES: [&str; 8] =
    ["cudart", "nvrtc-builtins", "nvrtc", "cublasLt", "cublas", "curand", "cufft", "cudnn"];

/// The library to load: the configured one, else the one that `FOOTFALL_ONNXRUNTIME` or
/// `ORT_DYLIB_PATH` names, else the one for GPUs in the cache where one is `for_gpu`, else the newest version
/// for the CPU there.
///
/// One that is named but missing is returned all the same: loading it fails with its name.
///
/// # Errors
/// When none is named and there is none in the cache.
pub(crate) fn find(
    configured: Option<&Path>,
    for_gpu: bool,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Library, Error> {
    if let Some(path) = configured {
        return Ok(Library { path: path.to_path_buf(), origin: "named by the configuration" });
    }
    for (name, origin) in VARIABLES {
        if let Some(path) = variable(name).filter(|value| !value.is_empty()) {
            return Ok(Library { path: path.into(), origin });
        }
    }
    let cache = cache::folder_by(&variable);
    let gpu = cache.as_ref().map(|folder| folder.join(GPU).join(file_name()));
    if let Some(path) = gpu.filter(|path| for_gpu && path.is_file()) {
        return Ok(Library { path, origin: "in Footfall's cache" });
    }
    let versions = cache.map(|folder| folder.join("onnxruntime"));
    if let Some(path) = versions.as_deref().and_then(newest) {
        return Ok(Library { path, origin: "in Footfall's cache" });
    }
    let cached = versions.map_or_else(
        || "the cache (neither FOOTFALL_CACHE nor HOME is set)".to_owned(),
        |folder| folder.join("VERSION/lib").join(file_name()).display().to_string(),
    );
    Err(Error::NoRuntime {
        places: format!("$FOOTFALL_ONNXRUNTIME (not set), $ORT_DYLIB_PATH (not set) and {cached}"),
    })
}

fn file_name() -> String {
    format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}")
}

/// The library of the highest version in `versions/VERSION/lib/`.
fn newest(versions: &Path) -> Option<PathBuf> {
    let libraries = fs::read_dir(versions).ok()?.flatten().filter_map(|entry| {
        let path = entry.path().join("lib").join(file_name());
        let numbers =
            entry.file_name().to_str()?.split('.').map(|n| n.parse().ok()).collect::<Option<Vec<u32>>>()?;
        path.is_file().then_some((numbers, path))
    });
    libraries.max().map(|(_, path)| path)
}

/// Loads the CUDA libraries that lie beside ONNX Runtime, where there are any: the linker would look for them
/// on the system alone, and takes those that a process has loaded before.
///
/// One that cannot be loaded is left to the provider, whose error names it.
pub(crate) fn load_cuda_beside(library: &Path) {
    let Some(Ok(entries)) = library.parent().map(fs::read_dir) else { return };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for name in CUDA_LIBRARIES {
        let prefix = format!("{DLL_PREFIX}{name}{DLL_SUFFIX}");
        let is_it = |path: &&PathBuf| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&prefix))
        };
        for path in files.iter().filter(is_it) {
            let outcome = check_whole(path).map_err(|error| error.to_string());
            let outcome =
                outcome.and_then(|()| ort::util::preload_dylib(path).map_err(|error| error.to_string()));
            if let Err(error) = outcome {
                tracing::warn!("{} cannot be loaded: {error}", path.display());
            }
        }
    }
}

/// Refuses what cannot be a whole library.
///
/// The dynamic linker maps a file that was cut short without complaint, and the process then dies
/// of SIGBUS: an ELF file says where its section table lies, at its end, which tells.
///
/// # Errors
/// When the file cannot be read or ends too early.
pub(crate) fn check_whole(path: &Path) -> io::Result<()> {
    let mut header = [0; 64];
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    file.read_exact(&mut header).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(source.kind(), "it is too short to be a library"),
        _ => source,
    })?;
    match elf64_length(&header) {
        Some(expected) if expected > length => {
            let reason = format!("it was cut short: {length} bytes of at least {expected}");
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason))
        }
        _ => Ok(()),
    }
}

/// Where the section table of a little-endian 64-bit ELF file ends; `None` for other files.
fn elf64_length(header: &[u8; 64]) -> Option<u64> {
    let at = |start: usize, size: usize| {
        header[start..start + size].iter().rev().fold(0_u64, |value, &byte| value << 8 | u64::from(byte))
    };
    let (table_offset, entry_size, entries) = (at(0x28, 8), at(0x3a, 2), at(0x3c, 2));
    let is_elf64 = header.starts_with(b"\x7fELF\x02\x01");
    is_elf64.then(|| table_offset.saturating_add(entry_size * entries))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Library, check_whole, file_name, find};
    use crate::{Error, testing};

    fn found(configured: Option<&str>, set: &[(&str, &str)]) -> Result<Library, Error> {
        find(configured.map(Path::new), false, |name| {
            set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_nearest_name_wins() {
        let both = [("FOOTFALL_ONNXRUNTIME", "/a.so"), ("ORT_DYLIB_PATH", "/b.so")];
        assert_eq!(found(Some("/c.so"), &both).unwrap().path, Path::new("/c.so"));
        assert_eq!(found(None, &both).unwrap().path, Path::new("/a.so"));
        assert_eq!(found(None, &[("FOOTFALL_ONNXRUNTIME", ""), both[1]]).unwrap().path, Path::new("/b.so"));
    }

    #[test]
    fn the_newest_in_the_cache_is_taken() {
        let cache = tempfile::tempdir().unwrap();
        let set = [("FOOTFALL_CACHE", cache.path().to_str().unwrap())];
        let error = found(None, &set).unwrap_err().to_string();
        assert!(error.contains(set[0].1) && error.contains("scripts/setup"), "{error}");
        for version in ["1.9.0", "1.31.1", "1.4.2", "backup"] {
            let folder = cache.path().join("onnxruntime").join(version).join("lib");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(file_name()), "").unwrap();
        }
        // Versions without a library do not count.
        std::fs::create_dir_all(cache.path().join("onnxruntime/2.0.0/lib")).unwrap();
        let path = found(None, &set).unwrap().path;
        assert!(path.ends_with(Path::new("1.31.1/lib").join(file_name())), "{}", path.display());
    }

    #[test]
    fn the_one_for_gpus_is_taken_where_a_gpu_is_asked_for() {
        let cache = tempfile::tempdir().unwrap();
        let put = |folder: &str| {
            let folder = cache.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(file_name()), "").unwrap();
        };
        let found = |for_gpu| {
            find(None, for_gpu, |name| (name == "FOOTFALL_CACHE").then(|| cache.path().into())).unwrap().path
        };
        put("onnxruntime/1.31.1/lib");
        let cpu = found(false);
        assert_eq!(found(true), cpu, "there is no other");
        put("onnxruntime-gpu/current/lib");
        assert_eq!(found(true), cache.path().join("onnxruntime-gpu/current/lib").join(file_name()));
        assert_eq!(found(false), cpu);
    }

    #[test]
    fn a_library_that_was_cut_short_is_told_from_a_whole_one() {
        let library = testing::runtime().library().to_path_buf();
        check_whole(&library).unwrap();
        let bytes = std::fs::read(&library).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 63, 64, 4096, bytes.len() - 1] {
            let cut = folder.path().join("cut.so");
            std::fs::write(&cut, &bytes[..length]).unwrap();
            assert!(check_whole(&cut).is_err(), "{length} bytes");
        }
    }
}

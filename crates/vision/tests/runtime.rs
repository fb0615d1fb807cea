//! Loading the runtime library: a process has one, so what is refused is tried before what works.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers panic to fail")]

use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use footfall_vision::{Error, Runtime, RuntimeConfig};

/// A library that says it is ONNX Runtime 1.10.
const OLD: &str = r#"
struct base { const void *(*get_api)(unsigned); const char *(*get_version)(void); };
static const void *get_api(unsigned version) { return 0; }
static const char *get_version(void) { return "1.10.0"; }
static const struct base base = { get_api, get_version };
const struct base *OrtGetApiBase(void) { return &base; }
"#;

fn compile(folder: &Path, name: &str, source: &str) -> PathBuf {
    let (code, library) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.so")));
    fs::write(&code, source).unwrap();
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&code).status();
    assert!(status.expect("cc links Rust programs, so it is here").success());
    library
}

fn load(library: &Path) -> Result<Runtime, Error> {
    Runtime::load(&RuntimeConfig { library: Some(library.to_path_buf()), ..RuntimeConfig::default() })
}

/// All that lies behind an error.
fn causes(error: &Error) -> String {
    let chain = std::iter::successors(error.source(), |&cause| cause.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn what_is_no_runtime_is_refused_and_the_real_one_loads_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    fs::write(&text, "a text, long enough to hold all of the header that a library starts with").unwrap();
    let empty = folder.path().join("empty.so");
    fs::write(&empty, "").unwrap();
    let missing = folder.path().join("missing.so");
    let other = compile(folder.path(), "other", "int answer(void) { return 42; }");
    let old = compile(folder.path(), "old", OLD);
    let cut = folder.path().join("cut.so");
    fs::write(&cut, &fs::read(&other).unwrap()[..4096]).unwrap();

    for (path, reason) in [
        (&text, "invalid ELF header"),
        (&empty, "too short"),
        (&missing, "No such file"),
        (&other, "OrtGetApiBase"),
        (&old, "1.10.0"),
        (&cut, "cut short"),
        (&folder.path().to_path_buf(), "not a file"),
    ] {
        let error = load(path).err().unwrap_or_else(|| panic!("{} was loaded", path.display()));
        let message = error.to_string();
        assert!(message.contains(path.to_str().unwrap()) && message.contains("scripts/setup"), "{message}");
        assert!(causes(&error).contains(reason), "{error:?}");
    }

    let runtime = Runtime::load(&RuntimeConfig::default()).expect("run scripts/setup");
    assert_eq!(load(runtime.library()).expect("the same again").library(), runtime.library());
    assert!(matches!(load(&other), Err(Error::SecondRuntime { .. })));
}

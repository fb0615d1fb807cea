//! What `footfall version` says of the build: the compiler, the machine it was built for, and the commit.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=FOOTFALL_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=FOOTFALL_TARGET={}", env::var("TARGET").unwrap_or_default());
    let compiler = env::var("RUSTC").ok().and_then(|rustc| said(&rustc, &["--version"]));
    println!("cargo::rustc-env=FOOTFALL_RUSTC={}", compiler.unwrap_or_default());
    println!("cargo::rustc-env=FOOTFALL_COMMIT={}", commit().unwrap_or_default());
}

/// The commit, of builds for use: builds for tests would be made anew with every commit.
fn commit() -> Option<String> {
    let given = env::var("FOOTFALL_COMMIT").ok().filter(|given| !given.is_empty());
    if given.is_some() || env::var("PROFILE").as_deref() != Ok("release") {
        return given;
    }
    // Of this repository alone: the sources may have been unpacked below another one.
    let here = env::var("CARGO_MANIFEST_DIR").ok()?;
    let git = |words: &[&str]| said("git", &[&["-C", &here], words].concat());
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if std::fs::canonicalize(top).ok()? != std::fs::canonicalize(&here).ok()? {
        return None;
    }
    // Every commit and every change of branch is written down there.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "HEAD"])
}

/// The one line that a command says.
fn said(command: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(command).args(words).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

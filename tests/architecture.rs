//! The house: which crate may know what.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

#[path = "architecture/rooms.rs"]
mod rooms;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The names under `[dependencies]` of a crate's manifest.
fn dependencies(name: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(name).join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

fn knows(name: &str, allowed: &[&str]) {
    let allowed: BTreeSet<_> = allowed.iter().map(ToString::to_string).collect();
    let unknown: Vec<_> = dependencies(name).difference(&allowed).cloned().collect();
    assert!(unknown.is_empty(), "crates/{name} must not depend on {unknown:?}");
}

#[test]
fn the_pure_crates_know_nothing_of_the_world() {
    knows("track", &["serde", "thiserror"]);
    knows("count", &["footfall-track", "serde", "thiserror"]);
    knows("audit", &["serde", "statrs"]);
    let own = ["footfall-audit", "footfall-private", "footfall-scratch"];
    knows("evidence", &[&own[..], &["chacha20poly1305", "serde", "serde_json", "thiserror"]].concat());
    knows("eval", &["footfall-count", "footfall-track", "lsap", "ndarray", "serde", "thiserror"]);
}

/// Whoever installs the Python package gets neither OpenCV nor ONNX Runtime.
#[test]
fn the_python_package_needs_no_more_than_the_pure_crates_and_files() {
    let own = ["footfall-count", "footfall-eval", "footfall-formats", "footfall-track"];
    let scoring = [&own[..3], &["anyhow", "serde", "serde_json"]].concat();
    knows("scoring", &scoring);
    knows("python", &[&own[..], &["footfall-scoring", "numpy", "pyo3", "serde", "serde_json"]].concat());
}

/// What can be published names the versions of what it needs, not their places alone.
#[test]
fn the_crates_to_be_published_name_versions() {
    let manifest: toml::Table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let (package, all) = (&manifest["workspace"]["package"], &manifest["workspace"]["dependencies"]);
    for name in ["track", "count", "eval"] {
        for needed in dependencies(name).iter().chain([&format!("footfall-{name}")]) {
            let version = all[needed].get("version").or(Some(&all[needed])).and_then(toml::Value::as_str);
            assert!(version.is_some(), "{name} needs {needed}, of no version");
            let is_own = needed.starts_with("footfall-");
            assert!(!is_own || version == package["version"].as_str(), "{needed} is of another version");
        }
    }
}

/// Whoever makes a network finds every key that is read from its file.
#[test]
fn the_keys_of_networks_are_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = fs::read_to_string(root.join("crates/vision/src/metadata.rs")).unwrap();
    let page = fs::read_to_string(root.join("docs/networks.md")).unwrap();
    // Each is a line of its own in the list of all of them.
    let lines = code.lines().map(str::trim);
    let keys: BTreeSet<&str> = lines.filter_map(|line| line.strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(keys.len() > 20);
    for key in keys {
        assert!(page.contains(&format!("| `{key}` |")), "docs/networks.md lacks {key}");
    }
}

#[test]
fn only_vision_knows_onnx_only_video_opencv_and_only_ledger_sqlite() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "app" {
            continue;
        }
        let dependencies = dependencies(&name);
        assert_eq!(dependencies.contains("ort"), name == "vision", "{name}");
        assert_eq!(dependencies.contains("opencv"), name == "video", "{name}");
        let knows_the_run =
            dependencies.contains("footfall-pipeline") || dependencies.contains("footfall-ledger");
        let is_office = name == "office" || name == "archive";
        assert_eq!(dependencies.contains("tokio-postgres"), is_office, "{name}");
        assert!(!is_office || !knows_the_run, "{name} hears of what was counted by what it is told");
        assert!(name != "serve" || !knows_the_run, "what serve shows comes through its ports");
        assert_eq!(dependencies.contains("rusqlite"), name == "ledger", "{name}");
    }
}

/// What is measured on a host that has a GPU and nothing else is built without OpenCV.
#[test]
fn the_benches_need_no_more_than_the_networks() {
    knows(
        "bench",
        &[
            "clap",
            "footfall-count",
            "footfall-pipeline",
            "footfall-scratch",
            "footfall-track",
            "footfall-vision",
            "serde",
            "serde_json",
            "thiserror",
        ],
    );
    let own = ["footfall-pipeline", "footfall-scratch", "footfall-track", "fast_image_resize", "ort"];
    knows("vision", &[&own[..], &["half", "serde", "serde_json", "thiserror", "toml", "tracing"]].concat());
    knows("scratch", &["tempfile"]);
}

/// Words that would bring the world into a pure crate without a dependency.
#[test]
fn the_pure_crates_do_no_io() {
    let words = [
        "std::fs",
        "std::io",
        "std::net",
        "std::thread",
        "std::env",
        "Instant",
        "SystemTime",
        "HashMap",
        "thread_local",
    ];
    for name in ["track", "count", "eval", "audit"] {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(name).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                for line in code {
                    let found = words.iter().find(|word| line.contains(*word));
                    assert!(found.is_none(), "{}: {line}", path.display());
                }
            }
        }
    }
}

/// No file of the program imports another one that leads back to it, and no room does.
#[test]
fn the_program_has_no_circle_of_imports() {
    let imports = rooms::imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/app"));
    assert!(imports.len() > 80 && imports.values().map(BTreeSet::len).sum::<usize>() > 100);
    assert_eq!(rooms::circles(&imports), Vec::<BTreeSet<_>>::new(), "files");
    let mut between: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in &imports {
        let Some(room) = from.first() else { continue };
        between.entry(room).or_default().extend(to.iter().map(|to| to[0].as_str()).filter(|to| to != room));
    }
    assert_eq!(rooms::circles(&between), Vec::<BTreeSet<_>>::new(), "rooms");
    assert_eq!(between["cli"], BTreeSet::new(), "arguments know nothing of what is done with them");
    let commands = between.iter().filter(|(_, to)| to.contains("commands"));
    assert_eq!(commands.count(), 0, "nothing below imports a command");
}

/// No file of what lies next below imports another one that leads back to it.
#[test]
fn the_crates_below_the_program_have_no_circle_of_imports() {
    for name in ["archive", "config", "office", "scoring", "site"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(name).join("src");
        let imports = rooms::imports(&folder);
        assert!(imports.len() > 5, "{name}");
        assert_eq!(rooms::circles(&imports), Vec::<BTreeSet<_>>::new(), "{name}");
    }
}

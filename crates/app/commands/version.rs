//! `footfall version`: which program this is, and what it works with.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

use footfall_vision::{Runtime, RuntimeConfig, cache};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cli::VersionArgs;
use footfall_config::models::{DETECTORS, EMBEDDER};

/// Which program this is.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    #[serde(rename = "version")]
    number: &'static str,
    /// Of the sources, where it was built from a repository for use.
    commit: Option<&'static str>,
    target: &'static str,
    rustc: &'static str,
    /// The version of the ledger's tables that it writes.
    ledger: u32,
    networks: Vec<Network>,
    libraries: BTreeMap<String, String>,
}

/// A network that is there to be used.
#[derive(Debug, Serialize)]
struct Network {
    role: &'static str,
    file: String,
    sha256: String,
}

/// Tells on stdout.
pub(crate) fn run(args: &VersionArgs) -> anyhow::Result<()> {
    let version = Version::find();
    let text = if args.json { serde_json::to_string_pretty(&version)? + "\n" } else { version.for_people() };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

impl Version {
    /// Looks at the networks, and asks the libraries.
    pub(crate) fn find() -> Self {
        let known = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        Self {
            number: env!("CARGO_PKG_VERSION"),
            commit: known(env!("FOOTFALL_COMMIT")),
            target: env!("FOOTFALL_TARGET"),
            rustc: env!("FOOTFALL_RUSTC"),
            ledger: footfall_ledger::TABLES,
            networks: networks(),
            libraries: libraries(),
        }
    }

    /// The program and its networks, each with what it is: for a report.
    pub(crate) fn about(&self) -> Vec<(String, String)> {
        let commit = self.commit.map_or_else(String::new, |commit| format!(" ({commit})"));
        let program = ("Program".to_owned(), format!("footfall {}{commit}", self.number));
        let network = |network: &Network| {
            (format!("Network ({})", network.role), format!("{} {}", network.file, network.sha256))
        };
        std::iter::once(program).chain(self.networks.iter().map(network)).collect()
    }

    fn for_people(&self) -> String {
        let commit = self.commit.map_or_else(String::new, |commit| format!(" ({commit})"));
        let mut lines = vec![
            format!("footfall {}{commit}", self.number),
            format!("  built for {} by {}", self.target, self.rustc),
            format!("  ledger version {}", self.ledger),
        ];
        lines.extend(self.libraries.iter().map(|(name, version)| format!("  {name} {version}")));
        let network = |network: &Network| format!("  {} {}  {}", network.role, network.file, network.sha256);
        lines.extend(self.networks.iter().map(network));
        lines.join("\n") + "\n"
    }
}

/// The one in the program, and set-up's as far as they are there.
fn networks() -> Vec<Network> {
    let (name, bytes) = EMBEDDER;
    let embedder = Network { role: "embedder", file: name.to_owned(), sha256: hex(&Sha256::digest(bytes)) };
    let detectors = DETECTORS.into_iter().filter_map(|name| {
        let sha256 = sha256(&cache::model(name)?).ok()?;
        Some(Network { role: "detector", file: name.to_owned(), sha256 })
    });
    [embedder].into_iter().chain(detectors).collect()
}

fn sha256(file: &Path) -> io::Result<String> {
    Ok(hex(&Sha256::digest(fs::read(file)?)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn libraries() -> BTreeMap<String, String> {
    let video = footfall_video::versions();
    let runtime = match Runtime::load(&RuntimeConfig::default()) {
        Ok(runtime) => runtime.version(),
        Err(_) => "not found (footfall doctor says why)".to_owned(),
    };
    let own = [
        ("ONNX Runtime".to_owned(), runtime),
        ("OpenCV".to_owned(), video.opencv),
        ("SQLite".to_owned(), footfall_ledger::sqlite_version().to_owned()),
    ];
    own.into_iter().chain(video.ffmpeg).collect()
}

//! A head office of the real program, and a shop with a live camera.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "a module of test binaries")]

#[path = "../../crates/office/tests/office/servers.rs"]
pub mod servers;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use servers::{Hub, Postgres, Running, free_port};

use super::common::camera::Camera;
use super::common::{Ended, footfall};

/// What `footfall office ARGUMENTS` writes.
pub fn office(arguments: &[&str]) -> String {
    Ended::from(footfall().arg("office").args(arguments).output().unwrap()).success().stdout
}

/// Prepares an office in `folder`, with `extra` in its configuration, and starts its hub.
pub fn prepare(folder: &Path, postgres: &Postgres, extra: &str) -> Hub {
    let port = free_port();
    office(&["prepare", folder.to_str().unwrap(), "--listen", &format!("127.0.0.1:{port}")]);
    let config = folder.join("office.toml");
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace("host=/run/postgresql dbname=footfall", &postgres.url());
    fs::write(&config, text.replace("127.0.0.1:8080", "127.0.0.1:0") + extra).unwrap();
    Hub::configured(port, Some(folder.join("hub.conf")))
}

/// Puts a shop into the roll of the office in `folder`; gives what the shop is to write into its configuration.
pub fn enrol(folder: &Path, hub: &Hub, name: &str) -> String {
    let (key, config) = (folder.join(format!("{name}.key")), folder.join("office.toml"));
    let told = office(&["enrol", name, "--key", key.to_str().unwrap(), "--config", config.to_str().unwrap()]);
    let entry = &told[told.find("[publish.office]").unwrap()..];
    let entry = &entry[..entry.find("\n\n").unwrap_or(entry.len())];
    let entry = entry.replace("tls://OFFICE:4222", &hub.url());
    entry.replace(&format!("\"{name}.key\""), &format!("\"{}\"", key.display()))
}

/// The configuration of a shop that counts at this camera, and is told where to publish.
pub fn camera_of(ledger: &Path, publish: &str, camera: &Camera) -> String {
    format!(
        "# the shop's own\n[ledger]\nfile = '{}'\n{publish}\n[[source]]\nname = \"front\"\nurl = \"{}\"\n[[source.line]]\n\
         name = \"door\" # of glass\nfrom = [384, 576]\nto = [384, 0]\n",
        ledger.display(),
        camera.address
    )
}

/// A shop that counts.
pub fn count(config: &Path) -> Running {
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--config"]).arg(config);
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

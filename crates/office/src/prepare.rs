//! A folder with all that an office and its hub need to be started.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use crate::signing::editing_key;
use crate::{OfficeError, Roll};

/// Where the hub says which process it is, beside the roll of shops.
const PID: &str = "hub.pid";

/// Writes `hub.conf` for nats-server, `office.toml`, the office's keys and an empty roll of shops into `folder`; gives
/// their paths. The hub is to listen at `listen`.
///
/// # Errors
/// When one of them is there already, or cannot be written.
pub fn prepare(folder: &Path, listen: SocketAddr) -> Result<Vec<PathBuf>, OfficeError> {
    let refused = |doing, path: &Path, source| OfficeError::File { doing, path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(|source| refused("make", folder, source))?;
    let folder = folder.canonicalize().map_err(|source| refused("find", folder, source))?;
    let at = |name: &str| folder.join(name);
    for name in ["hub.conf", "office.toml", "shops.conf", "office.key", "editing.key"] {
        if at(name).exists() {
            let path = at(name);
            return Err(OfficeError::Roll(format!(
                "{} is there already: name another folder",
                path.display()
            )));
        }
    }
    Roll::read(&at("shops.conf"), "office", "OFFICE")?.enrol_office(&at("office.key"))?;
    editing_key(&at("editing.key"))?;
    let quoted = |path: PathBuf| crate::keep::json(&path.to_string_lossy());
    let hub = format!(
        "\
# The hub: nats-server --config hub.conf
listen: \"{listen}\"
pid_file: {}
jetstream {{
  store_dir: {}
}}
authorization {{
  include \"shops.conf\"
}}
# Beyond this machine and a network that you trust, with a certificate; then shops say tls://HOST:PORT.
# tls {{
#   cert_file: \"hub.pem\"
#   key_file: \"hub.key\"
# }}
",
        quoted(at(PID)),
        quoted(at("hub"))
    );
    let office = format!(
        "\
[hub]
url = \"nats://127.0.0.1:{}\"
key = {{ file = {} }}
roll = \"shops.conf\"           # footfall office enrol SHOP
editing_key = \"editing.key\"   # shops know by it what was edited here

[database]
url = \"host=/run/postgresql dbname=footfall\" # or postgres://USER@HOST/DATABASE
# password = {{ env = \"OFFICE_DATABASE_PASSWORD\" }}

[serve]
address = \"127.0.0.1:8080\"    # wider than loopback with a token alone: footfall token NAME
",
        listen.port(),
        quoted(at("office.key"))
    );
    for (name, text) in [("hub.conf", hub), ("office.toml", office)] {
        let written = File::create_new(at(name)).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|source| refused("write", &at(name), source))?;
    }
    Ok(["hub.conf", "shops.conf", "office.key", "editing.key", "office.toml"].map(at).into())
}

/// Has the hub read the roll again, where it runs beside it; whether it does.
#[must_use]
pub fn reload(roll: &Path) -> bool {
    let read = || -> Option<()> {
        let pid = fs::read_to_string(roll.with_file_name(PID)).ok()?;
        let pid: i32 = pid.trim().parse().ok()?;
        // The number may be another program's by now.
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        if name.trim() != "nats-server" {
            return None;
        }
        kill_process(Pid::from_raw(pid)?, Signal::HUP).ok()
    };
    read().is_some()
}

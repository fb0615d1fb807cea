//! The files that a configuration names.

use std::path::{Path, PathBuf};

use footfall_serve::Secret;

use super::role::Role;
use super::{Given, ledger_files};
use crate::cli::AreaArgs;
use crate::config::Config;

/// Those of the configuration at `path`, and, of a run, those that it writes. None where it cannot be used: the
/// command itself says why.
pub(super) fn of(path: &Path, is_run: bool) -> Vec<Given> {
    let Ok(config) = Config::load(Some(path), &[], &AreaArgs::default()) else { return Vec::new() };
    let mut given = Vec::new();
    let mut add = |setting: &str, file: Option<PathBuf>, role| {
        let by = format!("{setting} of {}", path.display());
        given.extend(file.filter(|file| file != Path::new("-")).map(|file| Given { by, path: file, role }));
    };
    let Config { networks, source, staff, serve, ledger, outputs, publish, .. } = config;
    let passwords =
        publish.mqtt.map(|mqtt| mqtt.password).into_iter().chain(publish.nats.map(|nats| nats.password));
    let secrets = passwords.flatten().chain(publish.webhooks.into_iter().map(|hook| hook.secret));
    for secret in secrets {
        if let Secret::File { file } = secret {
            add("publish", Some(file), Role::Reads);
        }
    }
    add("networks.detector", networks.detector, Role::Reads);
    add("networks.embedder", networks.embedder, Role::Reads);
    add("networks.runtime", networks.runtime, Role::Reads);
    add("source.login_file", source.options.login_file, Role::Reads);
    for one in source.list {
        add("url", footfall_video::local_file(one.url.as_ref()), Role::Reads);
        add("reference", one.reference, Role::Reads);
        add("login_file", one.options.login_file, Role::Reads);
    }
    add("staff.gallery", staff.gallery, Role::Reads);
    if let Some(tls) = serve.tls {
        add("serve.tls.certificate", Some(tls.certificate), Role::Reads);
        add("serve.tls.key", Some(tls.key), Role::Reads);
    }
    for file in ledger.file.iter().flat_map(|file| ledger_files(file)) {
        add("ledger.file", Some(file), Role::Ledger);
    }
    if is_run {
        add("outputs.video", outputs.video, Role::Writes);
        add("outputs.tracks", outputs.tracks, Role::Writes);
        add("outputs.crossings", outputs.crossings, Role::Writes);
        add("outputs.detections", outputs.detections, Role::Writes);
        add("outputs.record", outputs.record, Role::Writes);
        add("outputs.summary", outputs.summary, Role::Writes);
    }
    given
}

/// Whether the option `option` takes the place of `setting` in the file.
pub(super) fn overrides(option: &str, setting: &str) -> bool {
    let of_option = match option {
        "--output" => "outputs.video of ",
        "--tracks" => "outputs.tracks of ",
        "--crossings" => "outputs.crossings of ",
        "--detections" => "outputs.detections of ",
        "--record" => "outputs.record of ",
        "--summary" => "outputs.summary of ",
        "--ledger" => "ledger.file of ",
        _ => return false,
    };
    setting.starts_with(of_option)
}

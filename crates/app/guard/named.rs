//! The files that a configuration names.

use std::ffi::OsStr;
use std::path::Path;

use footfall_private::Secret;

use super::role::Role;
use super::{Given, ledger_files};
use crate::cli::AreaArgs;
use crate::config::Config;

/// Those of the configuration at `path`, and, of a run, those that it writes. None where it cannot be used: the
/// command itself says why.
pub(super) fn of(path: &Path, is_run: bool) -> Vec<Given> {
    let Ok(config) = Config::load(Some(path), &[], &AreaArgs::default()) else { return Vec::new() };
    let mut given = Vec::new();
    let mut add = |setting: &str, file: Option<&Path>, role| {
        let by = format!("{setting} of {}", path.display());
        let file = file.filter(|file| *file != Path::new("-"));
        given.extend(file.map(|file| Given { by, path: file.to_owned(), role }));
    };
    let Config { networks, source, staff, serve, ledger, outputs, publish, .. } = config;
    let passwords =
        publish.mqtt.iter().map(|mqtt| &mqtt.password).chain(publish.nats.iter().map(|nats| &nats.password));
    let secrets = passwords.flatten().chain(publish.webhooks.iter().map(|hook| &hook.secret));
    for secret in secrets {
        if let Secret::File { file } = secret {
            add("publish", Some(file), Role::Reads);
        }
    }
    add("networks.detector", networks.detector.as_deref(), Role::Reads);
    add("networks.embedder", networks.embedder.as_deref(), Role::Reads);
    add("networks.runtime", networks.runtime.as_deref(), Role::Reads);
    add("source.login_file", source.options.login_file.as_deref(), Role::Reads);
    for one in &source.list {
        add("url", footfall_video::local_file(OsStr::new(one.url.reveal())).as_deref(), Role::Reads);
        add("reference", one.reference.as_deref(), Role::Reads);
        add("login_file", one.options.login_file.as_deref(), Role::Reads);
    }
    add("staff.gallery", staff.gallery.as_deref(), Role::Reads);
    if let Some(tls) = &serve.tls {
        add("serve.tls.certificate", Some(&tls.certificate), Role::Reads);
        add("serve.tls.key", Some(&tls.key), Role::Reads);
    }
    for file in ledger.file.iter().flat_map(|file| ledger_files(file)) {
        add("ledger.file", Some(&file), Role::Ledger);
    }
    if is_run {
        add("outputs.video", outputs.video.as_deref(), Role::Writes);
        add("outputs.tracks", outputs.tracks.as_deref(), Role::Writes);
        add("outputs.crossings", outputs.crossings.as_deref(), Role::Writes);
        add("outputs.detections", outputs.detections.as_deref(), Role::Writes);
        add("outputs.record", outputs.record.as_deref(), Role::Writes);
        add("outputs.summary", outputs.summary.as_deref(), Role::Writes);
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

//! The files that a configuration names.

use std::ffi::OsStr;
use std::path::Path;

use footfall_config::{Config, Outputs};
use footfall_private::Secret;

use super::role::Role;
use super::{Given, ledger_files};

/// What the configuration at `path` has a command read and keep. None where it cannot be used: the command itself
/// says why.
pub(super) fn in_file(path: &Path) -> Vec<Given> {
    let config = Config::load(Some(path));
    config.map_or_else(|_| Vec::new(), |config| of(&config, &format!(" of {}", path.display())))
}

/// What a run by `config` reads and keeps; `by_file` is said after each setting.
pub(super) fn of(config: &Config, by_file: &str) -> Vec<Given> {
    let mut given = Vec::new();
    let mut add = |setting: &str, file: Option<&Path>, role| {
        given.extend(one(setting, file, role).map(|one| Given { by: one.by + by_file, ..one }));
    };
    let Config { networks, source, staff, serve, ledger, publish, .. } = config;
    let passwords = publish
        .mqtt
        .iter()
        .map(|mqtt| &mqtt.password)
        .chain(publish.nats.iter().map(|nats| &nats.password))
        .chain(publish.mail.iter().map(|mail| &mail.password));
    let secrets = passwords.flatten().chain(publish.webhooks.iter().map(|hook| &hook.secret));
    for secret in secrets {
        if let Secret::File { file } = secret {
            add("publish", Some(file), Role::Reads);
        }
    }
    for (key, network) in [
        ("networks.detector", networks.detector.as_deref()),
        ("networks.embedder", networks.embedder.as_deref()),
    ] {
        add(key, network, Role::Reads);
        // What is said of it stands there, or may.
        add(key, network.map(footfall_vision::beside).as_deref(), Role::Reads);
    }
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
    given
}

/// What is written of one source.
pub(super) fn of_each(outputs: &Outputs) -> Vec<Given> {
    let Outputs { video, tracks, detections, record, crossings: _, summary: _ } = outputs;
    let files = [
        ("outputs.video", video),
        ("outputs.tracks", tracks),
        ("outputs.detections", detections),
        ("outputs.record", record),
    ];
    files.into_iter().filter_map(|(setting, file)| one(setting, file.as_deref(), Role::Writes)).collect()
}

/// What is written of all sources.
pub(super) fn shared(outputs: &Outputs) -> Vec<Given> {
    let files = [("outputs.crossings", &outputs.crossings), ("outputs.summary", &outputs.summary)];
    files.into_iter().filter_map(|(setting, file)| one(setting, file.as_deref(), Role::Writes)).collect()
}

/// A file by its setting; `-` is none.
fn one(setting: &str, file: Option<&Path>, role: Role) -> Option<Given> {
    let path = file.filter(|file| *file != Path::new("-"))?.to_owned();
    Some(Given { by: setting.to_owned(), path, role })
}

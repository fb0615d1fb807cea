//! Settings that are changed on the page, in the configuration file: everything else in it stays.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use footfall_formats::PartialFile;
use footfall_serve::{
    AlertConfig, Change, Role, ServeError, Settings, SetupError, SourceSetting, StaffSetting, TokenConfig,
};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::save::{is_empty, name, set};
use super::state::shown_name;
use crate::cli::AreaArgs;
use crate::config::{Config, told_of_edit};
use crate::staff::Gallery;

/// What a source may be that is added on the page: no file, which would be one of this machine.
const SCHEMES: [&str; 4] = ["rtsp", "rtsps", "http", "https"];

/// The settings in the file at `path`, of a run that counts the sources called `running` and tells `alerts`.
pub(super) fn settings(
    path: &Path,
    gallery: &Path,
    running: &[String],
    alerts: &[AlertConfig],
) -> Result<Settings, SetupError> {
    let config = Config::load(Some(path), &[], &AreaArgs::default()).map_err(failed)?;
    let staff =
        if gallery.exists() { Gallery::read(gallery).map_err(failed)?.enrolled() } else { Vec::new() };
    let sources = config.source.list.iter().map(|entry| SourceSetting {
        name: shown_name(&entry.name),
        address: if entry.url.reveal().contains("://") {
            entry.url.clone()
        } else {
            shown_name(entry.url.reveal()).into()
        },
        is_running: running.contains(&entry.name),
    });
    let of_file: BTreeSet<_> = config.source.list.iter().map(|entry| &entry.name).collect();
    // What is named where the run was started is none of the file's business.
    let other_sources = !of_file.is_empty() && running.iter().collect::<BTreeSet<_>>() != of_file;
    let needs_restart = other_sources || config.publish.alerts != alerts;
    let sources = sources.collect();
    let tokens = config.serve.tokens.iter().map(|token| (token.name.clone(), token.role)).collect();
    let staff =
        staff.into_iter().map(|(name, since, expires)| StaffSetting { name, since, expires }).collect();
    Ok(Settings { sources, tokens, staff, alerts: config.publish.alerts, needs_restart })
}

/// Makes a change of sources or tokens in the file at `path`.
pub(super) fn change(path: &Path, change: &Change) -> Result<(), SetupError> {
    let text = std::fs::read_to_string(path).map_err(|error| SetupError::Save { source: error.into() })?;
    write(path, &changed(&text, change)?)
}

/// Says in the file at `path` where staff are enrolled, if it does not yet: beside it.
pub(super) fn gallery(path: &Path) -> Result<PathBuf, SetupError> {
    let config = Config::load(Some(path), &[], &AreaArgs::default()).map_err(failed)?;
    if let Some(gallery) = config.staff.gallery {
        return Ok(gallery.to_path_buf());
    }
    let text = std::fs::read_to_string(path).map_err(|error| SetupError::Save { source: error.into() })?;
    let mut document = parsed(&text)?;
    table(document.as_table_mut(), "staff")?.insert("gallery", value(GALLERY));
    write(path, &document.to_string())?;
    Ok(path.with_file_name(GALLERY))
}

/// Where staff are enrolled when nothing else is said.
pub(super) const GALLERY: &str = "staff.json";

fn write(path: &Path, text: &str) -> Result<(), SetupError> {
    let save = || -> anyhow::Result<()> {
        let mut file = PartialFile::create_private(path)?;
        file.put(text.as_bytes())?;
        Ok(file.finish()?)
    };
    save().map_err(failed)
}

/// The configuration in `text` with this change, if that can be used.
fn changed(text: &str, change: &Change) -> Result<String, SetupError> {
    let mut document = parsed(text)?;
    match change {
        Change::AddSource { name, address } => add_source(&mut document, name, address.reveal())?,
        Change::MoveSource { name, address } => {
            let source = find(sources(&mut document)?, name, "source")?;
            let before = source.get("url").and_then(Item::as_str).unwrap_or_default();
            let next = with_login(checked(address.reveal())?, before)?;
            set(source, "url", value(next));
        }
        Change::RemoveSource { name } => {
            let sources = sources(&mut document)?;
            let index = place(sources, name, "source")?;
            if sources.len() == 1 {
                return refused("it is the only source: nothing would be counted");
            }
            sources.remove(index);
        }
        Change::AddToken(token) => add_token(&mut document, token)?,
        Change::RemoveToken { name } => {
            let tokens = tokens(&mut document)?;
            let index = place(tokens, name, "token")?;
            tokens.remove(index);
        }
        Change::AddAlert(alert) => {
            let text = toml::to_string(alert).map_err(|error| failed(error.into()))?;
            alerts(&mut document)?.push(parsed(&text)?.as_table().clone());
        }
        Change::RemoveAlert { name } => {
            let alerts = alerts(&mut document)?;
            let index = place(alerts, name, "alert")?;
            alerts.remove(index);
        }
        Change::Enrol { .. } | Change::Forget { .. } => return refused("staff have a file of their own"),
    }
    let text = document.to_string();
    check(&text)?;
    Ok(text)
}

/// Refuses a configuration that the program would not begin with, and one that locks its owner out.
fn check(text: &str) -> Result<(), SetupError> {
    let config =
        Config::parse(text).map_err(|error| SetupError::Invalid { problem: format!("{error:#}") })?;
    let mut names = BTreeSet::new();
    if let Some(twice) = config.source.list.iter().find(|source| !names.insert(shown_name(&source.name))) {
        return refused(&format!("there is a source called \"{}\" already", twice.name));
    }
    let tokens = &config.serve.tokens;
    let mut names = BTreeSet::new();
    if let Some(twice) = tokens.iter().find(|token| !names.insert(&token.name)) {
        return refused(&format!("there is a token called \"{}\" already", twice.name));
    }
    if !tokens.is_empty() && tokens.iter().all(|token| token.role < Role::Change) {
        return refused(
            "without a token that may change things nobody could change anything here any more: make that first",
        );
    }
    let invalid = |error: ServeError| SetupError::Invalid { problem: error.to_string() };
    config.publish.check().map_err(invalid)?;
    config.serve.check().map_err(invalid)
}

fn add_source(document: &mut DocumentMut, name: &str, address: &str) -> Result<(), SetupError> {
    let of_all = ["line", "zone", "mask"];
    let inherited: Vec<_> =
        of_all.into_iter().filter(|kind| document.get(kind).is_some_and(|item| !is_empty(item))).collect();
    let mut table = Table::new();
    table.insert("name", value(name));
    table.insert("url", value(checked(address)?));
    // What is drawn over the others' pictures is not where it belongs on this one's.
    for kind in inherited {
        table.insert(kind, value(Array::new()));
    }
    sources(document)?.push(table);
    Ok(())
}

fn add_token(document: &mut DocumentMut, token: &TokenConfig) -> Result<(), SetupError> {
    let mut table = Table::new();
    table.insert("name", value(&token.name));
    table.insert("role", value(token.role.to_string()));
    table.insert("sha256", value(&token.sha256));
    tokens(document)?.push(table);
    Ok(())
}

/// An address that may come from the page.
fn checked(address: &str) -> Result<&str, SetupError> {
    let address = address.trim();
    let is_address = address.split_once("://").is_some_and(|(scheme, rest)| {
        SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) && !rest.is_empty()
    });
    let is_number = !address.is_empty() && address.len() < 4 && address.bytes().all(|b| b.is_ascii_digit());
    if address.chars().any(|c| c.is_control() || c.is_whitespace()) || !(is_address || is_number) {
        return refused(
            "an address begins with rtsp://, rtsps://, http:// or https://, or is a camera's number, as 0",
        );
    }
    Ok(address)
}

/// The address with the login of the one before where it says `***`, if it is the same machine's: a password is told
/// to nobody else.
fn with_login(address: &str, before: &str) -> Result<String, SetupError> {
    let Some((scheme, rest)) = address.split_once("://***@") else {
        if address.contains("***") {
            return refused("write out what *** stands for");
        }
        return Ok(address.to_owned());
    };
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    match before.split_once("://").and_then(|(_, old)| old.rsplit_once('@')) {
        Some((login, old)) if host(old) == host(rest) && !rest.contains("***") => {
            Ok(format!("{scheme}://{login}@{rest}"))
        }
        _ => refused(
            "for another machine, or another part of the address that is hidden, write the user and password anew",
        ),
    }
}

fn parsed(text: &str) -> Result<DocumentMut, SetupError> {
    text.parse().map_err(|error| SetupError::Invalid { problem: told_of_edit(text, &error) })
}

/// The list of sources.
fn sources(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, SetupError> {
    list(
        document.as_table_mut(),
        "source",
        "the sources of this run are named where it was started, not in the file",
    )
}

/// The list of tokens.
fn tokens(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, SetupError> {
    list(
        table(document.as_table_mut(), "serve")?,
        "token",
        "tokens are written in another way: change them in the file",
    )
}

/// The list of alerts.
fn alerts(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, SetupError> {
    list(
        table(document.as_table_mut(), "publish")?,
        "alert",
        "alerts are written in another way: change them in the file",
    )
}

fn list<'a>(owner: &'a mut Table, key: &str, otherwise: &str) -> Result<&'a mut ArrayOfTables, SetupError> {
    let item = owner.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut().map_or_else(|| refused(otherwise), Ok)
}

fn table<'a>(document: &'a mut Table, key: &str) -> Result<&'a mut Table, SetupError> {
    let mut implicit = Table::new();
    // Of [publish] and [serve] the headings are written only where something stands under them.
    implicit.set_implicit(true);
    let item = document.entry(key).or_insert(Item::Table(implicit));
    item.as_table_mut()
        .map_or_else(|| refused(&format!("{key} is written in another way: change it in the file")), Ok)
}

fn find<'a>(tables: &'a mut ArrayOfTables, wanted: &str, kind: &str) -> Result<&'a mut Table, SetupError> {
    let index = place(tables, wanted, kind)?;
    tables.get_mut(index).map_or_else(|| refused("it is gone"), Ok)
}

fn place(tables: &ArrayOfTables, wanted: &str, kind: &str) -> Result<usize, SetupError> {
    let index = tables.iter().position(|table| name(table).is_some_and(|name| shown_name(name) == wanted));
    index.map_or_else(|| refused(&format!("the configuration names no {kind} \"{wanted}\"")), Ok)
}

fn refused<T>(problem: &str) -> Result<T, SetupError> {
    Err(SetupError::Invalid { problem: problem.to_owned() })
}

fn failed(error: anyhow::Error) -> SetupError {
    SetupError::Save { source: error.into() }
}

#[cfg(test)]
mod tests {
    use footfall_serve::{Change, Role, TokenConfig};

    use super::changed;
    use crate::config::Config;

    const TEXT: &str = "\
# my shop
[serve] # for the wall
address = \"127.0.0.1:8080\"

# at the glass door
[[source]]
name = \"front\" # wide
url = \"rtsp://me:hunter2@10.0.0.7/stream\" # upstairs
[[source.line]]
name = \"door\"
from = [1, 2]
to = [3, 4]
";

    fn said(text: &str, change: &Change) -> String {
        changed(text, change).unwrap_err().to_string()
    }

    fn moved(address: &str) -> Change {
        Change::MoveSource { name: "front".into(), address: address.into() }
    }

    fn token(name: &str, role: Role) -> Change {
        Change::AddToken(TokenConfig { name: name.into(), role, sha256: "ab".repeat(32) })
    }

    #[test]
    fn a_password_changes_and_all_else_stays() {
        let text = changed(TEXT, &moved("rtsp://me:other@10.0.0.7/stream")).unwrap();
        assert_eq!(text, TEXT.replace("hunter2", "other"));
        let text = changed(TEXT, &moved("rtsp://***@10.0.0.7/second")).unwrap();
        assert_eq!(text, TEXT.replace("/stream", "/second"), "*** is the login that it has");
        let elsewhere = said(TEXT, &moved("rtsp://***@10.0.0.8/stream"));
        assert!(elsewhere.contains("anew") && !elsewhere.contains("hunter2"), "{elsewhere}");
        for wrong in ["/etc/passwd", "file:///etc/passwd", "rtsp://", "", "rtsp://a b", "12345"] {
            assert!(said(TEXT, &moved(wrong)).contains("begins with"), "{wrong}");
        }
        let nowhere = Change::MoveSource { name: "back".into(), address: "0".into() };
        assert!(said(TEXT, &nowhere).contains("no source \"back\""));
    }

    #[test]
    fn sources_come_and_go() {
        let add = |name: &str| Change::AddSource { name: name.into(), address: "rtsp://10.0.0.8/1".into() };
        let text = changed(TEXT, &add("back")).unwrap();
        assert!(text.starts_with(TEXT), "{text}");
        let config = Config::parse(&text).unwrap();
        assert_eq!((config.source.list.len(), config.source.list[1].lines.as_ref()), (2, None));
        assert!(said(TEXT, &add("front")).contains("already"));
        let remove = |name: &str| Change::RemoveSource { name: name.into() };
        assert_eq!(changed(&text, &remove("back")).unwrap(), TEXT);
        assert!(said(TEXT, &remove("front")).contains("only source"));
        let of_all = format!("{TEXT}\n[[line]]\nname = \"a\"\nfrom = [1, 2]\nto = [3, 4]\n");
        let config = Config::parse(&changed(&of_all, &add("back")).unwrap()).unwrap();
        assert_eq!(config.source.list[1].lines.as_deref(), Some(&[][..]), "nothing that was drawn elsewhere");
        assert!(said("[source]\nread_timeout = 3.0\n", &add("back")).contains("where it was started"));
    }

    #[test]
    fn alerts_come_and_go() {
        let alert =
            |value: serde_json::Value| Change::AddAlert(Box::new(serde_json::from_value(value).unwrap()));
        let full = alert(serde_json::json!({ "name": "full", "when": "occupancy", "above": 80 }));
        let text = changed(TEXT, &full).unwrap();
        assert!(text.starts_with(TEXT) && !text.contains("[publish]\n"), "{text}");
        let config = Config::parse(&text).unwrap();
        assert_eq!((config.publish.alerts.len(), config.publish.alerts[0].above), (1, Some(80)));
        assert!(said(&text, &full).contains("twice"));
        let none = alert(serde_json::json!({ "name": "x", "when": "nobody" }));
        assert!(said(TEXT, &none).contains("needs minutes"));
        let without = changed(&text, &Change::RemoveAlert { name: "full".into() }).unwrap();
        assert!(Config::parse(&without).unwrap().publish.alerts.is_empty(), "{without}");
    }

    #[test]
    fn tokens_come_and_go_and_nobody_is_locked_out() {
        assert!(said(TEXT, &token("wall", Role::Read)).contains("make that first"));
        let one = changed(TEXT, &token("me", Role::Change)).unwrap();
        let two = changed(&one, &token("wall", Role::Read)).unwrap();
        assert!(two.contains("# for the wall") && two.contains("# upstairs"), "{two}");
        let names = |text: &str| -> Vec<_> {
            Config::parse(text).unwrap().serve.tokens.into_iter().map(|token| token.name).collect()
        };
        assert_eq!(names(&two), ["me", "wall"]);
        assert!(said(&two, &token("me", Role::Read)).contains("already"));
        let remove = |name: &str| Change::RemoveToken { name: name.into() };
        assert!(said(&two, &remove("me")).contains("make that first"));
        assert_eq!(names(&changed(&two, &remove("wall")).unwrap()), ["me"]);
        let open = one.replace("127.0.0.1", "0.0.0.0");
        assert!(said(&open, &remove("me")).contains("footfall token"), "strangers reach it");
    }
}

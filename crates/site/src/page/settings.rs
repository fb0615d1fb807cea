//! Settings that are changed on the page, in the configuration file: everything else in it stays.

mod address;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use footfall_config::{Config, shown_name, told_of_edit};
use footfall_formats::PartialFile;
use footfall_ledger::Hours;
use footfall_serve::{
    AlertConfig, Change, Role, ServeError, Settings, SetupError, SourceSetting, StaffSetting, TokenConfig,
};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::save::{is_empty, name, set};
use crate::gallery::Gallery;
use address::{checked, with_login};

/// The settings in the file at `path`, of a run that counts the sources called `running` and tells `alerts`.
pub(super) fn settings(
    path: &Path,
    gallery: &Path,
    running: &[String],
    alerts: &[AlertConfig],
    opening: &Hours,
) -> Result<Settings, SetupError> {
    let config = Config::load(Some(path)).map_err(failed)?;
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
    let needs_restart = other_sources || config.publish.alerts != alerts || config.opening != *opening;
    let sources = sources.collect();
    let tokens = config.serve.tokens.iter().map(|token| (token.name.clone(), token.role)).collect();
    let staff =
        staff.into_iter().map(|(name, since, expires)| StaffSetting { name, since, expires }).collect();
    let hours = hours(path)?;
    Ok(Settings { sources, tokens, staff, hours, alerts: config.publish.alerts, needs_restart })
}

/// The alerts of the file at `path`.
pub(super) fn alerts_of(path: &Path) -> Result<Vec<AlertConfig>, SetupError> {
    Ok(Config::load(Some(path)).map_err(failed)?.publish.alerts)
}

/// When it is open on each day, as it stands in the file at `path`.
fn hours(path: &Path) -> Result<[String; 7], SetupError> {
    let text = std::fs::read_to_string(path).map_err(|error| SetupError::Save { source: error.into() })?;
    let document = parsed(&text)?;
    let of = |day| document.get("hours")?.get(day)?.as_str();
    Ok(Hours::DAYS.map(|day| of(day).unwrap_or_default().to_owned()))
}

/// Makes a change of sources or tokens in the file at `path`.
pub(super) fn change(path: &Path, change: &Change) -> Result<(), SetupError> {
    let text = std::fs::read_to_string(path).map_err(|error| SetupError::Save { source: error.into() })?;
    write(path, &changed(&text, change)?)
}

/// Says in the file at `path` where staff are enrolled, if it does not yet: beside it.
pub(super) fn gallery(path: &Path) -> Result<PathBuf, SetupError> {
    let config = Config::load(Some(path)).map_err(failed)?;
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

pub(super) fn write(path: &Path, text: &str) -> Result<(), SetupError> {
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
        Change::SetHours(week) => {
            let hours = table(document.as_table_mut(), "hours")?;
            for (day, text) in Hours::DAYS.into_iter().zip(week) {
                let text = text.trim();
                if text.is_empty() {
                    hours.remove(day);
                } else if hours.get(day).and_then(Item::as_str) != Some(text) {
                    set(hours, day, value(text));
                }
            }
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
pub(super) fn check(text: &str) -> Result<(), SetupError> {
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

pub(super) fn parsed(text: &str) -> Result<DocumentMut, SetupError> {
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

pub(super) fn table<'a>(document: &'a mut Table, key: &str) -> Result<&'a mut Table, SetupError> {
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

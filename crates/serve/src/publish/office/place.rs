//! The lines and thresholds of a shop as its office edits them: through the same port as the shop's own page.

use std::collections::BTreeMap;

use crate::api::{over, told};
use crate::told::{Drawn, ShopSettings};
use crate::{Drawing, Saved, Setup, SetupError};

/// What is in force. `sources` have their id and their name.
pub(super) fn now(setup: &dyn Setup, sources: &[(String, String)]) -> Result<ShopSettings, SetupError> {
    let mut settings = ShopSettings { thresholds: setup.thresholds()?, ..ShopSettings::default() };
    for (id, name) in sources {
        let (lines, zones, masks) = told(&setup.drawing(id)?);
        settings.sources.insert(name.clone(), Drawn { lines, zones, masks });
    }
    Ok(settings)
}

/// Puts all of `wanted` in force in place of `here`, or nothing of it; gives what is to be known about that.
pub(super) fn put(
    setup: &dyn Setup,
    sources: &[(String, String)],
    here: &ShopSettings,
    wanted: &ShopSettings,
) -> Result<Option<String>, SetupError> {
    let drawings = drawings(setup, sources, here, wanted)?;
    let mut reservations = Vec::new();
    let thresholds = changed(here, wanted)?;
    if !thresholds.is_empty() {
        reservations.extend(setup.set_thresholds(&thresholds)?);
    }
    let mut done: Vec<(&str, Drawing)> = Vec::new();
    for (id, before, drawing) in drawings {
        match setup.redraw(id, drawing) {
            Ok((now, saved)) => {
                done.push((id, Drawing { revision: now.revision, ..before }));
                reservations.extend(not_saved(saved));
            }
            Err(error) => {
                undo(setup, done, &thresholds, here);
                return Err(error);
            }
        }
    }
    Ok((!reservations.is_empty()).then(|| reservations.join("; ")))
}

/// What is to be drawn over which source: its id, what is there, and what is wanted; of those that change.
fn drawings<'a>(
    setup: &dyn Setup,
    sources: &'a [(String, String)],
    here: &ShopSettings,
    wanted: &ShopSettings,
) -> Result<Vec<(&'a str, Drawing, Drawing)>, SetupError> {
    if let Some(unknown) = wanted.sources.keys().find(|name| !here.sources.contains_key(*name)) {
        return Err(invalid(format!("there is no source \"{unknown}\" here")));
    }
    let mut drawings = Vec::new();
    for (id, name) in sources {
        let Some(drawn) = wanted.sources.get(name).filter(|drawn| here.sources.get(name) != Some(drawn))
        else {
            continue;
        };
        let Drawn { lines, zones, masks } = drawn.clone();
        let before = setup.drawing(id)?;
        let of_source = |error: SetupError| match error {
            SetupError::Invalid { problem } => invalid(format!("{name}: {problem}")),
            other => other,
        };
        let drawing = over(&before, lines, Some(zones), Some(masks)).map_err(of_source)?;
        drawings.push((id.as_str(), before, drawing));
    }
    Ok(drawings)
}

/// The thresholds that are to be others than they are.
fn changed(
    here: &ShopSettings,
    wanted: &ShopSettings,
) -> Result<BTreeMap<String, serde_json::Value>, SetupError> {
    let differs = |(name, value): &(&String, &serde_json::Value)| {
        here.thresholds.get(*name).is_none_or(|known| !is_same(known, value))
    };
    let changed = wanted.thresholds.iter().filter(differs);
    let changed: BTreeMap<_, _> = changed.map(|(name, value)| (name.clone(), value.clone())).collect();
    match changed.keys().find(|name| !here.thresholds.contains_key(*name)) {
        Some(unknown) => Err(invalid(format!("there is no threshold \"{unknown}\" here"))),
        None => Ok(changed),
    }
}

/// Some programs write 2 for 2.0.
fn is_same(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    one == other || one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}

/// Puts back what was changed before something could not be: as far as that goes.
fn undo(
    setup: &dyn Setup,
    done: Vec<(&str, Drawing)>,
    thresholds: &BTreeMap<String, serde_json::Value>,
    here: &ShopSettings,
) {
    for (id, before) in done {
        if let Err(error) = setup.redraw(id, before) {
            tracing::error!("what was drawn over {id} could not be put back: {error}");
        }
    }
    let before: BTreeMap<_, _> = here
        .thresholds
        .iter()
        .filter(|(name, _)| thresholds.contains_key(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !before.is_empty()
        && let Err(error) = setup.set_thresholds(&before)
    {
        tracing::error!("thresholds could not be put back: {error}");
    }
}

fn not_saved(saved: Saved) -> Option<String> {
    saved.reason().map(|reason| format!("in force until the program ends: {reason}"))
}

fn invalid(problem: String) -> SetupError {
    SetupError::Invalid { problem }
}

//! A drawing into a configuration file that somebody has written by hand: everything else in it stays.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use footfall_config::{Kept, told_of_edit};
use footfall_count::{Layout, Line, Mask, Role, Zone};
use footfall_formats::PartialFile;
use footfall_serve::{Saved, SetupError};
use footfall_track::Point;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// Keeps what is drawn over `source` in the file at `path`, where there is one and it is [`kept`](Kept) there.
///
/// # Errors
///
/// Where the file cannot be read, or written, or has something else there by now.
pub fn keep(
    path: Option<&Path>,
    source: &str,
    kept: Kept,
    was: &Layout,
    next: &Layout,
) -> Result<Saved, SetupError> {
    let path = match (path, kept) {
        (None, _) => return Ok(Saved::Memory),
        (Some(_), Kept::Nowhere) => return Ok(Saved::Elsewhere),
        (Some(path), Kept::InFile) => path,
    };
    save(path, source, was, next).map_err(|error| SetupError::Save { source: error.into() })?;
    Ok(Saved::File)
}

/// Brings the file at `path` from what was drawn over `source` to `drawing`: in its own `[[source]]` where it
/// has one, else for the whole file. What is as it was is not written.
fn save(path: &Path, source: &str, was: &Layout, drawing: &Layout) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text =
        redrawn(&text, source, was, drawing).with_context(|| format!("cannot change {}", path.display()))?;
    let mut file = PartialFile::create_private(path)?;
    file.put(text.as_bytes())?;
    Ok(file.finish()?)
}

/// The configuration in `text` with this drawing in place of its own. A shape that was there under the same
/// name keeps its place and the comments beside it.
fn redrawn(text: &str, source: &str, was: &Layout, drawing: &Layout) -> anyhow::Result<String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error| anyhow::Error::msg(told_of_edit(text, &error)))?;
    let of_all = |kind: &str| document.get(kind).is_some_and(|item| !is_empty(item));
    let inherited = ["line", "zone", "mask"].map(of_all);
    let sources = document.get_mut("source").and_then(Item::as_array_of_tables_mut);
    let own = sources.and_then(|sources| sources.iter_mut().find(|table| name(table) == Some(source)));
    // A source without any of its own has those of the file: that it has none must be said there.
    let (owner, [lines, zones, masks]) = match own {
        Some(table) => (table, inherited),
        None => (document.as_table_mut(), [false; 3]),
    };
    if drawing.lines != was.lines {
        replace(
            owner,
            "line",
            &each(&was.lines, Shape::of_line),
            &each(&drawing.lines, Shape::of_line),
            lines,
        );
    }
    if drawing.zones != was.zones {
        replace(
            owner,
            "zone",
            &each(&was.zones, Shape::of_zone),
            &each(&drawing.zones, Shape::of_zone),
            zones,
        );
    }
    if drawing.masks != was.masks {
        replace(
            owner,
            "mask",
            &each(&was.masks, Shape::of_mask),
            &each(&drawing.masks, Shape::of_mask),
            masks,
        );
    }
    Ok(document.to_string())
}

fn each<'a, T>(shapes: &'a [T], of: impl Fn(&'a T) -> Shape<'a>) -> Vec<Shape<'a>> {
    shapes.iter().map(of).collect()
}

/// Whether there is nothing in a list.
pub(super) fn is_empty(item: &Item) -> bool {
    item.as_array_of_tables()
        .map_or_else(|| item.as_array().is_none_or(Array::is_empty), ArrayOfTables::is_empty)
}

/// A line, zone or mask as it stands in the file.
struct Shape<'a> {
    /// Masks have none.
    name: Option<&'a str>,
    /// Everything else, in order.
    entries: Vec<(&'static str, Item)>,
}

/// What a shape's table may have beside its name.
const KEYS: [&str; 5] = ["from", "to", "points", "relative", "role"];

impl<'a> Shape<'a> {
    fn of_line(line: &'a Line) -> Self {
        let entries = match line.points() {
            [a, b] => vec![("from", value(pair(a))), ("to", value(pair(b)))],
            points => vec![("points", corners(points))],
        };
        let mut shape = Self::new(Some(line.name()), entries, line.is_relative());
        if !line.role().is_default() {
            shape.entries.push(("role", value(line.role().as_str())));
        }
        shape
    }

    fn of_zone(zone: &'a Zone) -> Self {
        Self::new(Some(zone.name()), vec![("points", corners(zone.corners()))], zone.is_relative())
    }

    fn of_mask(mask: &'a Mask) -> Self {
        Self::new(None, vec![("points", corners(mask.corners()))], mask.is_relative())
    }

    fn new(name: Option<&'a str>, mut entries: Vec<(&'static str, Item)>, relative: bool) -> Self {
        if relative {
            entries.push(("relative", value(true)));
        }
        Self { name, entries }
    }

    /// Whether the table is this shape, as it was before: by its name, or what has none by all it says.
    fn is(&self, table: &Table) -> bool {
        match self.name {
            Some(_) => name(table) == self.name,
            None => KEYS.iter().all(|key| match self.entries.iter().find(|(own, _)| own == key) {
                Some((_, item)) => table.get(key).is_some_and(|old| is_same(old, item)),
                None => table.get(key).is_none(),
            }),
        }
    }

    /// Whether this is `before` under another name.
    fn is_renamed(&self, before: &Self) -> bool {
        let entry =
            |((key, item), (other, was)): (&(_, Item), &(_, Item))| key == other && is_same(item, was);
        self.name.is_some()
            && self.entries.len() == before.entries.len()
            && self.entries.iter().zip(&before.entries).all(entry)
    }

    fn put(&self, table: &mut Table) {
        if let Some(text) = self.name
            && name(table) != self.name
        {
            set(table, "name", value(text));
        }
        for key in KEYS {
            let is_said = self.entries.iter().any(|(own, _)| *own == key) || says_the_default(table, key);
            if !is_said {
                table.remove(key);
            }
        }
        for (key, item) in &self.entries {
            if !table.get(key).is_some_and(|old| is_same(old, item)) {
                set(table, key, item.clone());
            }
        }
    }
}

/// Whether somebody has written out what holds without it.
fn says_the_default(table: &Table, key: &str) -> bool {
    let role = (key == "role").then(|| table.get(key).and_then(Item::as_str)).flatten();
    role == Some(Role::default().as_str())
}

/// Puts `shapes` in place of what stands there, in their order: what is read from the file is what was drawn. A shape
/// that was there before keeps its table, also under another name. Where there is none, and `says_so`, the file says so.
fn replace(owner: &mut Table, kind: &str, was: &[Shape<'_>], shapes: &[Shape<'_>], says_so: bool) {
    let tables = match owner.remove(kind) {
        Some(Item::ArrayOfTables(tables)) => tables,
        _ => ArrayOfTables::new(),
    };
    let mut old: Vec<Option<Table>> = tables.into_iter().map(Some).collect();
    // Tables are written where they stood: the first one's place is now that of whichever comes first.
    let places: Vec<_> = old.iter().flatten().map(Table::position).collect();
    let mut made: Vec<Option<Table>> =
        shapes.iter().map(|shape| take(&mut old, |table| shape.is(table))).collect();
    for (index, shape) in shapes.iter().enumerate() {
        if made[index].is_none() {
            let before = was.iter().find(|before| shape.is_renamed(before));
            made[index] = before.and_then(|before| take(&mut old, |table| before.is(table)));
        }
    }
    let mut list = ArrayOfTables::new();
    for (index, (shape, table)) in shapes.iter().zip(made).enumerate() {
        let mut table = table.unwrap_or_default();
        table.set_position(places.get(index).or(places.last()).copied().flatten());
        shape.put(&mut table);
        list.push(table);
    }
    if !list.is_empty() {
        owner.insert(kind, Item::ArrayOfTables(list));
    } else if says_so {
        owner.insert(kind, value(Array::new()));
    }
}

/// Gives a key another value; what is written behind it stays.
pub(super) fn set(table: &mut Table, key: &str, mut item: Item) {
    let before = table.get(key).and_then(Item::as_value).map(|value| value.decor().clone());
    if let (Some(value), Some(before)) = (item.as_value_mut(), before) {
        *value.decor_mut() = before;
    }
    table.insert(key, item);
}

/// Takes the first table out that is so.
fn take(tables: &mut [Option<Table>], is: impl Fn(&Table) -> bool) -> Option<Table> {
    tables.iter_mut().find(|table| table.as_ref().is_some_and(&is)).and_then(Option::take)
}

/// The name that a table has.
pub(super) fn name(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

fn pair(p: &Point) -> Array {
    Array::from_iter([p.x, p.y])
}

fn corners(points: &[Point]) -> Item {
    value(points.iter().map(pair).collect::<Array>())
}

/// Whether two items say the same, as numbers or as text without what stands around it.
fn is_same(a: &Item, b: &Item) -> bool {
    fn numbers(item: &toml_edit::Value) -> Option<Vec<f64>> {
        match item {
            toml_edit::Value::Integer(n) => Some(vec![*n.value() as f64]),
            toml_edit::Value::Float(x) => Some(vec![*x.value()]),
            toml_edit::Value::Array(items) => {
                items.iter().map(numbers).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
            }
            _ => None,
        }
    }
    let (a, b) = (a.as_value(), b.as_value());
    let figures = a.and_then(numbers);
    if figures.is_some() {
        return figures == b.and_then(numbers);
    }
    let (Some(a), Some(b)) = (a, b) else { return false };
    let is_same_word = a.as_bool().is_some() && a.as_bool() == b.as_bool();
    is_same_word || a.as_str().is_some() && a.as_str() == b.as_str()
}

/// A setting that cannot be obeyed, and why.
pub(super) fn invalid(problem: impl Into<String>) -> SetupError {
    SetupError::Invalid { problem: problem.into() }
}

#[cfg(test)]
mod tests;

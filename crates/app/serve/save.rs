//! A drawing into a configuration file that somebody has written by hand: everything else in it stays.

use std::fs;
use std::path::Path;

use crate::config::told_of_edit;
use anyhow::Context as _;
use footfall_count::{Line, Mask, Role, Zone};
use footfall_formats::PartialFile;
use footfall_serve::Drawing;
use footfall_track::Point;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// Brings the file at `path` from what was drawn over `source` to `drawing`: in its own `[[source]]` where it
/// has one, else for the whole file. What is as it was is not written.
pub(super) fn save(path: &Path, source: &str, was: &Drawing, drawing: &Drawing) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text =
        redrawn(&text, source, was, drawing).with_context(|| format!("cannot change {}", path.display()))?;
    let mut file = PartialFile::create_private(path)?;
    file.put(text.as_bytes())?;
    Ok(file.finish()?)
}

/// The configuration in `text` with this drawing in place of its own. A shape that was there under the same
/// name keeps its place and the comments beside it.
fn redrawn(text: &str, source: &str, was: &Drawing, drawing: &Drawing) -> anyhow::Result<String> {
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

#[cfg(test)]
mod tests {
    use footfall_count::{Line, Role};
    use footfall_serve::Drawing;

    use super::redrawn;
    use crate::config::Config;

    const NOTHING: Drawing = Drawing { revision: 1, lines: Vec::new(), zones: Vec::new(), masks: Vec::new() };

    /// `text` with these lines, of which it had others.
    fn with_lines(text: &str, source: &str, lines: &[Line]) -> String {
        let other = Drawing { lines: vec!["other:0,0,1,1".parse().unwrap()], ..NOTHING };
        redrawn(text, source, &other, &Drawing { lines: lines.to_vec(), ..NOTHING }).unwrap()
    }

    const TEXT: &str = "\
# my shop
[tracker] # as it was
max_cosine_distance = 0.3

# the front door
[[line]]
name = \"door\" # wide
from = [384.0, 576.0]
to = [384.0, 0.0]

[[line]]
name = \"back\"
from = [1.0, 2.0]
to = [3.0, 4.0]
";

    #[test]
    fn other_lines_and_comments_stay() {
        let lines = ["door:380,576,384,0".parse().unwrap(), "new \"one\":5,6,7,8.5".parse().unwrap()];
        let text = with_lines(TEXT, "clip", &lines);
        let expected = TEXT.replace("[384.0, 576.0]", "[380.0, 576.0]");
        let expected = expected.split("\n[[line]]\nname = \"back\"").next().unwrap();
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("back"), "{text}");
        let read: toml::Table = text.parse().unwrap();
        let names: Vec<_> =
            read["line"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["door", "new \"one\""]);
        assert_eq!(with_lines(&text, "clip", &lines), text, "once more changes nothing");
    }

    /// What is read from the file after each change is what was drawn, in its order: else the next change would be
    /// taken for one that was made from something else.
    #[test]
    fn what_is_read_is_what_was_drawn() {
        let line = |text: &str| text.parse::<Line>().unwrap();
        let (door, back) = ("door:384,576,384,0", "back:1,2,3,4");
        let steps: [&[&str]; 9] = [
            &["front:384,576,384,0", back],
            &["front:380,570,384,0", back],
            &[back, "front:380,570,384,0"],
            &["gate:0,0,9,9,5,5", back, "front:380,570,384,0"],
            &["front:0,0,9,9,5,5", "gate:1,2,3,4", "back:380,570,384,0"],
            &["back:380,570,384,0"],
            &["a:380,570,384,0", "b:380,570,384,0"],
            &[],
            &[door, back],
        ];
        let mut was = Drawing { lines: vec![line(door), line(back)], ..NOTHING };
        let mut text = TEXT.to_owned();
        for step in steps {
            let drawing = Drawing { lines: step.iter().map(|text| line(text)).collect(), ..NOTHING };
            text = redrawn(&text, "clip", &was, &drawing).unwrap();
            assert_eq!(Config::parse(&text).unwrap().lines, drawing.lines, "{text}");
            was = drawing;
        }
        let renamed = Drawing { lines: vec![line("front:384,576,384,0"), line(back)], ..NOTHING };
        let was = Drawing { lines: vec![line(door), line(back)], ..NOTHING };
        let text = redrawn(TEXT, "clip", &was, &renamed).unwrap();
        assert_eq!(text, TEXT.replace("\"door\" # wide", "\"front\" # wide"), "nothing else has changed");
    }

    #[test]
    fn what_a_line_is_for_is_written_where_it_is_no_entrance() {
        let text = TEXT.replace("name = \"back\"\n", "name = \"back\"\nrole = \"entrance\" # to the yard\n");
        let lines = Config::parse(&text).unwrap().lines;
        let was = Drawing { lines: lines.clone(), ..NOTHING };
        let moved = vec![lines[0].clone().with_role(Role::Inner), "back:1,2,3,5".parse().unwrap()];
        let changed = redrawn(&text, "clip", &was, &Drawing { lines: moved.clone(), ..NOTHING }).unwrap();
        assert!(changed.contains("role = \"inner\"") && changed.contains("# to the yard"), "{changed}");
        assert_eq!(Config::parse(&changed).unwrap().lines, moved);
        let now = Drawing { lines: moved, ..NOTHING };
        let back = redrawn(&changed, "clip", &now, &was).unwrap();
        assert_eq!(back, text, "and is gone again");
    }

    #[test]
    fn a_source_that_has_none_of_its_own_any_more_does_not_get_those_of_the_file() {
        let text = format!("{TEXT}\n[[source]]\nname = \"a\"\nurl = \"0\"\n");
        let of_file = Config::parse(&text).unwrap().lines;
        let (all, none) = (Drawing { lines: of_file.clone(), ..NOTHING }, NOTHING);
        let without = redrawn(&text, "a", &all, &none).unwrap();
        let config = Config::parse(&without).unwrap();
        assert_eq!((config.lines, config.source.list[0].lines.as_deref()), (of_file.clone(), Some(&[][..])));
        let again =
            redrawn(&without, "a", &none, &Drawing { lines: of_file[..1].to_vec(), ..NOTHING }).unwrap();
        assert_eq!(Config::parse(&again).unwrap().source.list[0].lines.as_deref(), Some(&of_file[..1]));
    }

    #[test]
    fn a_file_without_lines_gets_them_and_loses_them() {
        let text = with_lines("[counter]\ndead_band = 0.2\n", "clip", &["a:1,2,3,4".parse().unwrap()]);
        assert!(text.starts_with("[counter]\ndead_band = 0.2\n") && text.contains("[[line]]"), "{text}");
        assert!(!with_lines(&text, "clip", &[]).contains("line"));
    }

    #[test]
    fn a_source_of_the_file_has_its_own() {
        let text = "[[source]]\nname = \"a\"\nurl = \"0\"\n\n[[source]]\nname = \"b\"\nurl = \"1\"\n";
        let changed = with_lines(text, "b", &["door:1,2,3,4".parse().unwrap()]);
        let read: toml::Table = changed.parse().unwrap();
        assert!(read.get("line").is_none() && read["source"][0].get("line").is_none(), "{changed}");
        assert_eq!(read["source"][1]["line"][0]["name"].as_str(), Some("door"));
    }

    #[test]
    fn zones_and_masks_are_kept_beside_what_was_written() {
        let text = "\
[[line]]
name = \"door\" # of glass
from = [384, 576]
to = [384, 0]

# the tills
[[zone]]
name = \"till\"
points = [[0.1, 0.2], [0.3, 0.2], [0.3, 0.5]] # by the window
relative = true

# the mirror
[[mask]]
points = [[1, 2], [3, 2], [3, 9]]
";
        let was = Drawing {
            lines: vec!["door:384,576,384,0".parse().unwrap()],
            zones: vec!["till:10%,20%,30%,20%,30%,50%".parse().unwrap()],
            masks: vec!["1,2,3,2,3,9".parse().unwrap()],
            ..NOTHING
        };
        assert_eq!(redrawn(text, "clip", &was, &was).unwrap(), text);
        let mut drawing = was.clone();
        drawing.zones.push("shelf:0,0,9,0,9,9".parse().unwrap());
        drawing.masks.push("0,0,5,0,5,5".parse().unwrap());
        let changed = redrawn(text, "clip", &was, &drawing).unwrap();
        let read: toml::Table = changed.parse().unwrap();
        assert_eq!(read["zone"][1]["points"][2][1].as_float(), Some(9.0), "{changed}");
        assert_eq!(
            (read["mask"].as_array().unwrap().len(), read["zone"][0]["relative"].as_bool()),
            (2, Some(true))
        );
        for kept in
            ["# of glass\nfrom = [384, 576]\n", "# the tills\n", "# by the window\n", "# the mirror\n"]
        {
            assert!(changed.contains(kept), "{kept} in {changed}");
        }
        let moved =
            Drawing { zones: vec!["till:1,2,3,2,3,4".parse().unwrap()], masks: Vec::new(), ..was.clone() };
        let changed = redrawn(&changed, "clip", &drawing, &moved).unwrap();
        assert!(!changed.contains("relative") && !changed.contains("mirror") && !changed.contains("shelf"));
        assert!(changed.contains("# the tills\n"), "{changed}");
    }
}

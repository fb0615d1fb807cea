//! Lines into a configuration file that somebody has written by hand: everything else in it stays.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use footfall_count::Line;
use footfall_formats::PartialFile;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// Replaces the lines of `source` in the file at `path`: those of its own `[[source]]` where it has one, else
/// those of the whole file.
pub(super) fn save(path: &Path, source: &str, lines: &[Line]) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text =
        with_lines(&text, source, lines).with_context(|| format!("cannot change {}", path.display()))?;
    let mut file = PartialFile::create(path)?;
    file.put(text.as_bytes())?;
    Ok(file.finish()?)
}

/// The configuration in `text` with these lines in place of its own. A line that was there under the same
/// name keeps its place and the comments beside it.
fn with_lines(text: &str, source: &str, lines: &[Line]) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let sources = document.get_mut("source").and_then(Item::as_array_of_tables_mut);
    let own = sources.and_then(|sources| sources.iter_mut().find(|table| name(table) == Some(source)));
    match own {
        Some(table) => replace(table, lines),
        None => replace(document.as_table_mut(), lines),
    }
    Ok(document.to_string())
}

fn replace(owner: &mut Table, lines: &[Line]) {
    let mut tables = match owner.remove("line") {
        Some(Item::ArrayOfTables(tables)) => tables,
        _ => ArrayOfTables::new(),
    };
    let wanted = |name: Option<&str>| lines.iter().find(|line| Some(line.name()) == name);
    tables.retain(|table| wanted(name(table)).is_some());
    for table in tables.iter_mut() {
        if let Some(line) = wanted(name(table)) {
            put(table, line);
        }
    }
    for line in lines {
        if !tables.iter().any(|table| name(table) == Some(line.name())) {
            let mut table = Table::new();
            put(&mut table, line);
            tables.push(table);
        }
    }
    if !tables.is_empty() {
        owner.insert("line", Item::ArrayOfTables(tables));
    }
}

fn name(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

/// A value without what stands around it.
fn bare(item: &Item) -> Option<String> {
    let mut value = item.as_value()?.clone();
    value.decor_mut().clear();
    Some(value.to_string())
}

fn put(table: &mut Table, line: &Line) {
    let point = |p: &footfall_track::Point| Array::from_iter([p.x, p.y]);
    let mut wanted = vec![("name", value(line.name()))];
    match line.points() {
        [a, b] => wanted.extend([("from", value(point(a))), ("to", value(point(b)))]),
        points => wanted.push(("points", value(points.iter().map(point).collect::<Array>()))),
    }
    for key in ["from", "to", "points", "relative"] {
        if !wanted.iter().any(|(name, _)| *name == key) {
            table.remove(key);
        }
    }
    for (key, item) in wanted {
        if table.get(key).and_then(bare) != bare(&item) {
            table.insert(key, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_lines;

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
        let lines = ["new \"one\":5,6,7,8.5".parse().unwrap(), "door:380,576,384,0".parse().unwrap()];
        let text = with_lines(TEXT, "clip", &lines).unwrap();
        let expected = TEXT.replace("[384.0, 576.0]", "[380.0, 576.0]");
        let expected = expected.split("\n[[line]]\nname = \"back\"").next().unwrap();
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("back"), "{text}");
        let read: toml::Table = text.parse().unwrap();
        let names: Vec<_> =
            read["line"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["door", "new \"one\""]);
        assert_eq!(with_lines(&text, "clip", &lines).unwrap(), text, "once more changes nothing");
    }

    #[test]
    fn a_file_without_lines_gets_them_and_loses_them() {
        let text =
            with_lines("[counter]\ndead_band = 0.2\n", "clip", &["a:1,2,3,4".parse().unwrap()]).unwrap();
        assert!(text.starts_with("[counter]\ndead_band = 0.2\n") && text.contains("[[line]]"), "{text}");
        assert!(!with_lines(&text, "clip", &[]).unwrap().contains("line"));
    }

    #[test]
    fn a_source_of_the_file_has_its_own() {
        let text = "[[source]]\nname = \"a\"\nurl = \"0\"\n\n[[source]]\nname = \"b\"\nurl = \"1\"\n";
        let changed = with_lines(text, "b", &["door:1,2,3,4".parse().unwrap()]).unwrap();
        let read: toml::Table = changed.parse().unwrap();
        assert!(read.get("line").is_none() && read["source"][0].get("line").is_none(), "{changed}");
        assert_eq!(read["source"][1]["line"][0]["name"].as_str(), Some("door"));
    }
}

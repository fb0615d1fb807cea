//! Names as readers look them up.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::source::PlaceKind;

/// Places in the sequence with whose name it is from there on.
type Called = Vec<(i64, i64)>;

/// Who was called what, by source, kind (`line` or `zone`) and name; and what each is called now.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Behind which place in the sequence whose name it is, in order.
    called: BTreeMap<(i64, PlaceKind), BTreeMap<String, Called>>,
    newest: BTreeMap<i64, String>,
}

impl Names {
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut names = Self::default();
        let sql = "SELECT source, kind, name, behind, place FROM called ORDER BY source, kind, name, behind";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let is_zone = row.get_ref(1)?.as_str()? == PlaceKind::Zone.as_str();
            let kind = if is_zone { PlaceKind::Zone } else { PlaceKind::Line };
            let of_source = names.called.entry((row.get(0)?, kind)).or_default();
            of_source.entry(row.get(2)?).or_default().push((row.get(3)?, row.get(4)?));
        }
        let mut statement = connection.prepare("SELECT id, name FROM renamed")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            names.newest.insert(row.get(0)?, row.get(1)?);
        }
        Ok(names)
    }

    /// Whose name an entry of this number has; 0: of one that has had no other.
    pub(crate) fn place(&self, source: i64, kind: PlaceKind, name: &str, seq: i64) -> i64 {
        let called = self.called.get(&(source, kind)).and_then(|names| names.get(name));
        let Some(called) = called else { return 0 };
        let before = called.partition_point(|(behind, _)| *behind < seq);
        before.checked_sub(1).map_or(0, |last| called[last].1)
    }

    /// What a place that was called `name` is called now.
    pub(crate) fn newest<'a>(&'a self, place: i64, name: &'a str) -> &'a str {
        self.newest.get(&place).map_or(name, String::as_str)
    }

    /// What was once called `name` and is not called so now, by its names of today.
    pub(crate) fn since(&self, kind: PlaceKind, name: &str) -> BTreeSet<String> {
        let of_kind = self.called.iter().filter(|((_, of), _)| *of == kind);
        let places = of_kind.filter_map(|(_, names)| names.get(name)).flatten().map(|(_, place)| *place);
        places.filter_map(|place| self.newest.get(&place)).cloned().collect()
    }
}

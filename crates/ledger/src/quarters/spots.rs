//! Lines, zones and reasons by number.

use std::collections::{BTreeMap, BTreeSet};

use footfall_count::Condition;
use rusqlite::{Connection, params};

use crate::drawn::{Standing, Standings, standings};
use crate::naming::Names;
use crate::source::PlaceKind;

/// A source's line, zone, or reason for not being counted, by its number in the ledger, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SpotId(pub(crate) u32);

/// What a spot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpotKind {
    Line,
    Zone,
    Gap,
}

/// A spot, and over all quarters that are summed up what is there of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spot {
    /// The source's number in the ledger, and its name.
    pub(crate) source: i64,
    pub(crate) source_name: String,
    pub(crate) kind: SpotKind,
    /// What it is called now.
    pub(crate) name: String,
    pub(crate) sums: SpotSums,
    /// What its entries call it, and which of those it is that have had that name.
    called: (String, i64),
}

/// Entries, and of a line crossings in and out without those of staff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpotSums {
    pub(crate) entries: i64,
    pub(crate) entered: i64,
    pub(crate) left: i64,
}

/// All spots of a ledger, and those that a reader has met in quarters that are not summed up yet.
#[derive(Debug, Default)]
pub(crate) struct Spots {
    /// By number; the first place stays empty.
    all: Vec<Option<Spot>>,
    numbers: BTreeMap<(i64, SpotKind, i64), BTreeMap<String, SpotId>>,
    /// Names of sources, for spots that are new.
    sources: BTreeMap<i64, String>,
    standings: Standings,
    names: Names,
}

impl SpotKind {
    pub(crate) const ALL: [Self; 3] = [Self::Line, Self::Zone, Self::Gap];

    /// The kind of place; a reason for not being counted is none.
    fn place(self) -> Option<PlaceKind> {
        match self {
            Self::Line => Some(PlaceKind::Line),
            Self::Zone => Some(PlaceKind::Zone),
            Self::Gap => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Zone => "zone",
            Self::Gap => "gap",
        }
    }
}

impl SpotSums {
    pub(crate) fn add(&mut self, other: Self, sign: i64) {
        self.entries += sign * other.entries;
        self.entered += sign * other.entered;
        self.left += sign * other.left;
    }
}

impl Spots {
    /// Those that the ledger has.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let (standings, names) = (standings(connection)?, Names::load(connection)?);
        let mut spots = Self { standings, names, ..Self::default() };
        let mut statement = connection.prepare("SELECT id, name FROM source")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            spots.sources.insert(row.get(0)?, row.get(1)?);
        }
        let sql = "SELECT id, source, kind, name, entries, entered, \"left\", place FROM spot";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(2)?.as_str()?;
            let Some(kind) = SpotKind::ALL.into_iter().find(|known| known.as_str() == kind) else { continue };
            let sums = SpotSums { entries: row.get(4)?, entered: row.get(5)?, left: row.get(6)? };
            spots.put(SpotId(row.get(0)?), row.get(1)?, kind, (row.get(3)?, row.get(7)?), sums);
        }
        Ok(spots)
    }

    fn put(&mut self, id: SpotId, source: i64, kind: SpotKind, called: (String, i64), sums: SpotSums) {
        let index = id.0 as usize;
        if self.all.len() <= index {
            self.all.resize(index + 1, None);
        }
        let source_name = self.sources.get(&source).cloned().unwrap_or_default();
        self.numbers.entry((source, kind, called.1)).or_default().insert(called.0.clone(), id);
        let name = self.names.newest(called.1, &called.0).to_owned();
        self.all[index] = Some(Spot { source, source_name, kind, name, sums, called });
    }

    /// The number of the spot that an entry of this number calls `name`; a new one where it has none.
    pub(crate) fn number(&mut self, source: i64, kind: SpotKind, name: &str, seq: i64) -> SpotId {
        let place = kind.place().map_or(0, |kind| self.names.place(source, kind, name, seq));
        if let Some(id) = self.numbers.get(&(source, kind, place)).and_then(|of| of.get(name)).copied() {
            return id;
        }
        let id = SpotId(u32::try_from(self.all.len().max(1)).unwrap_or(u32::MAX));
        self.put(id, source, kind, (name.to_owned(), place), SpotSums::default());
        id
    }

    pub(crate) fn get(&self, id: SpotId) -> Option<&Spot> {
        self.all.get(id.0 as usize)?.as_ref()
    }

    /// What a line is for, and whether it is in the totals.
    pub(crate) fn standing(&self, line: &Spot) -> Standing {
        let of_source = self.standings.get(&line.source);
        of_source.and_then(|lines| lines.get(&line.name)).copied().unwrap_or_default()
    }

    pub(super) fn sums(&mut self, id: SpotId) -> Option<&mut SpotSums> {
        Some(&mut self.all.get_mut(id.0 as usize)?.as_mut()?.sums)
    }

    /// All of them with their numbers, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SpotId, &Spot)> {
        (0..).map(SpotId).zip(&self.all).filter_map(|(id, spot)| Some((id, spot.as_ref()?)))
    }

    /// Whether one of the sources of these names (none: all) was ever uncountable.
    pub(crate) fn has_uncountable(&self, sources: &[String]) -> bool {
        let of_those = |spot: &Spot| sources.is_empty() || sources.contains(&spot.source_name);
        let is = |spot: &Spot| spot.kind == SpotKind::Gap && Condition::uncountable(&spot.name).is_some();
        self.iter().any(|(_, spot)| is(spot) && of_those(spot))
    }

    /// What was once called so, and is called otherwise now, by its names of today.
    pub(crate) fn since(&self, kind: PlaceKind, name: &str) -> BTreeSet<String> {
        self.names.since(kind, name)
    }

    /// Lets a spot begin at nothing.
    pub(super) fn clear(&mut self, id: SpotId) {
        if let Some(sums) = self.sums(id) {
            *sums = SpotSums::default();
        }
    }

    /// Writes down these spots with their sums.
    pub(super) fn save(
        &self,
        connection: &Connection,
        ids: impl IntoIterator<Item = SpotId>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "INSERT INTO spot (id, source, kind, name, place, entries, entered, \"left\")
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET
             entries = excluded.entries, entered = excluded.entered, \"left\" = excluded.\"left\"",
        )?;
        for id in ids {
            let Some(spot) = self.get(id) else { continue };
            let SpotSums { entries, entered, left } = spot.sums;
            let (kind, (name, place)) = (spot.kind.as_str(), &spot.called);
            statement.execute(params![id.0, spot.source, kind, name, place, entries, entered, left])?;
        }
        Ok(())
    }
}

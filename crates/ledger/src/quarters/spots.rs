//! Lines, zones and reasons by number.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use crate::drawn::{Standing, Standings, standings};

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
    pub(crate) name: String,
    pub(crate) sums: SpotSums,
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
    numbers: BTreeMap<(i64, SpotKind), BTreeMap<String, SpotId>>,
    /// Names of sources, for spots that are new.
    sources: BTreeMap<i64, String>,
    standings: Standings,
}

impl SpotKind {
    pub(crate) const ALL: [Self; 3] = [Self::Line, Self::Zone, Self::Gap];

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
        let mut spots = Self { standings: standings(connection)?, ..Self::default() };
        let mut statement = connection.prepare("SELECT id, name FROM source")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            spots.sources.insert(row.get(0)?, row.get(1)?);
        }
        let sql = "SELECT id, source, kind, name, entries, entered, \"left\" FROM spot";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(2)?.as_str()?;
            let Some(kind) = SpotKind::ALL.into_iter().find(|known| known.as_str() == kind) else { continue };
            let sums = SpotSums { entries: row.get(4)?, entered: row.get(5)?, left: row.get(6)? };
            spots.put(SpotId(row.get(0)?), row.get(1)?, kind, row.get(3)?, sums);
        }
        Ok(spots)
    }

    fn put(&mut self, id: SpotId, source: i64, kind: SpotKind, name: String, sums: SpotSums) {
        let index = id.0 as usize;
        if self.all.len() <= index {
            self.all.resize(index + 1, None);
        }
        let source_name = self.sources.get(&source).cloned().unwrap_or_default();
        self.numbers.entry((source, kind)).or_default().insert(name.clone(), id);
        self.all[index] = Some(Spot { source, source_name, kind, name, sums });
    }

    /// The number of a spot; a new one where it has none.
    pub(crate) fn number(&mut self, source: i64, kind: SpotKind, name: &str) -> SpotId {
        if let Some(id) = self.known(source, kind, name) {
            return id;
        }
        let id = SpotId(u32::try_from(self.all.len().max(1)).unwrap_or(u32::MAX));
        self.put(id, source, kind, name.to_owned(), SpotSums::default());
        id
    }

    fn known(&self, source: i64, kind: SpotKind, name: &str) -> Option<SpotId> {
        self.numbers.get(&(source, kind))?.get(name).copied()
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
            "INSERT INTO spot (id, source, kind, name, entries, entered, \"left\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET
             entries = excluded.entries, entered = excluded.entered, \"left\" = excluded.\"left\"",
        )?;
        for id in ids {
            let Some(spot) = self.get(id) else { continue };
            let SpotSums { entries, entered, left } = spot.sums;
            let kind = spot.kind.as_str();
            statement.execute(params![id.0, spot.source, kind, spot.name, entries, entered, left])?;
        }
        Ok(())
    }
}

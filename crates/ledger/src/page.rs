//! The ledger in pieces, for whoever keeps a copy of it elsewhere.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::digest::EventId;
use crate::entry::Kind;
use crate::error::Error;
use crate::reader::Reader;
use crate::row::{Row, Seq};
use crate::stretch::latest;

/// A piece of a ledger: all that it holds between two places.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Whose entries these are: 32 hexadecimal digits. A ledger that was put back from a copy goes on as another one.
    pub ledger: String,
    /// The entries of that ledger begin behind this place; what is before them is another one's.
    pub base: Seq,
    /// It holds what is behind this place,
    pub after: Seq,
    /// up to this one. Numbers between the two that no row has are no entries: sequences have holes.
    pub through: Seq,
    /// All entries between them, in order.
    pub rows: Vec<Row>,
}

/// A part of the sequence that belongs to one ledger.
struct Part {
    ledger: String,
    base: Seq,
    /// Where the next one begins.
    end: Option<Seq>,
}

impl Reader {
    /// The piece behind `after`, with at most `limit` entries. It is empty, and ends where it begins, where there is
    /// nothing more for now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn page(&self, after: Seq, limit: usize) -> Result<Page, Error> {
        self.as_of_one_moment(|| {
            let Part { ledger, base, end } = self.part(after)?;
            let mut rows = self.entries_after(after, &Kind::ALL, limit)?;
            let is_all = rows.len() < limit;
            rows.retain(|row| end.is_none_or(|end| row.seq <= end));
            let last = rows.last().map_or(after, |row| row.seq);
            let through = if is_all || rows.len() < limit { end.unwrap_or(last) } else { last };
            Ok(Page { ledger, base, after, through, rows })
        })
    }

    /// Whose entries come next, and how far those go that were ever written.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn identity(&self) -> Result<(String, Seq), Error> {
        self.as_of_one_moment(|| {
            let head = self.read(latest)?;
            Ok((self.part(Seq(head as u64))?.ledger, self.last()?))
        })
    }

    /// Where the entries of the ledger of this identity lie: behind the first place, up to the second, if that has
    /// come; `None` where they are not in here.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn part_of(&self, ledger: &str) -> Result<Option<(Seq, Option<Seq>)>, Error> {
        let parts = self.read(parts)?;
        let mut found = None;
        for (index, (behind, uid)) in parts.iter().enumerate() {
            if name(uid) == ledger {
                found = Some((Seq(*behind as u64), parts.get(index + 1).map(|(next, _)| Seq(*next as u64))));
            }
        }
        Ok(found)
    }

    fn part(&self, after: Seq) -> Result<Part, Error> {
        let after = after.0.cast_signed();
        self.read(|connection| {
            let sql = "SELECT behind, uid FROM lineage WHERE behind <= ?1 ORDER BY behind DESC LIMIT 1";
            let (base, uid) = connection
                .query_row(sql, [after], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?)))?;
            let sql = "SELECT min(behind) FROM lineage WHERE behind > ?1";
            let end: Option<i64> = connection.query_row(sql, [after], |row| row.get(0)).optional()?.flatten();
            Ok(Part { ledger: name(&uid), base: Seq(base as u64), end: end.map(|end| Seq(end as u64)) })
        })
    }
}

fn parts(connection: &Connection) -> rusqlite::Result<Vec<(i64, [u8; 16])>> {
    let sql = "SELECT behind, uid FROM lineage ORDER BY behind";
    connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Whatever is written from now on is another ledger's. Of one that has no entries yet nothing is known anywhere.
pub(crate) fn branch(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "INSERT INTO lineage (behind, uid) VALUES (?1, randomblob(16))
               ON CONFLICT DO UPDATE SET uid = excluded.uid";
    connection.execute(sql, params![latest(connection)?]).map(drop)
}

/// A ledger that was made of the remains of another one, and may lack its name.
pub(crate) fn make_sure(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "INSERT INTO lineage (behind, uid) VALUES (0, randomblob(16)) ON CONFLICT DO NOTHING";
    connection.execute(sql, []).map(drop)
}

/// In the form in which entries have their identities.
fn name(uid: &[u8; 16]) -> String {
    EventId::from_bytes(uid).map(|id| id.to_string()).unwrap_or_default()
}

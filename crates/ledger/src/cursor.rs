//! How far a publisher has come.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::connection;
use crate::error::{Error, Wording as _};
use crate::file::{self, FileId};
use crate::owner::Owner;
use crate::row::Seq;
use crate::schema::{self, Found};

/// A publisher's durable place in the sequence, by name. It survives every kind of end, and may be moved
/// while another program writes the ledger. It belongs to one program at a time: whoever has opened it,
/// until that is dropped or its program is gone, however it went.
///
/// Send first, then [`advance`](Self::advance): what was sent when the process was killed is sent again,
/// under the same [`EventId`](crate::EventId), and nothing is left out. The receiver drops what it has.
///
/// ```no_run
/// # fn send(_: &footfall_ledger::Row) -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use footfall_ledger::{Cursor, Reader};
///
/// let reader = Reader::open("shop.db")?;
/// let mut cursor = Cursor::open("shop.db", "mqtt")?;
/// for row in reader.crossings_after(cursor.position(), 100)? {
///     send(&row)?;
///     cursor.advance(row.seq)?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Cursor {
    path: PathBuf,
    /// Which file the name stood for when it was opened.
    file: Option<FileId>,
    connection: Connection,
    name: String,
    position: Seq,
    _owner: Owner,
}

impl Cursor {
    /// The cursor called `name`; one that was never moved is before everything.
    ///
    /// # Errors
    /// When another program has it ([`Error::CursorHeld`]), there is no ledger of today's version, or it
    /// cannot be written.
    pub fn open(path: impl AsRef<Path>, name: &str) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let file = file::id(&path);
        // Brings an older ledger to today's version, and refuses what is none.
        drop(crate::Reader::open(&path)?);
        let connection = connection::writable(&path, false)?;
        if schema::inspect(&connection, &path)? != Found::Version(schema::VERSION) {
            return Err(Error::NotALedger { path });
        }
        let owner = Owner::take(&path, name)?;
        let position = stored(&connection, name).wording(&path, READING)?;
        // From now on it is known that somebody waits for what is behind it. Where that cannot be written for now,
        // it is with the first entry that is sent.
        let known = "INSERT INTO cursor (name, seq, moved) VALUES (?1, 0, ?2) ON CONFLICT DO NOTHING";
        let _ = connection.execute(known, params![name, Timestamp::now().as_microsecond()]);
        Ok(Self { path, file, connection, name: name.to_owned(), position, _owner: owner })
    }

    /// Whether the file that was opened is still the one of this name: it may have been deleted or replaced.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.file.is_some() && self.file == file::id(&self.path)
    }

    /// The last entry that is done with.
    #[must_use]
    pub fn position(&self) -> Seq {
        self.position
    }

    /// Everything up to `to` is done with; on the disk when this returns.
    ///
    /// # Errors
    /// When somebody else has moved the cursor since it was opened here, the ledger's file is another one now, or
    /// it cannot be written.
    pub fn advance(&mut self, to: Seq) -> Result<(), Error> {
        self.pass(to, &[])
    }

    /// As [`advance`](Self::advance), and keeps in the same moment which entries the receiver refused for
    /// good, and why.
    ///
    /// # Errors
    /// As [`advance`](Self::advance).
    pub fn pass(&mut self, to: Seq, refused: &[(Seq, String)]) -> Result<(), Error> {
        if !self.is_current() {
            return Err(Error::Gone { path: self.path.clone() });
        }
        if to <= self.position && refused.is_empty() {
            return Ok(());
        }
        let to = to.max(self.position);
        let found = self.swap(to, refused).wording(&self.path, "write a cursor of the ledger")?;
        if found != self.position {
            let (expected, found) = (self.position.0, found.0);
            return Err(Error::CursorMoved { name: self.name.clone(), expected, found });
        }
        self.position = to;
        Ok(())
    }

    /// How many entries the receiver has refused for good.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn refused(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM refused WHERE name = ?1";
        let count = self.connection.query_row(sql, [&self.name], |row| row.get::<_, i64>(0));
        Ok(count.wording(&self.path, READING)? as u64)
    }

    /// What was last kept by [`remember`](Self::remember).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn memory(&self) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM memory WHERE name = ?1";
        self.connection.query_row(sql, [&self.name], |row| row.get(0)).optional().wording(&self.path, READING)
    }

    /// Keeps what the publisher has to know after a restart, beside its place; on the disk when this returns.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn remember(&mut self, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO memory (name, value) VALUES (?1, ?2)
                   ON CONFLICT DO UPDATE SET value = excluded.value";
        let kept = self.connection.execute(sql, params![self.name, value]);
        kept.wording(&self.path, "write a publisher's memory into the ledger")?;
        Ok(())
    }

    /// Moves the cursor if it is where it is believed to be; gives where it was.
    fn swap(&mut self, to: Seq, refused: &[(Seq, String)]) -> rusqlite::Result<Seq> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = stored(&transaction, &self.name)?;
        if found == self.position {
            let now = Timestamp::now().as_microsecond();
            for (seq, reason) in refused {
                transaction.execute(
                    "INSERT INTO refused (name, seq, at, reason) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET at = excluded.at, reason = excluded.reason",
                    params![self.name, seq.0.cast_signed(), now, reason],
                )?;
            }
            transaction.execute(
                "INSERT INTO cursor (name, seq, moved) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET seq = excluded.seq, moved = excluded.moved",
                params![self.name, to.0.cast_signed(), now],
            )?;
        }
        transaction.commit()?;
        Ok(found)
    }
}

const READING: &str = "read a cursor of the ledger";

fn stored(connection: &Connection, name: &str) -> rusqlite::Result<Seq> {
    let sql = "SELECT seq FROM cursor WHERE name = ?1";
    let seq = connection.query_row(sql, [name], |row| row.get::<_, i64>(0)).optional()?;
    Ok(Seq(seq.unwrap_or_default() as u64))
}

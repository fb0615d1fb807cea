//! What people and tills say beside the entries: spans that somebody has marked, and what was sold. None of it
//! changes an entry.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use serde::Serialize;

use crate::connection;
use crate::counts::{Micros, Query, Span};
use crate::error::{Error, Wording as _};
use crate::reader::{Range, Reader};
use crate::row::{optional, timestamp};
use crate::schema::{self, Found};

/// The reason that is told for time that somebody has marked as not counted.
pub(crate) const MARKED: &str = "marked";

/// A span that somebody has marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Its number; none is used twice.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Of one source alone, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether nobody counts as having been counted in it. What was is kept, and told apart.
    pub uncounted: bool,
    /// Why, or whatever else there is to say.
    pub note: String,
    /// When it was taken back; then it says nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<Timestamp>,
}

/// A span that is to be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMark {
    /// From when to when; the first moment is before the second.
    pub span: Span,
    /// Of one source alone, by name.
    pub source: Option<String>,
    /// See [`Mark::uncounted`].
    pub uncounted: bool,
    /// See [`Mark::note`].
    pub note: String,
}

/// What a till has sold at some time, or from then until its next one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sale {
    /// When.
    pub at: Timestamp,
    /// How often somebody has paid.
    pub transactions: u64,
    /// How much that was, in the till's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
}

/// What became of sales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sold {
    /// Of times that nothing was known of.
    pub added: usize,
    /// Of times of which something else was known.
    pub replaced: usize,
    /// Of times of which just that was known.
    pub known: usize,
}

/// Writes beside the entries, also while another program writes these.
#[derive(Debug)]
pub struct Notebook {
    path: PathBuf,
    connection: Connection,
}

impl Notebook {
    /// The notebook of the ledger at `path`.
    ///
    /// # Errors
    /// When there is no ledger, or it cannot be written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        // Brings an older ledger to today's version, and refuses what is none.
        drop(Reader::open(&path)?);
        let connection = connection::writable(&path, false)?;
        if schema::inspect(&connection, &path)? != Found::Version(schema::VERSION) {
            return Err(Error::NotALedger { path });
        }
        Ok(Self { path, connection })
    }

    /// Marks a span; gives the mark's number.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn mark(&mut self, new: &NewMark) -> Result<i64, Error> {
        let NewMark { span, source, uncounted, note } = new;
        let (from, to) = (span.from.as_microsecond(), span.to.as_microsecond());
        let sql =
            "INSERT INTO mark (at, since, until, source, uncounted, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![Timestamp::now().as_microsecond(), from, to, source, uncounted, note];
        self.connection.execute(sql, values).wording(&self.path, "mark a span in the ledger")?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Takes a mark back; gives whether it was in force. It stays known.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn take_back(&mut self, id: i64) -> Result<bool, Error> {
        let sql = "UPDATE mark SET taken_back = ?1 WHERE id = ?2 AND taken_back IS NULL";
        let changed = self.connection.execute(sql, params![Timestamp::now().as_microsecond(), id]);
        Ok(changed.wording(&self.path, "take back a mark in the ledger")? > 0)
    }

    /// Keeps what a till has sold: all of it, or nothing. What is known of one of these times is replaced; so the
    /// same may be told again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn sell(&mut self, till: &str, sales: &[Sale]) -> Result<Sold, Error> {
        let mut sold = Sold::default();
        let keep = |connection: &mut Connection, sold: &mut Sold| -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for sale in sales {
                let (at, transactions) = (sale.at.as_microsecond(), sale.transactions.cast_signed());
                let sql = "SELECT transactions = ?3 AND amount IS ?4 FROM sale WHERE till = ?1 AND at = ?2";
                let values = params![till, at, transactions, sale.amount];
                let known: Option<bool> = transaction.query_row(sql, values, |row| row.get(0)).optional()?;
                match known {
                    None => sold.added += 1,
                    Some(false) => sold.replaced += 1,
                    Some(true) => sold.known += 1,
                }
                let sql =
                    "INSERT OR REPLACE INTO sale (till, at, transactions, amount) VALUES (?1, ?2, ?3, ?4)";
                transaction.execute(sql, values)?;
            }
            transaction.commit()
        };
        keep(&mut self.connection, &mut sold).wording(&self.path, "write sales to the ledger")?;
        Ok(sold)
    }
}

impl Reader {
    /// All marks that ever were, in the order of their numbers; those that touch `range` alone.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn marks(&self, range: Range) -> Result<Vec<Mark>, Error> {
        let (from, to) = micros(range);
        let sql = "SELECT id, at, since, until, source, uncounted, note, taken_back FROM mark
                   WHERE until > ?1 AND since < ?2 ORDER BY id";
        self.collect(sql, [from, to], |row| {
            Ok(Mark {
                id: row.get(0)?,
                at: timestamp(row, 1)?,
                from: timestamp(row, 2)?,
                to: timestamp(row, 3)?,
                source: row.get(4)?,
                uncounted: row.get(5)?,
                note: row.get(6)?,
                taken_back: optional(row, 7)?,
            })
        })
    }

    /// What was sold in `range` over all tills, by time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sales(&self, range: Range) -> Result<Vec<Sale>, Error> {
        let (from, to) = micros(range);
        let sql = "SELECT at, transactions, amount FROM sale WHERE at >= ?1 AND at < ?2 ORDER BY at, till";
        self.collect(sql, [from, to], |row| {
            Ok(Sale {
                at: timestamp(row, 0)?,
                transactions: row.get::<_, i64>(1)?.unsigned_abs(),
                amount: row.get(2)?,
            })
        })
    }

    /// Marks in force of the sources and the time of `query`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn marks_of(&self, query: &Query) -> Result<Vec<Mark>, Error> {
        let Some(whole) = self.extent(query)? else { return Ok(Vec::new()) };
        let mut marks = self.marks(Range { from: Some(whole.from), to: Some(whole.to) })?;
        marks.retain(|mark| mark.taken_back.is_none() && is_of(mark, &query.sources));
        Ok(marks)
    }

    /// What of `query` was marked as not counted in `range`.
    pub(crate) fn marked(&self, range: Range, sources: &[String]) -> Result<Marked, Error> {
        let marks = self.marks(range)?.into_iter();
        let in_force = marks.filter(|mark| mark.uncounted && mark.taken_back.is_none());
        let of_sources = in_force.filter(|mark| is_of(mark, sources));
        let span = |mark: Mark| (Micros::from(Span { from: mark.from, to: mark.to }), mark.source);
        Ok(Marked(of_sources.map(span).collect()))
    }

    /// What was said and sold beside the counts of `query` over `whole`.
    pub(crate) fn beside(&self, query: &Query, whole: Span) -> Result<Beside, Error> {
        // Who is inside depends on what was before.
        let marks = self.marked(Range { from: None, to: Some(whole.to) }, &query.sources)?;
        let sales = self.sales(Range { from: Some(whole.from), to: Some(whole.to) })?;
        Ok(Beside { has_marks: marks.touches(whole.into()), marks, sales, next: 0 })
    }
}

/// Whether a mark is of any of these sources; none: of all.
fn is_of(mark: &Mark, sources: &[String]) -> bool {
    sources.is_empty() || mark.source.as_ref().is_none_or(|source| sources.contains(source))
}

fn micros(range: Range) -> (i64, i64) {
    let or = |time: Option<Timestamp>, other| time.map_or(other, Timestamp::as_microsecond);
    (or(range.from, i64::MIN), or(range.to, i64::MAX))
}

/// Spans that are marked as not counted, each with its source, or of all.
#[derive(Debug, Default)]
pub(crate) struct Marked(Vec<(Micros, Option<String>)>);

impl Marked {
    /// Whether what happened then at a source is in one of them.
    pub(crate) fn has(&self, at: i64, source: &str) -> bool {
        self.0
            .iter()
            .any(|(span, of)| span.from <= at && at < span.to && of.as_ref().is_none_or(|of| of == source))
    }

    pub(crate) fn spans(&self) -> impl Iterator<Item = Micros> + '_ {
        self.0.iter().map(|(span, _)| *span)
    }

    fn touches(&self, whole: Micros) -> bool {
        self.spans().any(|span| span.from < whole.to && whole.from < span.to)
    }
}

/// What was said and sold beside counts that are gone through by time.
#[derive(Debug)]
pub(crate) struct Beside {
    marks: Marked,
    has_marks: bool,
    sales: Vec<Sale>,
    /// The first sale of periods to come.
    next: usize,
}

impl Beside {
    /// Whether anything of what is asked for was marked as not counted.
    pub(crate) fn has_marks(&self) -> bool {
        self.has_marks
    }

    pub(crate) fn is_marked(&self, at: i64, source: &str) -> bool {
        self.marks.has(at, source)
    }

    /// Transactions of a period, and what was paid, where tills have told of any; periods go by in order.
    pub(crate) fn sold(&mut self, period: Micros) -> Option<(u64, Option<f64>)> {
        if self.sales.is_empty() {
            return None;
        }
        let (mut transactions, mut amount) = (0, None);
        while let Some(sale) = self.sales.get(self.next).filter(|s| s.at.as_microsecond() < period.to) {
            self.next += 1;
            if sale.at.as_microsecond() >= period.from {
                transactions += sale.transactions;
                amount = sale.amount.map(|paid| amount.unwrap_or(0.0) + paid).or(amount);
            }
        }
        Some((transactions, amount))
    }
}

//! Every crossing, health change and uncounted span exactly once, on disk.
//!
//! A SQLite database with one writer and any number of readers.
//!
//! | who | opens | for |
//! |---|---|---|
//! | the program that counts | [`Ledger`], then a [`Run`] for each source | writing what happens |
//! | reports, pages, publishers | [`Reader`] | [`entries_after`](Reader::entries_after) a place in the sequence, [`counts`](Reader::counts), [`zone_counts`](Reader::zone_counts), [`uncounted`](Reader::uncounted), [`health`](Reader::health) |
//! | publishers | [`Cursor`] beside it | remembering how far they have come |
//! | who keeps a copy elsewhere | [`Reader`] | [`page`](Reader::page): all that lies between two places, and whose it is |
//! | people and tills | [`Notebook`] beside it | marking spans, telling what was sold |
//!
//! # What holds
//!
//! - An entry is on the disk when [`Run::record`] returns, and only then may anybody else see it. A kill or
//!   a power cut at any moment takes what was not recorded yet, and nothing else.
//! - Entries have a sequence ([`Seq`]) that rises in the order of commits. A reader that has read up to a
//!   number never finds anything new below it.
//! - A ledger has an identity of its own ([`Page::ledger`]): it and the sequence name an entry among those of many
//!   ledgers. One that was put back from a copy goes on under another.
//! - Entries have an identity ([`EventId`]) made from what they are: of a recording from its content, the
//!   line with all that decides what is counted there, who, which way and when; of a live source from the
//!   run in place of the content. Recording one twice adds nothing.
//! - A recording is counted in one way only. Counting it in another way (another line under the same name,
//!   other settings, another version, another start) is refused, or replaces the first count if asked to.
//! - One program writes at a time. The lock is the system's: it is free when that program is gone, however
//!   it went.
//! - Entries are never changed. They go by retention, or by a recount.
//! - A line or zone is what it is apart from its name: entries keep the name that they were written down under,
//!   and readers are given the newest one ([`Renamed`]).
//! - Pictures and embeddings are not stored.
//!
//! # Times
//!
//! Times of day are UTC, in microseconds; [`Run`] says where they come from, and what happens when the
//! machine's clock is set. Time zones matter to [`Reader::counts`] alone.

mod arrival;
mod begin;
mod beside;
mod clock;
mod connection;
mod copies;
mod counts;
mod crossings;
mod cursor;
mod damage;
mod digest;
mod drawn;
mod entry;
mod error;
mod extent;
mod file;
mod former;
mod gaps;
mod health;
mod hours;
mod ledger;
mod lock;
mod mend;
mod naming;
mod off;
mod owner;
mod page;
mod places;
mod prune;
mod quarters;
mod reader;
mod redate;
mod removal;
mod rescue;
mod retention;
mod row;
mod run;
mod runs;
mod schema;
mod source;
mod stretch;
mod timeline;
mod unwritable;

pub use beside::{Mark, NewMark, Notebook, Sale, Sold};
pub use clock::{Clock, SystemClock};
pub use copies::{Copied, backup, restore};
pub use counts::{Before, Compare, Count, PeriodTally, Query, Span, ZoneCount};
pub use cursor::Cursor;
pub use digest::{Digest, EventId};
pub use drawn::{Drawn, Standing};
pub use entry::{CrossingEntry, Entry, GroupEntry, Kind, VisitEntry};
pub use error::{CountedOtherwise, Difference, Error, Obstacle};
pub use health::Health;
pub use hours::{Hours, HoursError, SiteHours};
pub use ledger::{Ledger, Options};
pub use mend::Mended;
pub use naming::Renamed;
pub use page::Page;
pub use places::Total;
pub use prune::{Pruned, prune};
pub use reader::{Range, Reader};
pub use redate::{ClockStretch, How};
pub use removal::Removal;
pub use retention::{Removed, Tidied};
pub use row::{Event, Row, Seq};
pub use run::{Recorded, Run};
pub use runs::RunRow;
pub use source::{Ending, Origin, Place, PlaceKind, RunInfo, Start};

pub use footfall_calendar::Period;
pub use jiff;

/// The version of the tables that this program writes.
pub const TABLES: u32 = schema::VERSION;

/// The version of SQLite in this program.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

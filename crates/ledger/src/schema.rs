//! The tables, and how an older ledger gets those of today.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Wording as _};
use crate::{former, quarters, stretch};

/// Each brings a ledger one version further. They are never changed, only added to.
const MIGRATIONS: [&str; 12] = [
    include_str!("schema/v1.sql"),
    include_str!("schema/v2.sql"),
    include_str!("schema/v3.sql"),
    include_str!("schema/v4.sql"),
    include_str!("schema/v5.sql"),
    include_str!("schema/v6.sql"),
    include_str!("schema/v7.sql"),
    include_str!("schema/v8.sql"),
    include_str!("schema/v9.sql"),
    include_str!("schema/v10.sql"),
    include_str!("schema/v11.sql"),
    include_str!("schema/v12.sql"),
];

/// The version that this program writes.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

/// From this version on it is written down how the machine's clock went.
const STRETCHES: u32 = 5;

/// "Foot" in ASCII: by this a file is known as a ledger, to us and to `file`.
const APPLICATION_ID: i32 = 0x466f_6f74;

/// What stands in a database file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing at all.
    Empty,
    /// A ledger of this version, from 1.
    Version(u32),
}

/// Tells whose file this is.
///
/// # Errors
/// When it is no ledger, or one of a newer program.
pub(crate) fn inspect(connection: &Connection, path: &Path) -> Result<Found, Error> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").wording(path, "open the ledger")?;
    let version = number("PRAGMA user_version").wording(path, "open the ledger")?;
    let tables = number("SELECT count(*) FROM sqlite_schema").wording(path, "open the ledger")?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(Found::Empty);
    }
    if application != i64::from(APPLICATION_ID) {
        return Err(Error::NotALedger { path: path.to_owned() });
    }
    if version > i64::from(VERSION) {
        return Err(Error::Newer { path: path.to_owned(), found: version, known: VERSION });
    }
    u32::try_from(version).map(Found::Version).map_err(|_| Error::NotALedger { path: path.to_owned() })
}

/// Brings the tables to today's version in one transaction: it is done, or not begun, whatever happens. A copy of what
/// was there before is kept beside it, until this program has counted.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let from = match inspect(connection, path)? {
        Found::Empty => 0,
        Found::Version(VERSION) => {
            for copy in former::let_go(connection, path, VERSION) {
                tracing::info!("removed {}: this version has counted since", copy.display());
            }
            return Ok(());
        }
        Found::Version(version) => version,
    };
    if from > 0 {
        let copy = former::keep(connection, path, from)?;
        tracing::info!(
            "bringing the ledger {} from version {from} to {VERSION}: for a year of a busy door it takes a minute. As it \
             was, it stays at {} until this version has counted",
            path.display(),
            copy.display()
        );
    }
    apply(connection, from).wording(path, "bring the ledger's tables to this program's version")?;
    if from > 0 {
        tracing::info!("brought the ledger {} from version {from} to {VERSION}", path.display());
    }
    Ok(())
}

fn apply(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for script in MIGRATIONS.iter().skip(from as usize) {
        transaction.execute_batch(script)?;
    }
    if from < STRETCHES {
        stretch::derive(&transaction)?;
    }
    quarters::seal_all(&transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

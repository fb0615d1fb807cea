//! The merged result of all recordings, as one machine would have written it.

use std::io;

use tokio_postgres::{Client, IsolationLevel, Transaction};

use crate::ArchiveError;

/// How many recordings are read at once.
const PAGE: i64 = 50;
/// The first line of CSV.
const HEAD: &str = "recording,kind,place,direction,at,until,seconds,frame,track,confidence\n";

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Crossings, a line each, byte for byte as `footfall run --crossings` writes them for one recording after the other.
    Jsonl,
    /// Everything that was counted, a row each.
    Csv,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Recordings whose results are in it.
    pub recordings: u64,
    /// Those that are not counted.
    pub missing: u64,
}

/// Writes it in order of the recordings' names, byte by byte, as of one moment.
pub(crate) async fn export(
    client: &mut Client,
    form: Form,
    is_partial: bool,
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> Result<Exported, ArchiveError> {
    let doing = || ArchiveError::database("read what was counted");
    let transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .map_err(doing())?;
    let sql = "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state <> 'done') FROM archive.job \
               WHERE current";
    let row = transaction.query_one(sql, &[]).await.map_err(doing())?;
    let count = |index: usize| row.get::<_, i64>(index).cast_unsigned();
    let exported = Exported { recordings: count(0), missing: count(1) };
    if exported.missing > 0 && !is_partial {
        return Err(ArchiveError::NotReady(format!(
            "{} of {} recordings are not counted (see `footfall archive status`): --partial leaves them out",
            exported.missing,
            exported.recordings + exported.missing
        )));
    }
    let mut write = |text: &str| write(text).map_err(ArchiveError::file("write", "the export"));
    if form == Form::Csv {
        write(HEAD)?;
    }
    let mut last = None;
    while let Some(next) = page(&transaction, form, last.as_deref(), &mut write).await? {
        last = Some(next);
    }
    Ok(exported)
}

/// Writes a page; gives the last name in it.
async fn page(
    transaction: &Transaction<'_>,
    form: Form,
    after: Option<&str>,
    write: &mut dyn FnMut(&str) -> Result<(), ArchiveError>,
) -> Result<Option<String>, ArchiveError> {
    let sql = match form {
        Form::Jsonl => include_str!("sql/export_jsonl.sql"),
        Form::Csv => include_str!("sql/export_csv.sql"),
    };
    let rows = transaction.query(sql, &[&after, &PAGE]).await;
    let rows = rows.map_err(ArchiveError::database("read what was counted"))?;
    for row in &rows {
        write(row.get(1))?;
    }
    Ok(rows.last().map(|row| row.get(0)))
}

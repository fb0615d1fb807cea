//! Into the database: everything that a number of messages says, or nothing of it.

use footfall_serve::told::SettingsTold;
use serde::Serialize;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Transaction};

use crate::OfficeError;
use crate::parcel::{Parcel, Row, Unfit};
use crate::partitions::Partitions;
use crate::places::{Owner, Places};
use crate::session::{Session, Statements};

/// A message as the hub has it.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) payload: Vec<u8>,
    /// Its place in the stream.
    pub(crate) sequence: u64,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// What it says is committed; or it means nothing, and that is.
    Kept,
    /// It is for a newer office.
    Later,
}

/// A connection that writes, and what it knows of the tables.
pub(crate) struct Keeper {
    session: Session,
    places: Places,
    partitions: Partitions,
    stream: String,
    prefix: String,
}

/// What several messages say, ready to be written.
#[derive(Default)]
struct Load {
    rows: Vec<Row>,
    spans: Vec<Span>,
    abouts: Vec<(i32, footfall_serve::told::About)>,
    refused: Vec<(String, String, Vec<u8>)>,
    last: u64,
}

/// A part of a ledger that is here now.
#[derive(Serialize)]
struct Span {
    ledger: i32,
    after: u64,
    through: u64,
    lost: Option<String>,
}

impl Keeper {
    /// One that writes by the connection `database` what it is given of the stream called `stream`.
    pub(crate) fn new(database: Client, stream: &str, prefix: &str) -> Self {
        let (places, partitions) = (Places::default(), Partitions::default());
        let (stream, prefix) = (stream.to_owned(), prefix.to_owned());
        Self { session: Session::new(database), places, partitions, stream, prefix }
    }

    /// Keeps what these say, in one transaction. One of them that the database refuses is kept aside, and the others
    /// are kept without it.
    pub(crate) async fn keep(&mut self, letters: &[Letter]) -> Result<Vec<Fate>, OfficeError> {
        match self.keep_all(letters).await {
            Err(error) if error.is_of_data() && letters.len() > 1 => {
                let mut fates = Vec::new();
                for letter in letters {
                    fates.extend(Box::pin(self.keep(std::slice::from_ref(letter))).await?);
                }
                Ok(fates)
            }
            Err(error) if error.is_of_data() && letters.len() == 1 => {
                let letter = &letters[0];
                let mut load = Load { last: letter.sequence, ..Load::default() };
                load.refuse(letter, error.to_string());
                self.write(&load).await?;
                Ok(vec![Fate::Kept])
            }
            other => other,
        }
    }

    async fn keep_all(&mut self, letters: &[Letter]) -> Result<Vec<Fate>, OfficeError> {
        let mut load = Load::default();
        let mut fates = Vec::with_capacity(letters.len());
        for letter in letters {
            fates.push(self.take(letter, &mut load).await?);
        }
        let months = load.rows.iter().filter_map(|row| row.month);
        self.partitions.make(&self.session.client, months).await?;
        self.write(&load).await?;
        Ok(fates)
    }

    /// Adds what a message says to what is to be written.
    async fn take(&mut self, letter: &Letter, load: &mut Load) -> Result<Fate, OfficeError> {
        let parcel = match Parcel::open(&self.prefix, &letter.subject, &letter.payload) {
            Ok(parcel) => parcel,
            Err(Unfit::Newer(version)) => {
                tracing::warn!(
                    "{} is of version {version}, which this office does not know: update it. Until then it waits",
                    letter.subject
                );
                return Ok(Fate::Later);
            }
            Err(Unfit::Wrong(reason)) => {
                load.refuse(letter, reason);
                return Ok(Fate::Kept);
            }
        };
        load.last = load.last.max(letter.sequence);
        let (shop, ledger) = parcel.ledger();
        let base = if let Parcel::Entries { batch, .. } = &parcel { batch.base } else { 0 };
        match (self.places.ledger(&self.session.client, shop, ledger, base).await?, parcel) {
            (Owner::Other(other), parcel) => {
                let (shop, ledger) = parcel.ledger();
                load.refuse(letter, format!("{shop} tells of the ledger {ledger}, which is {other}'s"));
            }
            (Owner::This { ledger, shop }, Parcel::Entries { batch, rows, .. }) => {
                load.rows.extend(rows.into_iter().map(|row| row.of(ledger, shop)));
                let (after, through, lost) = (batch.after, batch.through, batch.lost);
                load.spans.push(Span { ledger, after, through, lost });
            }
            (Owner::This { ledger, .. }, Parcel::About { about, .. }) => load.abouts.push((ledger, about)),
        }
        Ok(Fate::Kept)
    }

    async fn write(&mut self, load: &Load) -> Result<(), OfficeError> {
        let doing = "write what came";
        let Session { client, statements } = &mut self.session;
        let transaction = client.transaction().await.map_err(OfficeError::database(doing))?;
        let written = load.write(&transaction, statements, &self.stream).await;
        written.map_err(OfficeError::database(doing))?;
        transaction.commit().await.map_err(OfficeError::database("commit what came"))
    }
}

impl Load {
    /// Puts a message aside with the reason.
    fn refuse(&mut self, letter: &Letter, reason: String) {
        tracing::warn!("a message on {} is put aside: {reason}", letter.subject);
        self.last = self.last.max(letter.sequence);
        self.refused.push((letter.subject.clone(), reason, letter.payload.clone()));
    }

    async fn write(
        &self,
        transaction: &Transaction<'_>,
        statements: &mut Statements,
        stream: &str,
    ) -> Result<(), tokio_postgres::Error> {
        if !self.rows.is_empty() {
            let rows = json(&self.rows);
            statements.run(transaction, include_str!("sql/entries.sql"), &[&rows]).await?;
            statements.run(transaction, include_str!("sql/conditions.sql"), &[&rows]).await?;
            let conflicts = statements.run(transaction, include_str!("sql/conflicts.sql"), &[&rows]).await?;
            if conflicts > 0 {
                tracing::error!(
                    "{conflicts} entries came under names that other entries have: see office.conflict"
                );
            }
        }
        if !self.spans.is_empty() {
            let spans = json(&self.spans);
            statements.run(transaction, include_str!("sql/lost.sql"), &[&spans]).await?;
            statements.run(transaction, include_str!("sql/have.sql"), &[&spans]).await?;
        }
        for (ledger, about) in &self.abouts {
            write_about(transaction, statements, *ledger, about).await?;
        }
        for (subject, reason, message) in &self.refused {
            let sql = "INSERT INTO office.refused (subject, reason, message) VALUES ($1, $2, $3)";
            // What the database cannot hold as text is not to keep it from being put aside.
            let (subject, reason) = (subject.replace('\0', "\u{fffd}"), reason.replace('\0', "\u{fffd}"));
            statements.run(transaction, sql, &[&subject, &reason, message]).await?;
        }
        let sql = "INSERT INTO office.position AS kept (stream, sequence) VALUES ($1, $2)
                   ON CONFLICT (stream) DO UPDATE SET at = now(), sequence = greatest(kept.sequence, excluded.sequence)";
        statements.run(transaction, sql, &[&stream, &self.last.cast_signed()]).await.map(drop)
    }
}

async fn write_about(
    transaction: &Transaction<'_>,
    statements: &mut Statements,
    ledger: i32,
    about: &footfall_serve::told::About,
) -> Result<(), tokio_postgres::Error> {
    let told = about.told.cast_signed();
    // What continues a message that is not here leaves something out: until that comes, `told` stays where it is.
    let sql = "UPDATE office.ledger SET told = $2 WHERE id = $1 AND told < $2 AND told >= $3";
    let is_newest =
        statements.run(transaction, sql, &[&ledger, &told, &about.after.cast_signed()]).await? > 0;
    statements.run(transaction, include_str!("sql/runs.sql"), &[&ledger, &json(&about.runs)]).await?;
    statements
        .run(transaction, include_str!("sql/clock.sql"), &[&ledger, &json(&about.clock), &is_newest])
        .await?;
    if is_newest {
        statements.run(transaction, "DELETE FROM office.line WHERE ledger = $1", &[&ledger]).await?;
        let sql = "INSERT INTO office.line (ledger, source, line, role, in_total)
                   SELECT $1::integer, source, line, role, in_total FROM jsonb_to_recordset($2::text::jsonb)
                   AS line (source text, line text, role text, in_total boolean) ON CONFLICT DO NOTHING";
        statements.run(transaction, sql, &[&ledger, &json(&about.lines)]).await?;
        write_settings(transaction, statements, ledger, about.settings.as_ref()).await?;
    }
    Ok(())
}

/// What is in force at a machine, and how it has answered edits; `None` where it takes none.
async fn write_settings(
    transaction: &Transaction<'_>,
    statements: &mut Statements,
    ledger: i32,
    told: Option<&SettingsTold>,
) -> Result<(), tokio_postgres::Error> {
    let Some(told) = told else {
        let sql = "DELETE FROM office.setting WHERE ledger = $1";
        return statements.run(transaction, sql, &[&ledger]).await.map(drop);
    };
    let answered = told.answer.as_ref().map_or(0, |answer| answer.number.cast_signed());
    let values: [&(dyn ToSql + Sync); 4] = [&ledger, &told.digest, &json(&told.settings), &answered];
    statements.run(transaction, include_str!("sql/told_settings.sql"), &values).await?;
    if let Some(answer) = &told.answer {
        let sql = "UPDATE office.edit SET answered = $3::text::timestamptz, taken = $4, words = $5
                   WHERE ledger = $1 AND number = $2";
        let values: [&(dyn ToSql + Sync); 5] = [&ledger, &answered, &answer.at, &answer.taken, &answer.words];
        statements.run(transaction, sql, &values).await?;
    }
    let sql = "INSERT INTO office.distrusted (ledger, at, reason) SELECT $1::integer, at, reason
               FROM jsonb_to_recordset($2::text::jsonb) AS told (at timestamptz, reason text) ON CONFLICT DO NOTHING";
    statements.run(transaction, sql, &[&ledger, &json(&told.distrusted)]).await.map(drop)
}

pub(crate) fn json(value: &impl Serialize) -> String {
    // Plain members of our own: this cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

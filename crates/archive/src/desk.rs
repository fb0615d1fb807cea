//! Jobs in the database: taken under a fencing token, and given up with it.

use footfall_office::{Session, Statements};
use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Transaction};

use crate::{ArchiveError, Counted, Settings};

/// A job as one worker has taken it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: i64,
    /// One more at every taking. Whoever has an older one changes nothing any more.
    pub(crate) token: i64,
    pub(crate) tries: i32,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) version: String,
    pub(crate) bytes: i64,
    pub(crate) modified: Timestamp,
    pub(crate) settings: Settings,
}

/// What a worker is told who asks for a job.
pub(crate) enum Taken {
    Yes(Box<Job>),
    /// Nobody needs it any more: it is done, or was given up.
    Over,
    /// Somebody was heard of it lately.
    Busy,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is to be tried again.
    Again,
    /// It was tried often enough.
    Dead,
    /// Another worker has it now: nothing was changed.
    Lost,
    /// It counts.
    Done,
}

/// What it took, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) fetching: f64,
    pub(crate) counted: f64,
}

/// Takes job `id`, which was sent for the time number `sent`.
pub(crate) async fn take(
    session: &mut Session,
    (id, sent): (i64, i32),
    worker: &str,
    (most_tries, lease): (i32, f64),
) -> Result<Taken, ArchiveError> {
    let doing = "take a job";
    let Session { client, statements } = session;
    let taking = statements.get(client, include_str!("sql/take.sql")).await;
    let taking = taking.map_err(ArchiveError::database(doing))?;
    let row = client.query_opt(&taking, &[&id, &worker, &sent, &most_tries, &lease]).await;
    let row = row.map_err(ArchiveError::database(doing))?;
    if let Some(row) = row {
        let text = |index: usize| row.get::<_, String>(index);
        let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
        let settings = Settings {
            id: row.get(7),
            digest: text(8),
            configuration: text(9),
            options: serde_json::from_str(&text(10)).unwrap_or_default(),
            networks: row.get::<_, Option<String>>(11).map(|text| json(&text)),
        };
        let modified = text(6).parse().unwrap_or_default();
        return Ok(Taken::Yes(Box::new(Job {
            id,
            token: row.get(0),
            tries: row.get(1),
            name: text(2),
            place: text(3),
            version: text(4),
            bytes: row.get(5),
            modified,
            settings,
        })));
    }
    give_up_on(client, id, sent, most_tries, lease).await
}

/// Why a job cannot be taken; one that every worker has gone down with is tried no more.
async fn give_up_on(
    client: &Client,
    id: i64,
    sent: i32,
    most_tries: i32,
    lease: f64,
) -> Result<Taken, ArchiveError> {
    let doing = "look at a job";
    let sql = "SELECT state, tries, current AND sent = $2, worker,
               coalesce(seen BETWEEN now() - $3::double precision * interval '1 second'
                   AND now() + $3::double precision * interval '1 second', false)
               FROM archive.job WHERE id = $1";
    let row = client.query_opt(sql, &[&id, &sent, &lease]).await.map_err(ArchiveError::database(doing))?;
    let Some(row) = row else { return Ok(Taken::Over) };
    let (state, tries): (String, i32) = (row.get(0), row.get(1));
    if !row.get::<_, bool>(2) || !matches!(&*state, "queued" | "counting") {
        return Ok(Taken::Over);
    }
    let is_worked_on = state == "counting" && row.get::<_, bool>(4);
    if is_worked_on || tries < most_tries {
        // Also where it has just been given back: nothing is over that is not.
        return Ok(Taken::Busy);
    }
    let worker: Option<String> = row.get(3);
    let reason = format!(
        "{tries} times a worker was not heard of again while it had it, the last time {}",
        worker.unwrap_or_default()
    );
    let sql =
        "WITH dead AS (UPDATE archive.job SET state = 'dead', reason = $2 WHERE id = $1 AND tries >= $3 \
               AND state IN ('queued', 'counting') RETURNING id)
               UPDATE archive.attempt SET outcome = 'gone', ended = now() FROM dead
               WHERE attempt.job = dead.id AND outcome IS NULL";
    client.execute(sql, &[&id, &reason, &most_tries]).await.map_err(ArchiveError::database(doing))?;
    Ok(Taken::Over)
}

/// Says that a job is still worked on, and how far it is; whether it is still this worker's.
pub(crate) async fn beat(
    client: &Client,
    job: &Job,
    (done, of): (i64, Option<i64>),
) -> Result<bool, ArchiveError> {
    let sql = "UPDATE archive.job SET seen = now(), frames = $3, of_frames = $4
               WHERE id = $1 AND token = $2 AND state = 'counting'";
    let changed = client.execute(sql, &[&job.id, &job.token, &done, &of]).await;
    Ok(changed.map_err(ArchiveError::database("say that a job is worked on"))? == 1)
}

/// Writes down what was counted, in one transaction: it counts if the token is the newest, and is compared with every
/// other complete count of the same content in any case. Gives what became of it, and how many alarms that makes.
pub(crate) async fn done(
    session: &mut Session,
    job: &Job,
    content: &str,
    counted: &Counted,
    cost: Cost,
) -> Result<(Fate, u64), ArchiveError> {
    let doing = || ArchiveError::database("write down what was counted");
    let Session { client, statements } = session;
    let transaction = client.transaction().await.map_err(doing())?;
    let lock = "SELECT token = $2 AND state = 'counting', state = 'done' AND EXISTS
                (SELECT FROM archive.result WHERE job = id AND result.token = $2)
                FROM archive.job WHERE id = $1 FOR UPDATE";
    let lock = statements.get(&transaction, lock).await.map_err(doing())?;
    let row = transaction.query_one(&lock, &[&job.id, &job.token]).await.map_err(doing())?;
    let (is_ours, is_there): (bool, bool) = (row.get(0), row.get(1));
    if is_there {
        // The answer to an earlier commit was lost.
        return Ok((Fate::Done, 0));
    }
    let alarms =
        write(&transaction, statements, (job, is_ours), content, counted, cost).await.map_err(doing())?;
    transaction.commit().await.map_err(doing())?;
    Ok((if is_ours { Fate::Done } else { Fate::Lost }, alarms))
}

/// All of a count, sent in one go: on a busy machine what costs is the waiting for each answer. Gives how many alarms that
/// makes.
async fn write(
    transaction: &Transaction<'_>,
    statements: &mut Statements,
    (job, is_ours): (&Job, bool),
    content: &str,
    counted: &Counted,
    cost: Cost,
) -> Result<u64, tokio_postgres::Error> {
    const ATTEMPT: &str =
        "UPDATE archive.attempt SET ended = now(), outcome = $3, content = $4, digest = $5, counting = $6,
               program = $7, fetching = $8, counted = $9 WHERE job = $1 AND token = $2";
    const DONE: &str =
        "UPDATE archive.job SET state = 'done', reason = NULL, seen = now(), frames = $2, of_frames = $2
               WHERE id = $1";
    let attempt = statements.get(transaction, ATTEMPT).await?;
    let result = statements.get(transaction, include_str!("sql/done.sql")).await?;
    let entries = statements.get(transaction, include_str!("sql/entries.sql")).await?;
    let job_done = statements.get(transaction, DONE).await?;
    let alarms = statements.get(transaction, include_str!("sql/alarms.sql")).await?;
    let digest = counted.digest();
    let outcome = if is_ours { "done" } else { "late" };
    let (frames, summary) = (counted.frames.cast_signed(), counted.summary.to_string());
    let (start, told) = (counted.start.to_string(), Value::from(counted.entries.clone()).to_string());
    let (id, token) = (&job.id, &job.token);
    let of_attempt: [&(dyn ToSql + Sync); 9] = [
        id,
        token,
        &outcome,
        &content,
        &digest,
        &counted.counting,
        &counted.program,
        &cost.fetching,
        &cost.counted,
    ];
    let of_result: [&(dyn ToSql + Sync); 9] =
        [id, token, &content, &digest, &start, &frames, &counted.seconds, &counted.crossings, &summary];
    let of_entries: [&(dyn ToSql + Sync); 2] = [id, &told];
    let of_job: [&(dyn ToSql + Sync); 2] = [id, &frames];
    let of_alarms: [&(dyn ToSql + Sync); 4] = [id, token, &content, &digest];
    let tell_attempt = transaction.execute(&attempt, &of_attempt);
    let raise_alarms = transaction.execute(&alarms, &of_alarms);
    if !is_ours {
        return tokio::try_join!(tell_attempt, raise_alarms).map(|(_, alarms)| alarms);
    }
    let all = tokio::try_join!(
        tell_attempt,
        transaction.execute(&result, &of_result),
        transaction.execute(&entries, &of_entries),
        transaction.execute(&job_done, &of_job),
        raise_alarms,
    );
    all.map(|(.., alarms)| alarms)
}

/// Writes down why an attempt failed.
pub(crate) async fn failed(
    client: &Client,
    job: &Job,
    reason: &str,
    most_tries: i32,
    cost: Cost,
) -> Result<Fate, ArchiveError> {
    let sql = "WITH job AS (
                   UPDATE archive.job SET reason = $3, state = CASE WHEN tries >= $4 THEN 'dead' ELSE 'queued' END
                   WHERE id = $1 AND token = $2 AND state = 'counting' RETURNING state
               ), attempt AS (
                   UPDATE archive.attempt SET ended = now(), outcome = 'failed', reason = $3, fetching = $5, counted = $6
                   WHERE job = $1 AND token = $2 AND outcome IS NULL
               ) SELECT state FROM job";
    let reason = reason.replace('\0', "\u{fffd}");
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&job.id, &job.token, &reason, &most_tries, &cost.fetching, &cost.counted];
    let row = client.query_opt(sql, values).await.map_err(ArchiveError::database("write down a failure"))?;
    Ok(match row.map(|row| row.get::<_, String>(0)).as_deref() {
        Some("dead") => Fate::Dead,
        Some(_) => Fate::Again,
        None => Fate::Lost,
    })
}

/// Gives a job back that is not to blame: the try does not count. It `is_trouble` where somebody should know of it.
pub(crate) async fn give_back(
    client: &Client,
    job: &Job,
    reason: &str,
    is_trouble: bool,
) -> Result<Fate, ArchiveError> {
    let sql = "WITH job AS (
                   UPDATE archive.job SET state = 'queued', tries = tries - 1,
                       reason = CASE WHEN $4 THEN $3 ELSE reason END
                   WHERE id = $1 AND token = $2 AND state = 'counting' RETURNING id
               ), attempt AS (
                   UPDATE archive.attempt SET ended = now(), outcome = 'given back', reason = $3
                   WHERE job = $1 AND token = $2 AND outcome IS NULL
               ) SELECT id FROM job";
    let row = client.query_opt(sql, &[&job.id, &job.token, &reason, &is_trouble]).await;
    let row = row.map_err(ArchiveError::database("give a job back"))?;
    Ok(if row.is_some() { Fate::Again } else { Fate::Lost })
}

/// The networks by which an archive's recordings are counted: those of the first worker that asks.
pub(crate) async fn networks(client: &Client, settings: i32, own: &Value) -> Result<Value, ArchiveError> {
    let sql = "UPDATE archive.settings SET networks = coalesce(networks, $2::text::jsonb) WHERE id = $1
               RETURNING networks::text";
    let row = client.query_one(sql, &[&settings, &own.to_string()]).await;
    let text: String = row.map_err(ArchiveError::database("compare networks"))?.get(0);
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}

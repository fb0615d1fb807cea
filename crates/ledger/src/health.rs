//! What is wrong with sources.

use jiff::Timestamp;
use rusqlite::OptionalExtension as _;

use crate::Ledger;
use crate::error::Error;
use crate::reader::Reader;
use crate::row::{optional, timestamp};

/// What is wrong with a source now, or was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// The source's name.
    pub source: String,
    /// The conditions that were raised and are not over, with when they were raised.
    pub raised: Vec<(String, Timestamp)>,
    /// When the latest counted frame was taken.
    pub seen: Option<Timestamp>,
    /// Whether its latest run has neither ended nor, as far as can be told, been killed: a writer holds the
    /// ledger.
    pub running: bool,
}

impl Reader {
    /// Every source that was ever counted, by name, with what is wrong with it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn health(&self) -> Result<Vec<Health>, Error> {
        let sql = "SELECT source.name, run.id, run.seen, run.ended FROM source
                   JOIN run ON run.id = (SELECT max(id) FROM run WHERE run.source = source.id)
                   ORDER BY source.name, source.id";
        let is_written = Ledger::is_written(self.path())?;
        let mut health = Vec::new();
        self.as_of_one_moment(|| {
            self.each(sql, [], |row| {
                let raised = self.raised(row.get(1)?)?;
                let running = optional(row, 3)?.is_none() && is_written;
                health.push(Health { source: row.get(0)?, raised, seen: optional(row, 2)?, running });
                Ok(())
            })
        })?;
        Ok(health)
    }

    /// What was raised in `run` and is not over, in the order in which it was raised. A step of the clock is
    /// over at once.
    fn raised(&self, run: i64) -> rusqlite::Result<Vec<(String, Timestamp)>> {
        let next = "SELECT min(name) FROM event INDEXED BY health_by_run
                    WHERE kind = 'health' AND run = ?1 AND name > ?2";
        let latest = "SELECT direction, utc, seq FROM event WHERE seq = (SELECT max(seq) FROM event
                      INDEXED BY health_by_run WHERE kind = 'health' AND run = ?1 AND name = ?2)";
        let (mut next, mut latest) = (self.connection().prepare(next)?, self.connection().prepare(latest)?);
        let (mut raised, mut name) = (Vec::new(), String::new());
        while let Some(found) = next.query_row((run, &name), |row| row.get::<_, Option<String>>(0))? {
            name = found;
            let state = latest.query_row((run, &name), |row| {
                Ok((row.get::<_, Option<String>>(0)?, timestamp(row, 1)?, row.get::<_, i64>(2)?))
            });
            if let Some((direction, at, seq)) = state.optional()?
                && direction.as_deref() == Some("raised")
                && name != "clock_step"
            {
                raised.push((seq, name.clone(), at));
            }
        }
        raised.sort_unstable();
        Ok(raised.into_iter().map(|(_, name, at)| (name, at)).collect())
    }
}

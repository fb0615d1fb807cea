//! The whole ledger, piece by piece, as the head office is told of it.

use footfall_config::shown_name;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Reader, Row, Seq};
use footfall_serve::told::{About, Batch, Line, Run, Stretch, VERSION};
use footfall_serve::{Pages, Part, PortError};
use serde_json::Value;

use super::LedgerBook;
use crate::cameras::show_sources;

impl Pages for LedgerBook {
    fn page(&self, after: u64, limit: usize) -> Result<Batch, PortError> {
        let page = self.ask(|reader| reader.page(Seq(after), limit))?;
        let entries = page.rows.into_iter().map(told).collect::<Result<_, _>>()?;
        let (base, after, through) = (page.base.0, page.after.0, page.through.0);
        Ok(Batch { version: VERSION, ledger: page.ledger, base, after, through, entries, lost: None })
    }

    fn about(&self) -> Result<About, PortError> {
        let (ledger, runs, clock, lines) = self.ask(|reader| {
            let (ledger, _) = reader.identity()?;
            Ok((ledger, reader.runs()?, reader.clock()?, reader.lines()?))
        })?;
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let runs = runs.into_iter().map(|run| Run {
            id: run.id,
            source: shown_name(&run.source),
            recorded: run.recorded,
            began: run.began.to_string(),
            start: run.start.to_string(),
            seen: time(run.seen),
            ended: time(run.ended),
            outcome: run.outcome,
            program: run.version,
            config: run.config,
        });
        let clock = clock.into_iter().map(|stretch| Stretch {
            id: stretch.id,
            began: stretch.began.to_string(),
            until: stretch.until.to_string(),
            step: stretch.step,
            standing: stretch.standing.to_owned(),
        });
        let lines = lines.into_iter().map(|(source, line, standing)| Line {
            source: shown_name(&source),
            line,
            role: standing.role.as_str().to_owned(),
            in_total: standing.in_total,
        });
        let (runs, clock, lines) = (runs.collect(), clock.collect(), lines.collect());
        Ok(About { version: VERSION, ledger, told: 0, after: 0, runs, clock, lines, settings: None })
    }

    fn identity(&self) -> Result<String, PortError> {
        Ok(self.ask(Reader::identity)?.0)
    }

    fn part(&self, ledger: &str) -> Result<Option<Part>, PortError> {
        let part = self.ask(|reader| {
            let Some((base, end)) = reader.part_of(ledger)? else { return Ok(None) };
            let end = end.map_or_else(|| reader.last(), Ok)?;
            Ok(Some(Part { base: base.0, end: end.0, is_pruned: !reader.removals()?.is_empty() }))
        })?;
        Ok(part)
    }
}

/// An entry as it leaves the shop: without paths of the machine, and without the names of who works there.
fn told(mut row: Row) -> serde_json::Result<Value> {
    row.source = shown_name(&row.source);
    if let Some(staff) = row.detail.get_mut("staff") {
        *staff = Value::Bool(true);
    }
    show_sources(&mut row.detail);
    serde_json::to_value(row)
}

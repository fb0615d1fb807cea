//! Looking after the ledger beside a run: whether its file is still there, and whole, and what is too old to be kept.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use footfall_ledger::{Error, Ledger, Mended, Obstacle, Reader, Tidied};
use footfall_pipeline::{Hub, Stop};

use crate::NOTICE;

/// How often the ledger is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// How often is told what cannot be mended.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Looks after `ledger` until `done`: one that was deleted, replaced or damaged is put right, and that is told.
///
/// What is too old goes in small steps, and not before the first frame.
pub(super) fn keep(ledger: &Ledger, hub: &Hub, done: &Stop) {
    thread::scope(|scope| {
        scope.spawn(|| look_for_damage(ledger, done));
        let mut told: Option<Instant> = None;
        while !done.wait(EVERY) {
            match put_right(ledger) {
                Ok(()) => told = None,
                Err(error) if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) => {
                    tracing::error!("the ledger cannot be put right: {error}");
                    told = Some(Instant::now());
                }
                Err(_) => {}
            }
            if hub.feeds().iter().any(|feed| feed.status().processed > 0) {
                tidy(ledger);
            }
        }
    });
}

/// Reads all of the file once: what ended the run before may have harmed more than the run.
fn look_for_damage(ledger: &Ledger, done: &Stop) {
    let Ok(reader) = Reader::open(ledger.path()) else { return };
    // Nobody waits for the end of a long check.
    let is_over = done.clone();
    reader.read_while(move || !is_over.is_requested());
    match reader.look_through() {
        Err(Error::Damaged { problem, .. }) if reader.is_current() => ledger.report_damage(&problem),
        Err(Error::GivenUp { .. }) | Ok(()) => {}
        Err(error) => tracing::warn!("{error}"),
    }
}

/// Removes some of what is too old, and says so at the end of it.
fn tidy(ledger: &Ledger) {
    let removed = match ledger.tidy() {
        Ok(Tidied::Done(removed)) => removed,
        Ok(_) => return,
        // Whoever writes tells of it.
        Err(error) => return tracing::debug!("{error}"),
    };
    let path = ledger.path().display();
    if let Some((first, last)) = removed.times {
        tracing::info!(target: NOTICE, "removed {} old entries from {first} to {last} from {path}", removed.entries);
    }
    if removed.unsent > 0 {
        tracing::warn!("{} of these had not been sent by every publisher", removed.unsent);
    }
    if removed.held > 0 {
        tracing::warn!(
            "{} old entries stay in {path}: {} has not sent them. If it comes no more, `footfall ledger forget-publisher` \
             lets them go; with ledger.remove_unsent nothing waits",
            removed.held,
            removed.holders.join(", ")
        );
    }
}

/// Mends what is wrong, and says what was done.
pub(super) fn put_right(ledger: &Ledger) -> Result<(), Error> {
    let Err(error) = ledger.look() else { return Ok(()) };
    if let Some(mended) = ledger.mend()? {
        tell(ledger.path(), &error, &mended);
    }
    Ok(())
}

/// Says what was done about `error`.
pub(super) fn tell(path: &Path, error: &Error, mended: &Mended) {
    match mended {
        Mended::PutBack => tracing::warn!(
            target: NOTICE,
            "{error}. All that it held was put back. To begin a new one, end this program first, or name another ledger"
        ),
        Mended::Adopted { entries } => tracing::warn!(
            target: NOTICE,
            "{error}. The ledger that is there now is written from here on; {entries} entries of this run were added to it"
        ),
        Mended::Renewed { aside, rescued } => tracing::error!(
            "the ledger {} was damaged. It was set aside as {}; the one in its place has the {rescued} entries that \
             could be read. `sqlite3 {} .recover` may find more",
            path.display(),
            aside.display(),
            aside.display()
        ),
    }
}

/// Opens a ledger: a damaged one is set aside, and one that cannot be had for now is waited for.
pub(super) fn open(
    path: &Path,
    stop: &Stop,
    options: impl Fn() -> footfall_ledger::Options,
) -> Result<Ledger, Error> {
    let mut is_told = false;
    loop {
        let error = match Ledger::open_with(path, options()) {
            Ok(ledger) => return Ok(ledger),
            Err(error) => error,
        };
        match error.obstacle() {
            Some(Obstacle::Damaged) if matches!(error, Error::Damaged { .. }) => {
                tell(path, &error, &Ledger::renew(path)?);
                continue;
            }
            Some(Obstacle::Locked | Obstacle::Full) if !stop.is_requested() => {}
            _ => return Err(error),
        }
        if !is_told {
            tracing::warn!("{error}. Waiting for it");
            is_told = true;
        }
        let _ = stop.wait(EVERY);
    }
}

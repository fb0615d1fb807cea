//! How far an archive is, for people.

use std::fmt::Write as _;

use footfall_archive::{Alarm, Failure, Status, Submitted, Working};

use crate::times::clock;

/// So many lines of each list are shown; `--json` has all.
const MOST: usize = 20;

/// What submitting came to.
pub(super) fn submitted(done: &Submitted, settings: &str) -> String {
    let mut text =
        format!("{} recordings are to be counted, {} were known", done.added + done.back, done.known);
    if done.replaced > 0 {
        let _ = write!(text, ", {} earlier ones of the same names are replaced", done.replaced);
    }
    if done.others > 0 {
        let _ = write!(text, ", {} files are no recordings", done.others);
    }
    let _ = writeln!(text, "; settings {}", &settings[..12.min(settings.len())]);
    text
}

/// How far it is.
pub(super) fn status(status: &Status) -> String {
    let kept = &status.kept;
    let share = 100.0 * kept.bytes_done as f64 / kept.bytes.max(1) as f64;
    let mut text = format!(
        "{} of {} recordings are counted ({share:.1}% of the bytes): {} frames, {} of footage, in {}, out {}\n",
        kept.done,
        kept.recordings,
        kept.frames,
        clock(kept.seconds),
        kept.entered,
        kept.left
    );
    let _ = writeln!(
        text,
        "{} wait, {} are being counted, {} were given up",
        kept.queued, kept.counting, kept.dead
    );
    if let Some(rate) = &kept.rate {
        let left = kept.remaining_seconds.map_or_else(|| "unknown".to_owned(), clock);
        let _ = writeln!(
            text,
            "{} {:.0} recordings an hour, {:.1} times real time; {left} left",
            if kept.counting > 0 { "now" } else { "with one worker" },
            rate.recordings_per_hour,
            rate.footage_per_second
        );
    }
    match (&status.hub, &status.hub_trouble) {
        (Some(hub), _) => {
            let _ = writeln!(text, "at the hub: {} jobs wait, {} are given out", hub.waiting, hub.given);
            if hub.waiting + hub.given < kept.queued {
                let lost = kept.queued - hub.waiting - hub.given;
                let _ = writeln!(
                    text,
                    "the hub lacks {lost} jobs of the database: if that stays so, `footfall archive retry --all` fills the \
                     queue anew"
                );
            }
        }
        (None, trouble) => {
            let _ = writeln!(text, "{}", trouble.as_deref().unwrap_or("the hub cannot be reached"));
        }
    }
    list(&mut text, "being counted", &kept.working, working);
    list(&mut text, "failed, and tried again", &kept.failures, failure);
    list(&mut text, "given up: `footfall archive retry` puts them back", &kept.dead_letters, failure);
    list(&mut text, "ALARMS: counts that differ where they must not", &kept.alarms, alarm);
    if kept.programs.len() > 1 {
        let told: Vec<_> =
            kept.programs.iter().map(|(version, results)| format!("{results} by {version}")).collect();
        let _ = writeln!(text, "\nresults come from several versions of the program: {}", told.join(", "));
    }
    text
}

fn list<T>(text: &mut String, head: &str, all: &[T], line: fn(&T) -> String) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{head}:");
    for one in all.iter().take(MOST) {
        let _ = writeln!(text, "  {}", line(one));
    }
    if all.len() > MOST {
        let _ = writeln!(text, "  and {} more: --json has all", all.len() - MOST);
    }
}

fn working(working: &Working) -> String {
    let Working { name, worker, seconds, frames, of_frames, silent_seconds } = working;
    let frames = match (frames, of_frames) {
        (Some(done), Some(of)) => format!(", {done} of {of} frames"),
        (Some(done), None) => format!(", {done} frames"),
        _ => String::new(),
    };
    format!("{name}: {worker}, for {}{frames}, heard of {silent_seconds:.0} s ago", clock(*seconds))
}

fn failure(failure: &Failure) -> String {
    format!("{}, {} tries: {}", failure.name, failure.tries, failure.reason)
}

fn alarm(alarm: &Alarm) -> String {
    let why = if alarm.same_networks {
        "by the same networks and device"
    } else {
        "by other networks, or on another device"
    };
    let [kept, came] = &alarm.workers;
    format!("{} ({kept}) and {} ({came}), {why}, found {}", alarm.kept, alarm.came, alarm.found)
}

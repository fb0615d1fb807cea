//! Ctrl-C and SIGTERM: the first ends the run in order, the second at once.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use footfall_pipeline::Stop;

use crate::say::say;

/// What a shell reports of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Makes `stop` be requested when the user or the system asks the program to end.
pub(crate) fn stop_on_signal(stop: &Stop) -> anyhow::Result<()> {
    let stop = stop.clone();
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        say("\nending: finishing the frames on their way and the outputs (once more to abort)\n");
        stop.request();
    };
    ctrlc::set_handler(handler).context("Ctrl-C cannot be handled")
}

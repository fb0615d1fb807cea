//! A program that another one has started to work for it ends with that one.

use footfall_archive::ENDS_WITH;

/// Has the system end this process when the one ends that [`ENDS_WITH`] names, where it is our parent. Nothing else tells
/// of a parent that was killed.
pub(crate) fn end_with_it() {
    let Some(parent) = std::env::var(ENDS_WITH).ok().and_then(|text| text.parse::<i32>().ok()) else {
        return;
    };
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        // Where this cannot be had, a killed worker leaves a run that nobody reads.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        if getppid().is_none_or(|pid| pid.as_raw_nonzero().get() != parent) {
            // It has ended already.
            std::process::exit(1);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = parent;
}

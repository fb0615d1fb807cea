//! FFmpeg inside OpenCV writes to the terminal by itself; our own errors say it better.

/// Starts this program anew, in the same process, with FFmpeg's log switched off.
///
/// OpenCV reads that setting from the environment only, and a program's own environment cannot be
/// changed safely once it runs. Whoever has set the variable keeps their setting; where the new start
/// is impossible, the chatter stays.
pub(crate) fn restart_without_ffmpeg_chatter() {
    let (name, value) = footfall_video::FFMPEG_LOG_VARIABLE;
    if std::env::var_os(name).is_some() {
        return;
    }
    #[cfg(unix)]
    if let Ok(program) = std::env::current_exe() {
        use std::os::unix::process::CommandExt as _;
        let mut arguments = std::env::args_os();
        let own_name = arguments.next().unwrap_or_else(|| program.clone().into());
        // Returns only if it failed.
        let _ = std::process::Command::new(program).arg0(own_name).args(arguments).env(name, value).exec();
    }
}

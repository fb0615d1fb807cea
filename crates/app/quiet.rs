//! What FFmpeg inside OpenCV is told by the environment: above all, to be quiet. Our own errors say it better.

/// Starts this program anew, in the same process, with FFmpeg's log switched off.
pub(crate) fn restart_without_ffmpeg_chatter() {
    restart_with(footfall_video::FFMPEG_LOG_VARIABLE);
}

/// Starts this program anew, in the same process, with an environment variable set.
///
/// OpenCV reads some settings from the environment only, and a program's own environment cannot be
/// changed safely once it runs. Whoever has set the variable keeps their setting; where the new start
/// is impossible, so is the setting.
pub(crate) fn restart_with((name, value): (&str, &str)) {
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

//! What libraries are told by the environment, as there is no other way: FFmpeg inside OpenCV to be quiet, the allocator
//! to keep little of what is free.

/// What is set for every command.
///
/// The C library's allocator keeps a heap for each of many threads, and after the first large block that is given back
/// keeps all later ones too. Two heaps, and large blocks given back, cost no time that could be measured, as the networks
/// and the pictures have buffers of their own.
const USUAL: [(&str, &str); 3] =
    [footfall_video::FFMPEG_LOG_VARIABLE, ("MALLOC_ARENA_MAX", "2"), ("MALLOC_MMAP_THRESHOLD_", "262144")];

/// Starts this program anew, in the same process, with the usual variables set.
pub(crate) fn restart_with_usual() {
    restart_with(&USUAL);
}

/// Starts this program anew, in the same process, with environment variables set.
///
/// Libraries read some settings from the environment only, and a program's own environment cannot be
/// changed safely once it runs. Whoever has set a variable keeps their setting; where the new start
/// is impossible, so are the settings.
pub(crate) fn restart_with(variables: &[(&str, &str)]) {
    let missing = variables.iter().filter(|(name, _)| std::env::var_os(name).is_none());
    let missing: Vec<_> = missing.copied().collect();
    if missing.is_empty() {
        return;
    }
    #[cfg(unix)]
    if let Ok(program) = std::env::current_exe() {
        use std::os::unix::process::CommandExt as _;
        let mut arguments = std::env::args_os();
        let own_name = arguments.next().unwrap_or_else(|| program.clone().into());
        // Returns only if it failed.
        let _ = std::process::Command::new(program).arg0(own_name).args(arguments).envs(missing).exec();
    }
}

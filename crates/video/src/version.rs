//! Which libraries this crate works with.

use std::collections::BTreeMap;

/// Versions of OpenCV and of what it reads and writes videos with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// OpenCV's own, as in `4.6.0`.
    pub opencv: String,
    /// Those of FFmpeg's libraries by their names, as in `libavcodec`: `59.37.100`.
    pub ffmpeg: BTreeMap<String, String>,
}

/// The versions of the libraries that are loaded.
#[must_use]
pub fn versions() -> Versions {
    // Fails only where a string cannot be made.
    let text = |found: opencv::Result<String>| found.unwrap_or_default();
    Versions {
        opencv: text(opencv::core::get_version_string()),
        ffmpeg: of_ffmpeg(&text(opencv::core::get_build_information())),
    }
}

/// What OpenCV says of FFmpeg, in lines like `avcodec: YES (59.37.100)`.
fn of_ffmpeg(build: &str) -> BTreeMap<String, String> {
    let library = |line: &str| {
        let (name, rest) = line.trim().split_once(':')?;
        let version = rest.trim().strip_prefix("YES (")?.strip_suffix(')')?;
        matches!(name, "avcodec" | "avformat" | "avutil" | "swscale")
            .then(|| (format!("lib{name}"), version.to_owned()))
    };
    build.lines().filter_map(library).collect()
}

#[cfg(test)]
mod tests {
    use super::{of_ffmpeg, versions};

    #[test]
    fn the_libraries_say_which_they_are() {
        let found = versions();
        assert!(found.opencv.starts_with("4."), "{found:?}");
        assert!(found.ffmpeg.contains_key("libavcodec"), "{found:?}");
    }

    #[test]
    fn without_ffmpeg_there_is_nothing_to_tell() {
        assert!(of_ffmpeg(concat!("  Video I/O:", "\n    FFMPEG:   NO\n      avcodec:   NO\n")).is_empty());
    }
}

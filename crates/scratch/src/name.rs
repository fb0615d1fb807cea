//! Names that nobody else gives: what is being made, a mark, and letters at random.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What stands before the random part of every name.
const MARK: &str = ".footfall-";
/// Letters and digits at random: 95 bits, so that no name comes twice and nobody's own looks like one.
const RANDOM: usize = 16;
/// File systems take no longer name, in bytes.
const LONGEST: usize = 255;

/// All names under which one thing may be made.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    before: OsString,
    after: OsString,
}

impl Names {
    /// For what is to be called `path`: `tracks.txt` is made as `tracks.footfall-XXXXXXXXXXXXXXXX.partial.txt`, as the
    /// ending tells some writers what to write. With `hidden` a dot comes first.
    pub(crate) fn of(path: &Path, hidden: bool) -> Self {
        let mut after = OsString::from(".partial");
        if let Some(ending) = path.extension() {
            after.push(".");
            after.push(ending);
        }
        let mut before = OsString::from(if hidden { "." } else { "" });
        let room = LONGEST.saturating_sub(before.len() + MARK.len() + RANDOM + after.len());
        before.push(shortened(path.file_stem().unwrap_or_default(), room));
        before.push(MARK);
        Self { before, after }
    }

    /// For what has no name of its own, and is needed for as long as the program runs: `kind` tells what it is.
    pub(crate) fn passing(kind: &str) -> Self {
        Self { before: format!("{kind}{MARK}").into(), after: ".partial".into() }
    }

    /// The same, as `tempfile` takes them.
    pub(crate) fn builder(&self) -> tempfile::Builder<'_, '_> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(&self.before).suffix(&self.after).rand_bytes(RANDOM);
        builder
    }

    /// Whether `name` is one of them.
    pub(crate) fn has(&self, name: &OsStr) -> bool {
        let rest = name.as_encoded_bytes().strip_prefix(self.before.as_encoded_bytes());
        let random = rest.and_then(|rest| rest.strip_suffix(self.after.as_encoded_bytes()));
        random.is_some_and(|random| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric))
    }
}

/// The name's beginning, of at most `room` bytes where it is text.
fn shortened(name: &OsStr, room: usize) -> OsString {
    match name.to_str() {
        Some(text) => text[..text.floor_char_boundary(room)].into(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use super::Names;

    #[test]
    fn a_name_is_known_again_and_no_other_is() {
        let names = Names::of(Path::new("out/tracks.txt"), false);
        assert!(names.has(OsStr::new("tracks.footfall-0123456789abCDEF.partial.txt")));
        for other in [
            "tracks.txt",
            "tracks.partial.txt",
            "tracksAbCdEf.partial.txt",
            "tracks.footfall-.partial.txt",
            "tracks.footfall-0123456789abCDE.partial.txt",
            "tracks.footfall-0123456789abCDEFG.partial.txt",
            "tracks.footfall-0123456789ab.DEF.partial.txt",
            "tracks.footfall-0123456789abCDEF.partial.csv",
            "tracks.footfall-0123456789abCDEF.partial",
            "tracks2.footfall-0123456789abCDEF.partial.txt",
            ".tracks.footfall-0123456789abCDEF.partial.txt",
            "copy of tracks.footfall-0123456789abCDEF.partial.txt",
        ] {
            assert!(!names.has(OsStr::new(other)), "{other}");
        }
        let hidden = Names::of(Path::new("v.mp4"), true);
        assert!(hidden.has(OsStr::new(".v.footfall-0123456789abCDEF.partial.mp4")));
        assert!(!hidden.has(OsStr::new("v.footfall-0123456789abCDEF.partial.mp4")));
    }

    #[test]
    fn a_long_name_leaves_room_for_the_mark() {
        let folder = tempfile::tempdir().unwrap();
        for stem in ["a".repeat(250), "é".repeat(125)] {
            let names = Names::of(Path::new(&format!("{stem}.txt")), true);
            let file = names.builder().tempfile_in(folder.path()).unwrap();
            assert!(names.has(file.path().file_name().unwrap()));
        }
    }
}

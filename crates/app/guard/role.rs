//! What commands do with the files that their options name.

/// What a command does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Reads it, or all in it where it is a folder.
    Reads,
    /// Reads it, and it may be called NAME=PLACE.
    Source,
    /// Reads it and adds to it.
    Keeps,
    /// The same, with files beside it.
    Ledger,
    /// Reads some of what is in this folder, however deep, and none of it may be lost.
    Holds,
    /// Makes it anew.
    Writes,
}

impl Role {
    /// Whether what was there before is lost.
    pub(super) fn destroys(self) -> bool {
        self == Self::Writes
    }
}

/// What the command that is called by these names does with the files of the option `id`; none where that
/// names no file.
pub(super) fn of(path: &[String], id: &str) -> Option<Role> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    Some(match (&names[..], id) {
        (_, "ledger") | (["ledger", ..], "file") => Role::Ledger,
        (["staff", ..], "gallery")
        | (["manual"] | ["office", "prepare"], "folder")
        | (["worker"], "scratch") => Role::Keeps,
        (_, "source" | "sources") => Role::Source,

        // What is written by one command is read by another.
        (["eval", ..] | ["count"], "tracks")
        | (["eval", ..], "crossings" | "gt" | "from_gt" | "compare")
        | (["track"], "detections")
        | (["bench", ..], "results" | "reference" | "pictures" | "runtime")
        | (["model"], "network" | "picture")
        | (["reid", ..], "set" | "a" | "b" | "gallery" | "crops" | "passages")
        | (["archive", "submit"], "place")
        | (["replay"], "recording")
        | (["staff", ..] | ["ledger", "restore"], "from")
        | (["sales", ..], "file")
        | (_, "archive" | "config" | "detector" | "embedder" | "staff") => Role::Reads,
        (["ledger", "backup"] | ["archive", "export"], "to")
        | (["reid", ..], "answers")
        | (["office", "enrol"], "key")
        | (
            _,
            "output" | "tracks" | "crossings" | "groups" | "detections" | "ranges" | "record" | "report"
            | "summary" | "trace" | "json" | "csv" | "chart" | "write_gt" | "support",
        ) => Role::Writes,
        _ => return None,
    })
}

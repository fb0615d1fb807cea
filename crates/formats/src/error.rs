//! What can be wrong with a file.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}{}", path.display(), reading_advice(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be created, written or completed.
    #[error("cannot write {}: {source}{}", path.display(), writing_advice(source))]
    Write {
        /// The file, by its final name.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no folder to write the file into.
    #[error("cannot write {}: there is no folder {}; create it first, or name another place",
        path.display(), folder.display())]
    NoFolder {
        /// The file, by its final name.
        path: PathBuf,
        /// The folder that is not there.
        folder: PathBuf,
    },
    /// The path is a folder.
    #[error("cannot write {}: it is a folder; name a file in it", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// It can be no set of crops.
    #[error("{} is neither a folder nor a .tar archive; a set of crops is IDENTITY/IMAGE in either", path.display())]
    NotCrops {
        /// What was named.
        path: PathBuf,
    },
    /// A set of crops without any.
    #[error("{} has no pictures (.jpg, .jpeg, .png, .bmp, .webp); expected IDENTITY/IMAGE in it", path.display())]
    NoCrops {
        /// The folder or archive.
        path: PathBuf,
    },
    /// A picture that belongs to no identity.
    #[error(
        "{} is not in an identity's folder; expected IDENTITY/IMAGE in {}: move it to the folder of \
         the person that it shows", picture.display(), set.display()
    )]
    LooseCrop {
        /// The folder or archive.
        set: PathBuf,
        /// The picture's path within it.
        picture: PathBuf,
    },
    /// Two folders of one name that may or may not be one person.
    #[error(
        "{} and {} in {} have the same name: are they one person? Name a folder that holds only one of \
         them, or rename one", one.display(), other.display(), set.display()
    )]
    TwinIdentities {
        /// The folder or archive.
        set: PathBuf,
        /// A folder within it.
        one: PathBuf,
        /// Another folder within it.
        other: PathBuf,
    },
    /// A line is not what the format asks for.
    #[error("{}, line {line}: {problem}; expected {expected}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A recording is damaged, of another version, or something else.
    #[error("cannot replay {}: {problem}; expected {expected}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A file of another program is not as that writes it.
    #[error("{}: {problem}; expected {expected}", path.display())]
    Labels {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A JSON text is not what the format asks for.
    #[error("{}, line {line}, column {}: {}; expected {expected}",
        path.display(), source.column(), without_place(source))]
    Json {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What would be right.
        expected: &'static str,
        /// What the parser says.
        source: serde_json::Error,
    },
}

impl Error {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}

fn reading_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "; check the path",
        io::ErrorKind::PermissionDenied => "; make it readable for this user",
        io::ErrorKind::IsADirectory => "; name a file in it",
        _ => "",
    }
}

fn writing_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder that this user may write into"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space, or choose another disk"
        }
        io::ErrorKind::BrokenPipe => "; the program that was reading it has ended",
        _ => "",
    }
}

/// The parser's message without its own line and column: it counts from the text it was given.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

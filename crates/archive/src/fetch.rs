//! A recording onto this machine, and what it is: the digest of all its bytes.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use object_store::{GetOptions, GetRange};
use sha2::{Digest as _, Sha256};

use crate::StoreConfig;
use crate::desk::Job;
use crate::place::{Place, bucket_of};

/// How much is asked for at once.
const PIECE: u64 = 4 << 20;
/// How often that is tried, beside what the store's client tries by itself.
const TRIES: u32 = 5;
/// The pause before the second try; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// What is left free on the disk beside a copy.
const SPARE: u64 = 64 << 20;

/// A recording that can be read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fetched {
    pub(crate) path: PathBuf,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) content: String,
}

/// Why there is none.
#[derive(Debug)]
pub(crate) enum Unfetched {
    /// It is the recording's fault.
    Recording(String),
    /// It is this machine's, or the store's: later, or somewhere else, it may be there.
    Machine(String),
}

/// Reads a recording in place where this machine sees it, else copies it into `folder`.
///
/// All of it is read either way: its content is what a second count of it is known by. A copy is made of ranges that
/// follow one another, each tried again where the store fails.
pub(crate) async fn fetch(
    job: &Job,
    folder: &Path,
    most: f64,
    config: &StoreConfig,
) -> Result<Fetched, Unfetched> {
    match Place::of(&job.place) {
        Place::Local(path) => {
            let (job, read) = (job.clone(), path.clone());
            let content = tokio::task::spawn_blocking(move || in_place(&job, &read)).await;
            let content = content.map_err(|error| Unfetched::Machine(error.to_string()))??;
            Ok(Fetched { path, content })
        }
        Place::Object(bucket, key) => {
            let bytes = job.bytes.cast_unsigned();
            if bytes as f64 > most {
                let gib = |bytes: f64| bytes / f64::from(1 << 30);
                return Err(Unfetched::Recording(format!(
                    "it takes {:.1} GiB, and this worker copies at most {:.1}: see worker.scratch_gib",
                    gib(bytes as f64),
                    gib(most)
                )));
            }
            has_room(folder, bytes)?;
            let store = bucket_of(&bucket, config).map_err(|error| Unfetched::Machine(error.to_string()))?;
            let ending = Path::new(&job.place).extension().unwrap_or_default();
            let path = folder.join("recording").with_extension(ending);
            let content = copy(&*store, &key, job, &path).await?;
            Ok(Fetched { path, content })
        }
    }
}

/// The digest of a file that is where it was, and as it was.
fn in_place(job: &Job, path: &Path) -> Result<String, Unfetched> {
    let unread = |error: std::io::Error| {
        let told = format!("cannot read {}: {error}", path.display());
        match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => Unfetched::Recording(told),
            _ => Unfetched::Machine(told),
        }
    };
    let mut file = File::open(path).map_err(unread)?;
    let about = file.metadata().map_err(unread)?;
    let modified = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let micros = |time: Timestamp| time.as_microsecond();
    if about.len() != job.bytes.cast_unsigned() || modified.map(micros) != Some(micros(job.modified)) {
        return Err(Unfetched::Recording(format!(
            "{} has changed since it was submitted: submit it again",
            path.display()
        )));
    }
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(unread)? {
            0 => return Ok(hex(&hash.finalize())),
            length => hash.update(&buffer[..length]),
        }
    }
}

async fn copy(
    store: &dyn object_store::ObjectStore,
    key: &object_store::path::Path,
    job: &Job,
    path: &Path,
) -> Result<String, Unfetched> {
    let unwritten =
        |error: std::io::Error| Unfetched::Machine(format!("cannot copy to {}: {error}", path.display()));
    let mut file = File::create(path).map_err(unwritten)?;
    let bytes = job.bytes.cast_unsigned();
    // Every range is of the object that was submitted, not of one that has taken its place meanwhile.
    let tag = job.version.split_once(' ').map(|(_, tag)| format!("\"{tag}\""));
    let (mut hash, mut at) = (Sha256::new(), 0);
    while at < bytes {
        let range = at..(at + PIECE).min(bytes);
        let piece = piece(store, key, range, tag.as_deref()).await.map_err(|error| unfetched(job, &error))?;
        if piece.is_empty() {
            return Err(Unfetched::Machine(format!("{} ends at byte {at} of {bytes}", job.place)));
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(unwritten)?;
        at += piece.len() as u64;
    }
    // When it was taken is told by when it was finished.
    let finished = UNIX_EPOCH + Duration::from_micros(job.modified.as_microsecond().max(0).cast_unsigned());
    file.set_modified(finished).map_err(unwritten)?;
    Ok(hex(&hash.finalize()))
}

/// A range of an object, as long as it is the one with this entity tag.
async fn piece(
    store: &dyn object_store::ObjectStore,
    key: &object_store::path::Path,
    range: Range<u64>,
    tag: Option<&str>,
) -> Result<Vec<u8>, object_store::Error> {
    use object_store::Error;
    let mut tried = 0;
    loop {
        let range = GetRange::Bounded(range.clone());
        let options = GetOptions::new().with_range(Some(range)).with_if_match(tag.map(ToOwned::to_owned));
        let got = async { store.get_opts(key, options).await?.bytes().await }.await;
        tried += 1;
        match got {
            Ok(bytes) => return Ok(bytes.to_vec()),
            Err(error @ (Error::NotFound { .. } | Error::Precondition { .. })) => return Err(error),
            Err(error) if tried == TRIES => return Err(error),
            Err(error) => tracing::debug!("{error}"),
        }
        tokio::time::sleep(PAUSE * 2u32.pow(tried - 1)).await;
    }
}

fn unfetched(job: &Job, error: &object_store::Error) -> Unfetched {
    use object_store::Error;
    match error {
        Error::NotFound { .. } => Unfetched::Recording(format!("{} is not there any more", job.place)),
        Error::Precondition { .. } => {
            Unfetched::Recording(format!("{} has changed since it was submitted: submit it again", job.place))
        }
        error => Unfetched::Machine(format!("cannot read {}: {error}", job.place)),
    }
}

fn has_room(folder: &Path, bytes: u64) -> Result<(), Unfetched> {
    let unknown = |error| Unfetched::Machine(format!("{}: {error}", folder.display()));
    let about = rustix::fs::statvfs(folder).map_err(unknown)?;
    let free = about.f_bavail * about.f_frsize;
    if free < bytes + SPARE {
        let mib = |bytes: u64| bytes >> 20;
        return Err(Unfetched::Machine(format!(
            "no room for a copy: {} MiB are free at {}, and {} are wanted",
            mib(free),
            folder.display(),
            mib(bytes + SPARE)
        )));
    }
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes whatever is written.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

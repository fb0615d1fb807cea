//! Where recordings are: a folder, or a part of an object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore};
use serde::Serialize;

use crate::{ArchiveError, StoreConfig};

/// What recordings end with.
const ENDINGS: [&str; 19] = [
    "3gp", "asf", "avi", "dav", "flv", "h264", "h265", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg",
    "mts", "ogv", "ts", "webm", "wmv",
];

/// A recording that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Found {
    /// What its crossings are written down under.
    pub(crate) name: String,
    /// Where it is: a path from the root on, or an address.
    pub(crate) place: String,
    /// What tells that it has changed.
    pub(crate) version: String,
    pub(crate) bytes: i64,
    pub(crate) modified: Timestamp,
}

/// Recordings in order of their names, and how many files are none.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) found: Vec<Found>,
    pub(crate) others: usize,
}

/// All recordings below `place`, however deep. `name` comes before theirs; by default the last part of the place.
pub(crate) async fn list(
    place: &str,
    name: Option<&str>,
    config: &StoreConfig,
) -> Result<Listing, ArchiveError> {
    let mut listing = Listing::default();
    if let Some(rest) = place.strip_prefix("s3://") {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let store = bucket_of(bucket, config)?;
        let base =
            name.unwrap_or_else(|| prefix.rsplit('/').next().filter(|n| !n.is_empty()).unwrap_or(bucket));
        for meta in all(&*store, prefix, place).await? {
            let below = below(meta.location.as_ref(), prefix);
            listing.add(
                &meta,
                base,
                &below,
                format!("s3://{bucket}/{}", meta.location),
                meta.e_tag.as_deref(),
            );
        }
    } else {
        let root = Path::new(place).canonicalize().map_err(ArchiveError::file("find", place))?;
        let base = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let base = name.map_or(base, ToOwned::to_owned);
        let (folder, is_file) = if root.is_file() {
            (root.parent().map(Path::to_owned).unwrap_or_default(), true)
        } else {
            (root.clone(), false)
        };
        let refused = |source| ArchiveError::Store { doing: "list", place: place.to_owned(), source };
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(refused)?;
        for meta in all(&store, "", place).await? {
            let path = store.path_to_filesystem(&meta.location).map_err(refused)?;
            if is_file && path != root {
                continue;
            }
            let below = if is_file { String::new() } else { relative(&path, &folder) };
            listing.add(&meta, &base, &below, path.to_string_lossy().into_owned(), None);
        }
    }
    listing.found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

async fn all(store: &dyn ObjectStore, prefix: &str, place: &str) -> Result<Vec<ObjectMeta>, ArchiveError> {
    let prefix = (!prefix.is_empty()).then(|| Key::from(prefix));
    let listed = store.list(prefix.as_ref()).try_collect().await;
    listed.map_err(|source| ArchiveError::Store { doing: "list", place: place.to_owned(), source })
}

impl Listing {
    fn add(&mut self, meta: &ObjectMeta, base: &str, below: &str, place: String, tag: Option<&str>) {
        let ending = place.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if !ending.is_some_and(|ending| ENDINGS.contains(&&*ending)) {
            self.others += 1;
            return;
        }
        let name = if below.is_empty() { base.to_owned() } else { format!("{base}/{below}") };
        let modified = Timestamp::from_microsecond(meta.last_modified.timestamp_micros()).unwrap_or_default();
        let mark = tag.map_or_else(|| modified.to_string(), |tag| tag.trim_matches('"').to_owned());
        let version = format!("{} {mark}", meta.size);
        let bytes = i64::try_from(meta.size).unwrap_or(i64::MAX);
        self.found.push(Found { name, place, version, bytes, modified });
    }
}

fn below(key: &str, prefix: &str) -> String {
    key.strip_prefix(prefix).unwrap_or(key).trim_start_matches('/').to_owned()
}

fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}

/// What HTTP clients compute with, who choose nothing themselves. Whoever has chosen already is not overruled.
pub fn choose_cryptography() {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
}

/// A bucket, by the settings and the environment.
pub(crate) fn bucket_of(bucket: &str, config: &StoreConfig) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    choose_cryptography();
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_allow_http(config.plain_http);
    if let Some(endpoint) = &config.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(region) = &config.region {
        builder = builder.with_region(region);
    }
    if let Some(key) = &config.key {
        builder = builder.with_access_key_id(key);
    }
    if let Some(secret) = &config.secret {
        let secret =
            secret.reveal().map_err(|problem| ArchiveError::Refused(format!("store.secret: {problem}")))?;
        builder = builder.with_secret_access_key(secret);
    }
    let refused = |source| ArchiveError::Store { doing: "open", place: format!("s3://{bucket}"), source };
    Ok(Arc::new(builder.build().map_err(refused)?))
}

/// A recording's place by its parts.
#[derive(Debug, PartialEq)]
pub(crate) enum Place {
    /// On a file system that this machine sees.
    Local(PathBuf),
    /// A bucket and the key in it.
    Object(String, Key),
}

impl Place {
    pub(crate) fn of(place: &str) -> Self {
        match place.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) {
            Some((bucket, key)) => Self::Object(bucket.to_owned(), Key::from(key)),
            None => Self::Local(PathBuf::from(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::list;
    use crate::StoreConfig;

    #[tokio::test]
    async fn recordings_are_found_however_deep_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join("front").join(name);
        std::fs::create_dir_all(at("2026/may")).unwrap();
        for name in ["2026/may/b.MP4", "a door #1.avi", "notes.txt", "2026/noending"] {
            std::fs::write(at(name), "x").unwrap();
        }
        let root = folder.path().join("front");
        let listing = list(root.to_str().unwrap(), None, &StoreConfig::default()).await.unwrap();
        let names: Vec<_> = listing.found.iter().map(|found| &*found.name).collect();
        assert_eq!(names, ["front/2026/may/b.MP4", "front/a door #1.avi"]);
        assert_eq!(listing.others, 2);
        assert!(std::path::Path::new(&listing.found[1].place).is_file(), "{:?}", listing.found[1]);
        let file = at("a door #1.avi");
        let one = list(file.to_str().unwrap(), Some("door"), &StoreConfig::default()).await.unwrap();
        assert_eq!(one.found.iter().map(|found| &*found.name).collect::<Vec<_>>(), ["door"]);
        assert!(list("/no/such/folder", None, &StoreConfig::default()).await.is_err());
    }
}

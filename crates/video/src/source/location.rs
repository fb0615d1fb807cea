//! What a user's text names: a camera, a stream, a folder or a file.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::folder::is_picture;
use crate::VideoError;

/// Where frames come from.
#[derive(Debug, PartialEq)]
pub(super) enum Location {
    /// A camera on this machine.
    Camera(Camera),
    /// An address, with its password if it has one.
    Stream(String),
    /// A folder, or one picture.
    Pictures(PathBuf),
    /// Any other file.
    File(PathBuf),
}

/// How a camera is called.
#[derive(Debug, PartialEq)]
pub(super) enum Camera {
    /// By its number.
    Index(i32),
    /// By its device file.
    Device(PathBuf),
}

impl Location {
    /// # Errors
    /// When it can only be a path, and the system finds nothing there.
    pub(super) fn parse(text: &OsStr) -> Result<Self, VideoError> {
        let path = match text.to_str() {
            Some(text) if is_index(text) => {
                return match text.parse() {
                    Ok(index) => Ok(Self::Camera(Camera::Index(index))),
                    Err(_) => Err(VideoError::NoCamera { name: format!("camera {text}") }),
                };
            }
            Some(text) if is_address(text) => match text.strip_prefix("file://") {
                Some(path) => Path::new(path),
                None => return Ok(Self::Stream(text.to_owned())),
            },
            _ => Path::new(text),
        };
        let open = |source| VideoError::Open { path: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(open)?;
        Ok(if is_device(&metadata) {
            Self::Camera(Camera::Device(path.to_owned()))
        } else if metadata.is_dir() || is_picture(path) {
            Self::Pictures(path.to_owned())
        } else {
            Self::File(path.to_owned())
        })
    }
}

fn is_index(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

/// `location` as it may be shown: an address loses its user and password (`rtsp://***@host/...`).
///
/// Passwords in a query (`?user=x&password=y`) are hidden too.
#[must_use]
pub fn display_name(location: &OsStr) -> String {
    let text = location.to_string_lossy();
    if !is_address(&text) {
        return text.into_owned();
    }
    let Some((scheme, rest)) = text.split_once("://") else { return text.into_owned() };
    // A password may hold any character, slashes and question marks typed by hand included: all
    // up to the last @ before the path's own, at worst too much, is hidden.
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => rest.to_owned(),
    };
    let Some((path, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let query: Vec<String> = query.split('&').map(hide_value).collect();
    format!("{scheme}://{path}?{}", query.join("&"))
}

/// `key=value` without its value, where the key is that of a secret.
fn hide_value(pair: &str) -> String {
    const SECRET: [&str; 8] = ["pass", "pwd", "token", "secret", "key", "auth", "user", "sig"];
    match pair.split_once('=') {
        Some((key, _)) if SECRET.iter().any(|secret| key.to_ascii_lowercase().contains(secret)) => {
            format!("{key}=***")
        }
        _ => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::{Camera, Location, display_name};
    use crate::VideoError;

    fn parse(text: &str) -> Result<Location, VideoError> {
        Location::parse(OsStr::new(text))
    }

    #[test]
    fn a_text_names_what_it_looks_like() {
        assert_eq!(parse("0").unwrap(), Location::Camera(Camera::Index(0)));
        assert_eq!(parse("/dev/null").unwrap(), Location::Camera(Camera::Device("/dev/null".into())));
        assert_eq!(parse("rtsp://cam/1").unwrap(), Location::Stream("rtsp://cam/1".into()));
        assert_eq!(parse("/").unwrap(), Location::Pictures("/".into()));
        assert_eq!(parse("file:///").unwrap(), Location::Pictures("/".into()));
        assert_eq!(parse("Cargo.toml").unwrap(), Location::File(PathBuf::from("Cargo.toml")));
    }

    #[test]
    fn what_is_not_there_is_an_error_with_its_path() {
        for text in ["no-such.mp4", "", "no/such://file"] {
            let error = parse(text).unwrap_err();
            assert!(error.to_string().contains(&format!("\"{text}\"")), "{error}");
        }
        assert!(matches!(parse("99999999999"), Err(VideoError::NoCamera { .. })));
    }

    #[test]
    fn secrets_are_hidden() {
        let name = |text: &str| display_name(OsStr::new(text));
        assert_eq!(name("rtsp://cam:554/live"), "rtsp://cam:554/live");
        assert_eq!(name("rtsp://admin:hunter2@cam/live"), "rtsp://***@cam/live");
        assert_eq!(name("rtsp://admin:p@ss/w?rd@cam/live"), "rtsp://***@cam/live");
        assert_eq!(
            name("http://cam/v?channel=1&Password=x&user=y"),
            "http://cam/v?channel=1&Password=***&user=***"
        );
        assert_eq!(name("clips/a@b.mp4"), "clips/a@b.mp4");
    }
}

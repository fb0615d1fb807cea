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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::{Camera, Location};
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
}

//! A file opened by FFmpeg, with the moving picture as its only video.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use footfall_scratch::ScratchFolder;
use opencv::core::Vector;
use opencv::videoio::{
    CAP_FFMPEG, CAP_PROP_ORIENTATION_AUTO, VideoCapture, VideoCaptureTrait as _, VideoCaptureTraitConst as _,
};

use super::container::{Container, Patch};
use crate::VideoError;
use crate::error::Doing as _;

/// Opens the video file `path`, which is called `name`; `None` where FFmpeg finds no video in it.
pub(super) fn open_file(
    path: &Path,
    name: &str,
    container: &Container,
) -> Result<Option<VideoCapture>, VideoError> {
    let open = |source| VideoError::Open { path: path.to_owned(), source };
    // An absolute path cannot be taken for a protocol's name, as in `door:1.mp4`.
    let absolute = std::path::absolute(path).map_err(open)?;
    let capture = if container.without_stills.is_empty() {
        VideoCapture::from_file_with_params(&absolute, CAP_FFMPEG, &Vector::new())
    } else {
        tracing::info!(source = name, "a still picture comes first in the file: the video behind it is read");
        let folder = ScratchFolder::passing("pieces");
        let folder = folder.map_err(|source| VideoError::Temporary { source })?;
        let length = fs::metadata(path).map_err(open)?.len();
        let pieces = pieces(&absolute, length, &container.without_stills, &folder);
        let pieces = pieces.map_err(|source| VideoError::Temporary { source })?;
        // FFmpeg has opened every piece when this returns: the small files may go.
        VideoCapture::from_file_with_params(&pieces, CAP_FFMPEG, &Vector::new())
    };
    let mut capture = capture.doing(|| format!("open {name}"))?;
    if !capture.is_opened().unwrap_or(false) {
        return Ok(None);
    }
    as_stored(&mut capture);
    Ok(Some(capture))
}

/// Has pictures come as they were stored: which way OpenCV turns them depends on its version, and it does not know
/// of mirrors.
pub(super) fn as_stored(capture: &mut VideoCapture) {
    // Only fails where it has no such setting, and turns nothing.
    let _ = capture.set(CAP_PROP_ORIENTATION_AUTO, 0.0);
}

/// The address by which FFmpeg reads the file with other bytes in some places: its pieces between these in
/// a row with small files, which are made in `folder`. OpenCV gives no choice among a file's streams.
fn pieces(path: &Path, length: u64, patches: &[Patch], folder: &ScratchFolder) -> io::Result<OsString> {
    let file = plain(path, folder)?;
    let mut address = OsString::from("concat:");
    let mut position = 0;
    for (index, Patch { position: at, bytes }) in patches.iter().enumerate() {
        let patch = folder.path().join(index.to_string());
        fs::write(&patch, bytes)?;
        address.push(format!("subfile,,start,{position},end,{at},,:"));
        address.push(&file);
        address.push("|");
        address.push(&patch);
        address.push("|");
        position = at + bytes.len() as u64;
    }
    address.push(format!("subfile,,start,{position},end,{length},,:"));
    address.push(&file);
    Ok(address)
}

/// The file under a name in `folder`: in FFmpeg's list some characters have a meaning, and which depends on its
/// version.
#[cfg(unix)]
fn plain(path: &Path, folder: &ScratchFolder) -> io::Result<PathBuf> {
    let link = folder.path().join("video");
    std::os::unix::fs::symlink(path, &link)?;
    Ok(link)
}

#[cfg(not(unix))]
fn plain(path: &Path, _: &ScratchFolder) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

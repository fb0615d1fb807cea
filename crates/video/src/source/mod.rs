//! Cameras, streams, video files and folders of pictures as the pipeline's [`Source`].

mod capture;
mod container;
mod folder;
mod inquiry;
mod live;
mod location;
mod login;
mod options;
mod rate;
mod reach;
mod recording;
mod timeline;
mod userinfo;

use std::ffi::OsStr;

use footfall_pipeline::Source;
use footfall_private::shown;

pub(crate) use container::Container;
pub use inquiry::{Inquiry, listens};
pub use options::{SourceOptions, Transport};
pub use reach::{Address, await_source, may_come_later, open_lasting};
pub use userinfo::part_login;

use crate::VideoError;
use folder::PictureFolder;
use live::Live;
use location::Location;
use recording::Recording;

/// The file or folder that `location` names, if it is one: with the environment's `${NAME}` filled in, and without
/// `file://`. None for cameras, addresses, and what is not there.
#[must_use]
pub fn local_file(location: &OsStr) -> Option<std::path::PathBuf> {
    match Location::parse(&login::with_secrets(location, None).ok()?).ok()? {
        Location::Pictures(path) | Location::File(path) => Some(path),
        Location::Camera(_) | Location::Stream(_) => None,
    }
}

/// Opens what `location` names and decodes its first frame.
///
/// | `location` | what it is | frame times |
/// |---|---|---|
/// | `0`, `1`, ... | a camera by its number (write `./0` for a file of that name) | a monotonic clock at arrival |
/// | `/dev/video0` | a camera by its device | a monotonic clock at arrival |
/// | `rtsp://...` and other addresses | a live stream | a monotonic clock at arrival |
/// | `http://...`, `https://...` | a recording where the container has a length, else a live stream; one that gives a single picture is asked for it again and again | as for either |
/// | a folder | its pictures in natural order (2.jpg before 10.jpg), or those of `img1` in it | (number - 1) / frame rate |
/// | a file | a video; a single picture is a video of one frame | the container's, where they are plausible; else by those of the frames around |
///
/// RTSP comes over TCP where the camera can do that: nothing is lost. UDP is asked for by the environment,
/// for the whole process: OpenCV has no other way. [`Transport::variable`] says how.
///
/// `${NAME}` in an address is what the environment has under that name.
///
/// Pictures come upright, and of a file with a cover the video is read. The first frame's time is 0. Relative and non-UTF-8 paths are as good as any.
///
/// # Errors
/// When there is no such thing, it cannot be read, or its first frame cannot be used.
pub fn open_source(
    location: impl AsRef<OsStr>,
    options: &SourceOptions,
) -> Result<Box<dyn Source>, VideoError> {
    options.validate()?;
    // Without what the environment and the file bring: it is shown to everybody.
    let name = shown(location.as_ref());
    let location = login::with_secrets(location.as_ref(), options.login_file.as_deref())?;
    match Location::parse(&location)? {
        Location::File(path) => Ok(Box::new(Recording::open_file(&path, options)?)),
        Location::Pictures(path) => Ok(Box::new(PictureFolder::open(&path, options)?)),
        Location::Camera(camera) => Ok(Box::new(Live::open_camera(&camera, options, None)?)),
        Location::Stream(address) => live::open_stream(&address, name, options),
    }
}

//! How a live source is reached, again and again.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use footfall_count::{Condition, HealthChange};
use footfall_pipeline::live::{Backoff, Connector, RealTimer, Reconnecting};
use footfall_pipeline::{BoxError, Kind, Source, SourceInfo, Stop};
use footfall_private::shown;

use super::live::{Live, open_stream_live};
use super::location::Location;
use super::login::with_secrets;
use super::{SourceOptions, open_source};
use crate::{FrameSize, VideoError};

/// Where a source is. It can be changed while the source is used: the next connection goes to the new
/// address, with the new credentials.
#[derive(Clone)]
pub struct Address(Arc<Mutex<OsString>>);

impl Address {
    /// The place that `location` names: see [`open_source`].
    #[must_use]
    pub fn new(location: impl Into<OsString>) -> Self {
        Self(Arc::new(Mutex::new(location.into())))
    }

    /// The place, with its secrets.
    #[must_use]
    pub fn get(&self) -> OsString {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the place.
    pub fn set(&self, location: impl Into<OsString>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = location.into();
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Address").field(&self.to_string()).finish()
    }
}

impl fmt::Display for Address {
    /// Without secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(&self.get()))
    }
}

/// As [`open_source`], for a long run: a live source is opened again whenever it is lost.
///
/// It keeps the size that it has at first: later frames of another size are scaled to it, so that lines stay
/// where they are on the picture. A [`Reconnecting`] tells of losses, gaps and sizes by notes.
///
/// # Errors
/// As [`open_source`]: what cannot be opened at first is an error.
pub fn open_lasting(
    address: &Address,
    options: &SourceOptions,
    stop: &Stop,
) -> Result<Box<dyn Source>, VideoError> {
    let source = open_source(address.get(), options)?;
    if source.info().kind == Kind::Recorded {
        return Ok(source);
    }
    let reach = Box::new(Reach { address: address.clone(), options: options.clone() });
    let (timer, retry) = (Box::new(RealTimer::new(stop)), options.retry());
    let backoff = Backoff::new(retry.first, retry.most);
    Ok(Box::new(Reconnecting::over(source, reach, timer, retry, backoff)))
}

/// As [`open_lasting`], for a live source that need not be there yet; `None` when the run was asked to stop
/// before it was. `failed` is told of each attempt that failed.
///
/// # Errors
/// When the source was not there for as long as `options` allow.
pub fn await_source(
    address: &Address,
    options: &SourceOptions,
    stop: &Stop,
    failed: impl FnMut(&HealthChange),
) -> Result<Option<Box<dyn Source>>, BoxError> {
    let reach = Box::new(Reach { address: address.clone(), options: options.clone() });
    let (timer, retry) = (Box::new(RealTimer::new(stop)), options.retry());
    let backoff = Backoff::new(retry.first, retry.most);
    let source = Reconnecting::wait(reach, timer, retry, backoff, failed)?;
    Ok(source.map(|source| Box::new(source) as Box<dyn Source>))
}

/// Whether `location` names a camera or an address: something that may not be there yet.
#[must_use]
pub fn may_come_later(location: &OsStr) -> bool {
    matches!(Location::parse(location), Ok(Location::Camera(_) | Location::Stream(_)))
}

struct Reach {
    address: Address,
    options: SourceOptions,
}

impl Connector for Reach {
    fn connect(&mut self, before: Option<&SourceInfo>) -> Result<Box<dyn Source>, BoxError> {
        let size = before.map(FrameSize::promised);
        self.options.validate()?;
        let place = self.address.get();
        let name = shown(&place);
        let location = with_secrets(&place, self.options.login_file.as_deref())?;
        Ok(match Location::parse(&location)? {
            Location::Camera(camera) => Box::new(Live::open_camera(&camera, &self.options, size)?),
            Location::Stream(address) => Box::new(open_stream_live(&address, name, &self.options, size)?),
            Location::File(path) | Location::Pictures(path) => {
                return Err(VideoError::NotLive { path }.into());
            }
        })
    }

    fn condition(&self, error: &BoxError) -> Condition {
        match error.downcast_ref() {
            Some(VideoError::Stalled { .. }) => Condition::Stalled,
            Some(
                VideoError::NoFrame { .. }
                | VideoError::PixelKind { .. }
                | VideoError::TooSmall { .. }
                | VideoError::Image { .. }
                | VideoError::OpenCv { .. },
            ) => Condition::Garbled,
            _ => Condition::Disconnected,
        }
    }
}

//! One ONNX file as a session that runs.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use footfall_scratch::ScratchFolder;
use ort::logging::LogLevel;
use ort::session::Session;
use ort::session::builder::SessionBuilder;

use crate::detect::evidence::Seen;
use crate::feed::Feed;
use crate::metadata::{Layers, Metadata, Statement};
use crate::profile::Profile;
use crate::signature::Signature;
use crate::staging::{Shape, Staging};
use crate::tensor::Tensor;
use crate::{Device, DeviceFault, Error, ModelFault, ProviderReport, Runtime};

/// A model file, opened on a device.
pub(crate) struct Model {
    path: PathBuf,
    /// Before the session that its memory is from: fields are dropped in this order.
    staging: Staging,
    session: Session,
    signature: Signature,
    /// How pictures go in, or why they cannot.
    feed: Result<Feed, ModelFault>,
    metadata: Metadata,
    device: Device,
    /// Where the runtime notes what it does, until [`Model::prove`]; or why it cannot.
    notes: Option<io::Result<ScratchFolder>>,
    providers: ProviderReport,
}

impl Model {
    /// Opens an ONNX file, of which the file beside it and `options` may say something.
    ///
    /// # Errors
    /// When the file cannot be read, is no ONNX model, something that is said of it cannot be understood, or
    /// when the device cannot be had.
    pub(crate) fn open(runtime: &Runtime, path: &Path, options: &[Statement]) -> Result<Self, Error> {
        readable(path).map_err(|source| Error::ModelFile { path: path.to_path_buf(), source })?;
        let layers = Layers::of(path, options)?;
        Self::commit(runtime, path, &layers, |mut builder| builder.commit_from_file(path))
    }

    /// Opens an ONNX file that is in memory; errors call it `name`.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub(crate) fn from_bytes(
        runtime: &Runtime,
        name: &str,
        bytes: &[u8],
        options: &[Statement],
    ) -> Result<Self, Error> {
        let layers = Layers::of_options(options);
        Self::commit(runtime, Path::new(name), &layers, |mut builder| builder.commit_from_memory(bytes))
    }

    fn commit(
        runtime: &Runtime,
        path: &Path,
        layers: &Layers,
        commit: impl FnOnce(SessionBuilder) -> ort::Result<Session>,
    ) -> Result<Self, Error> {
        let device = runtime.device();
        let refused = |source| match device_fault(device, source) {
            Ok(error) => error,
            Err(source) => Error::Load { path: path.to_path_buf(), source },
        };
        let notes = ScratchFolder::passing("profile");
        let builder = options(runtime, notes.as_ref().ok().map(ScratchFolder::path)).map_err(refused)?;
        let session = commit(builder).map_err(refused)?;
        let signature = Signature::of(&session);
        let feed = Feed::of(&signature);
        let staging = Staging::of(&session, device, feed.as_ref().ok());
        let metadata = read_metadata(&session, path, layers)?;
        tracing::debug!(model = %path.display(), %device, %signature, "opened");
        Ok(Self {
            path: path.to_path_buf(),
            session,
            staging,
            signature,
            feed,
            metadata,
            device,
            notes: Some(notes),
            providers: ProviderReport::default(),
        })
    }

    /// Runs the network once on an empty input of `shape`, and learns from the runtime's own profile of that
    /// run what it ran on.
    ///
    /// # Errors
    /// When it does not run, or when it was to run on a GPU and did not.
    pub(crate) fn prove(&mut self, shape: Shape) -> Result<(), Error> {
        self.try_memory(shape)?;
        let profile = self.take_profile();
        if matches!(self.staging, Staging::Bound(_)) {
            // Its outputs are in memory of the device from the second run on.
            self.try_memory(shape)?;
        }
        let refuse = |fault| Err(Error::Device { device: self.device, source: fault });
        match profile {
            Ok(profile) => self.providers = ProviderReport::of(&profile),
            Err(error) if self.device.is_cpu() => {
                tracing::debug!(model = %self.path.display(), %error, "there is no profile");
                return Ok(());
            }
            Err(error) => {
                return refuse(DeviceFault::Unproven { network: self.path.clone(), source: error.into() });
            }
        }
        let report = &self.providers;
        if !self.device.is_cpu() && !report.is_on(self.device) {
            return refuse(DeviceFault::Elsewhere { network: self.path.clone(), report: report.clone() });
        }
        let elsewhere = report.heavy_elsewhere(self.device);
        if elsewhere > 0 {
            tracing::warn!(
                "{}: {elsewhere} convolutions or matrix products do not run on {} ({report})",
                self.path.display(),
                self.device
            );
        }
        Ok(())
    }

    /// A [`Model::warm_up`] which tells whether the device's memory can be used: that it cannot is no fault of
    /// the device itself.
    fn try_memory(&mut self, shape: Shape) -> Result<(), Error> {
        match self.warm_up(shape) {
            Err(error) if matches!(self.staging, Staging::Bound(_)) => {
                tracing::warn!(model = %self.path.display(), %error, "cannot use pinned memory: going on without");
                self.staging = Staging::plain();
                self.warm_up(shape)
            }
            ran => ran,
        }
    }

    /// Runs the network on an empty input of `shape`, so that the first one that matters waits for nothing.
    ///
    /// # Errors
    /// When it does not run.
    pub(crate) fn warm_up(&mut self, shape: Shape) -> Result<(), Error> {
        self.input(shape)?.fill(0.0);
        self.run(shape, &[], |_| Ok(()))
    }

    /// The nodes of a run on an empty input of `shape`.
    ///
    /// # Errors
    /// When the network does not run, or no profile of it can be had.
    pub(crate) fn profile(&mut self, shape: Shape) -> Result<Profile, Error> {
        self.warm_up(shape)?;
        self.take_profile().map_err(|source| Error::Profile { path: self.path.clone(), source })
    }

    /// The nodes that have run since the session was opened.
    fn take_profile(&mut self) -> io::Result<Profile> {
        let folder = self.notes.take().ok_or(io::ErrorKind::NotFound)??;
        let file = self.session.end_profiling().map_err(io::Error::other)?;
        let profile = Profile::parse(&fs::read(file)?)?;
        folder.close()?;
        Ok(profile)
    }

    /// What the network ran on when it was proven.
    pub(crate) fn providers(&self) -> &ProviderReport {
        &self.providers
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn signature(&self) -> &Signature {
        &self.signature
    }

    /// How pictures go in.
    ///
    /// # Errors
    /// When they cannot.
    pub(crate) fn feed(&self) -> Result<&Feed, Error> {
        self.feed.as_ref().map_err(|fault| self.unusable(fault.clone()))
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(crate) fn device(&self) -> Device {
        self.device
    }

    /// The fault as an error of this file.
    pub(crate) fn unusable(&self, source: ModelFault) -> Error {
        Error::Model { path: self.path.clone(), source }
    }

    /// The input of the next [`Model::run`] of this shape, row-major, to be written in full: it holds what
    /// was there before, or anything.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn input(&mut self, shape: Shape) -> Result<&mut [f32], Error> {
        let Self { staging, path, device, .. } = self;
        staging.input(shape).map_err(|source| failure(path, *device, source))
    }

    /// Runs the network on the [`Model::input`] of `shape` and hands the outputs of these names, in this
    /// order, to `read`. Floats are not copied on the CPU.
    ///
    /// # Errors
    /// When the network does not run, lacks an output, or when `read` finds fault.
    pub(crate) fn run<T>(
        &mut self,
        shape: Shape,
        names: &[String],
        read: impl FnOnce(&[Tensor<'_>]) -> Result<T, ModelFault>,
    ) -> Result<T, Error> {
        let Self { session, staging, path, device, .. } = self;
        let ran = staging.run(session, shape, |outputs| {
            let tensors = names.iter().map(|name| Tensor::of(outputs, name));
            Ok(read(&tensors.collect::<ort::Result<Vec<_>>>()?))
        });
        let read = ran.flatten().map_err(|source| failure(path, *device, source))?;
        read.map_err(|source| Error::Model { path: path.clone(), source })
    }

    /// What the network gives for its [`Model::input`] of `shape`: every output that is of numbers.
    ///
    /// # Errors
    /// When the network does not run.
    pub(crate) fn look(&mut self, shape: Shape) -> Result<Vec<Seen>, Error> {
        let Self { session, staging, path, device, signature, .. } = self;
        let look = staging.run(session, shape, |outputs| Seen::all(signature, outputs));
        look.map_err(|source| failure(path, *device, source))
    }
}

/// The error of a run.
fn failure(path: &Path, device: Device, source: ort::Error) -> Error {
    match device_fault(device, source) {
        Ok(error) => error,
        Err(source) => Error::Run { path: path.to_path_buf(), device, source },
    }
}

/// The error of the device that an error of ONNX Runtime is about, if it is about one: a provider finds out
/// only in a session that there is no such GPU, or no memory on it.
fn device_fault(device: Device, source: ort::Error) -> Result<Error, ort::Error> {
    if device.is_cpu() { Err(source) } else { Ok(Error::Device { device, source: DeviceFault::of(source)? }) }
}

fn readable(path: &Path) -> io::Result<()> {
    if File::open(path)?.metadata()?.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"))
}

/// Options under which the same input gives the same output, and waiting threads leave the cores
/// to others: with the default spinning, two sessions on two cores run up to twice slower.
fn options(runtime: &Runtime, notes: Option<&Path>) -> ort::Result<SessionBuilder> {
    let builder = Session::builder(runtime.environment())?
        .with_log_level(LogLevel::Warning)?
        .with_optimization_level(runtime.optimisation())?
        .with_deterministic_compute(true)?
        .with_parallel_execution(false)?
        // One block for all of a run, kept for each shape that there was, is more than the arena needs.
        .with_memory_pattern(false)?
        .with_inter_threads(1)?
        .with_intra_threads(runtime.threads())?
        .with_intra_op_spinning(false)?
        .with_inter_op_spinning(false)?
        .with_execution_providers(runtime.device().providers())?;
    match notes {
        Some(folder) => Ok(builder.with_profiling(folder.join("run"))?),
        None => Ok(builder),
    }
}

fn read_metadata(session: &Session, path: &Path, layers: &Layers) -> Result<Metadata, Error> {
    let raw = session.metadata().map_err(|source| Error::Load { path: path.to_path_buf(), source })?;
    let read = || {
        layers.check_task(|key| raw.custom(key))?;
        Metadata::read(|key| layers.get(key, |name| raw.custom(name)))
    };
    read().map_err(|source| Error::Model { path: path.to_path_buf(), source })
}

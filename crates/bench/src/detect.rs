//! `bench detect`.

use std::fs;
use std::path::{Path, PathBuf};

use footfall_pipeline::Image;
use footfall_track::Detection;
use footfall_vision::{
    Cost, DetectorConfig, Device, OnnxDetector, Runtime, RuntimeConfig, Size, Times, cache,
};

use crate::args::DetectArgs;
use crate::measure;
use crate::parity::Parity;
use crate::peak::Peak;
use crate::report::Report;
use crate::{Error, picture};

const FRAMES_OF_A_CAMERA: f64 = 30.0;

pub(crate) fn measure(args: &DetectArgs, say: &dyn Fn(&str)) -> Result<Report, Error> {
    let runtime = crate::report::load(&args.common.host, say)?;
    let path = args.detector.clone().map_or_else(|| usual(runtime.device()), Ok)?;
    let pictures = picture::load(&args.common.host.pictures)?;
    let peak = Peak::find(&runtime, &args.common.limits)?;
    let mut detector = open(&runtime, &path)?;
    let Size { height, width } = detector.input_size(pictures[0].width(), pictures[0].height());
    let name = path.display().to_string();
    let bytes = fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    let cost = Cost::of(&runtime, &name, &bytes, [1, 3, height, width])?;
    let mut report = Report::new(
        "pictures",
        &name,
        &runtime,
        detector.providers(),
        args.common.limits.precision,
        cost,
        peak,
    );
    say("a picture in a run");
    let before = std::cell::Cell::new(Times::default());
    let shared = std::cell::RefCell::new(&mut detector);
    let call = |number: usize| shared.borrow_mut().find(&pictures[number % pictures.len()]).map(drop);
    let latencies = measure::measure(args.common.seconds, call, || before.set(shared.borrow().times()))?;
    let spent = shared.borrow().times() - before.get();
    report.add(1, latencies, spent);
    report.cameras = Some(report.best() / FRAMES_OF_A_CAMERA);
    report.parity = compare(args, &path, &mut detector, &pictures)?;
    Ok(report)
}

/// The detector that set-up has put into the cache.
pub(crate) fn usual(device: Device) -> Result<PathBuf, Error> {
    let name = if device.is_cpu() { "nanodet-g-int8.onnx" } else { "nanodet-g.onnx" };
    cache::model(name).ok_or(Error::NoNetwork { option: "detector" })
}

/// Opens a detector with the usual settings.
pub(crate) fn open(runtime: &Runtime, path: &Path) -> Result<OnnxDetector, Error> {
    Ok(OnnxDetector::open(runtime, path, &DetectorConfig::default())?)
}

/// The device beside the CPU; `None` where they are the same.
fn compare(
    args: &DetectArgs,
    path: &Path,
    detector: &mut OnnxDetector,
    pictures: &[Image],
) -> Result<Option<Parity>, Error> {
    let reference = match &args.common.reference {
        Some(reference) => reference,
        None if detector.device().is_cpu() => return Ok(None),
        None => path,
    };
    let cpu = RuntimeConfig { device: Device::Cpu.into(), ..RuntimeConfig::default() };
    let mut reference = open(&Runtime::load(&cpu)?, reference)?;
    let all = |detector: &mut OnnxDetector| -> Result<Vec<Vec<Detection>>, Error> {
        pictures.iter().map(|image| Ok(detector.find(image)?)).collect()
    };
    Ok(Some(Parity::of_detections(&all(&mut reference)?, &all(detector)?)))
}

//! Each thing that is looked at.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use footfall_config::Config;
use footfall_pipeline::{BoxError, Image, Kind, Source};
use footfall_serve::Destination;
use footfall_track::Bbox;
use footfall_video::{Address, SourceOptions, listens, open_source};
use footfall_vision::Device;

use super::Finding;
use crate::rate;
use crate::run::networks::OpenNetworks;

/// Less free room than this is told of.
const LITTLE_ROOM: u64 = 1 << 30;
/// With less than this no run begins well.
const NO_ROOM: u64 = 100 << 20;
/// No clock that is right shows a time before 2025; in seconds since 1970.
const EARLIEST: u64 = 1_735_689_600;

/// The runtime and both networks: opened, and run once on an even picture.
pub(super) fn networks(config: &Config) -> Vec<Finding> {
    let mut single = config.clone();
    single.pipeline.threads = std::num::NonZeroUsize::new(1);
    let mut networks = match OpenNetworks::open(&single) {
        Ok(networks) => networks,
        Err(error) => {
            let advice = "scripts/setup fetches the runtime and the detector; `[networks]` of a configuration names others";
            return vec![Finding::bad("networks", format!("{error:#}"), advice)];
        }
    };
    let image = match even_picture() {
        Ok(image) => image,
        Err(error) => return vec![Finding::bad("networks", error.to_string(), "")],
    };
    let mut findings = Vec::new();
    let told = (networks.told.detector.clone(), networks.told.embedder.clone());
    if let Some(detector) = networks.detectors.first_mut() {
        let time = second_run(|| detector.detect(&image).map(drop));
        let slow = time.as_ref().ok().and_then(|time| too_slow(*time, networks.device, config));
        findings.push(timed("detector", &told.0, time));
        findings.extend(slow);
    }
    let person = Bbox::new(200.0, 100.0, 80.0, 200.0);
    if let Some(embedder) = networks.embedders.first_mut() {
        let time = second_run(|| embedder.embed(&image, &[person]).map(drop));
        findings.push(timed("embedder", told.1.as_deref().unwrap_or_default(), time));
    }
    findings
}

/// How long a network runs, once it has run: the first run also sets things up.
fn second_run(mut run: impl FnMut() -> Result<(), BoxError>) -> Result<Duration, BoxError> {
    run()?;
    let began = Instant::now();
    run()?;
    Ok(began.elapsed())
}

fn timed(check: &'static str, what: &str, time: Result<Duration, BoxError>) -> Finding {
    match time {
        Ok(time) => Finding::good(check, format!("{what}, {:.0} ms", 1e3 * time.as_secs_f64())),
        Err(error) => Finding::bad(check, format!("{what}: {error}"), "another file, or another device?"),
    }
}

/// What there is to say where a detector that takes so long is too slow for the configured sources, were they
/// live: then frames are dropped until too few are left.
fn too_slow(time: Duration, device: Device, config: &Config) -> Option<Finding> {
    let copies = config.pipeline.workers(device) as f64;
    let sources = config.source.list.len().max(1) as f64;
    let rate = copies / time.as_secs_f64().max(1e-9) / sources;
    rate::is_too_low(rate, config).then(|| {
        let found = format!("this machine can look at {}", rate::too_few(rate, config.health.rate));
        Finding::doubtful("pace", found, "fewer sources, a smaller detector.input_size, or a faster device")
    })
}

fn even_picture() -> Result<Image, footfall_pipeline::ImageError> {
    let (width, height) = (640, 480);
    Image::new(width, height, Arc::new(vec![127; width * height * 3]))
}

/// Each source is opened, and a few frames are read; without any, the cameras of this machine are listed.
pub(super) fn cameras(named: &[OsString], config: &Config) -> Vec<Finding> {
    let mut sources: Vec<(Address, SourceOptions)> =
        named.iter().map(|place| (Address::new(place), config.source.options.clone())).collect();
    sources.extend(
        config.source.list.iter().map(|entry| (Address::new(entry.url.reveal()), entry.options.clone())),
    );
    if sources.is_empty() {
        return vec![devices()];
    }
    sources.iter().map(|(address, options)| camera(address, options, config)).collect()
}

fn camera(address: &Address, options: &SourceOptions, config: &Config) -> Finding {
    let read = || -> Result<(String, Option<f64>), BoxError> {
        let mut source = open_source(address.get(), options)?;
        let info = source.info().clone();
        let rate = rate_of(&mut *source)?;
        let kind = if info.kind == Kind::Live { "live" } else { "a recording" };
        Ok((format!("{address}: {}x{}, {kind}", info.width, info.height), rate))
    };
    match read() {
        Ok((found, Some(rate))) if rate::is_too_low(rate, config) => {
            let advice = "set the camera or the recorder to more frames a second";
            let found = format!("{found}: {}", rate::too_few(rate, config.health.rate));
            Finding::doubtful("source", found, advice)
        }
        Ok((found, rate)) => {
            let told = rate.map_or_else(String::new, |rate| format!(", {} frames/s", rate::rounded(rate)));
            Finding::good("source", found + &told)
        }
        Err(error) => {
            Finding::bad("source", error.to_string(), "does another program get a picture from it?")
        }
    }
}

/// Frames a second of a source's first frames, by their times: of a live one what really comes. What a camera has
/// kept for whoever connects comes all at once, and says nothing.
fn rate_of(source: &mut dyn Source) -> Result<Option<f64>, BoxError> {
    const BURST: Duration = Duration::from_secs(1);
    const FRAMES: u32 = 10;
    const PATIENCE: Duration = Duration::from_secs(5);
    let (is_live, opened) = (source.info().kind == Kind::Live, Instant::now());
    while is_live && opened.elapsed() < BURST && source.next_frame()?.is_some() {}
    let elapsed = |first: Option<Duration>, last: Duration| last.saturating_sub(first.unwrap_or(last));
    let (mut first, mut last, mut count) = (None, Duration::ZERO, 0);
    // Where they come slowly, fewer are enough.
    while count < FRAMES
        && (count < 3 || elapsed(first, last) < PATIENCE)
        && let Some(frame) = source.next_frame()?
    {
        first.get_or_insert(frame.time);
        (last, count) = (frame.time, count + 1);
    }
    let seconds = elapsed(first, last).as_secs_f64();
    Ok((seconds > 0.0).then(|| f64::from(count - 1) / seconds))
}

fn devices() -> Finding {
    let mut devices: Vec<_> = fs::read_dir("/dev")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("video"))
        .map(|name| format!("/dev/{name}"))
        .collect();
    devices.sort();
    if devices.is_empty() {
        let advice = "name a stream or a video to try it: footfall doctor rtsp://10.0.0.7/stream";
        return Finding::doubtful("source", "no camera at this machine, and no source was named", advice);
    }
    let locked: Vec<_> = devices.iter().filter(|device| fs::File::open(device).is_err()).cloned().collect();
    if locked.is_empty() {
        return Finding::good("source", devices.join(", "));
    }
    let advice = "sudo usermod -aG video $USER, then log in again";
    Finding::doubtful("source", format!("{} may not be read by this user", locked.join(", ")), advice)
}

/// Those who are to be told of crossings.
pub(super) fn publishers(config: &Config) -> Vec<Finding> {
    let finding = |Destination { name, place }: Destination| {
        let found = place.and_then(|(host, port)| match listens(&host, port) {
            Ok(()) => Ok(format!("{name}: {host}:{port} answers")),
            Err(inquiry) => Err(inquiry.to_string()),
        });
        found.map_or_else(
            |why| {
                let advice =
                    "crossings wait in the ledger until they can be sent; see [publish] in the configuration";
                Finding::doubtful("publish", format!("{name}: {why}"), advice)
            },
            |found| Finding::good("publish", found),
        )
    };
    config.publish.destinations().into_iter().map(finding).collect()
}

/// Room where the ledger and outputs go.
pub(super) fn disk(config: &Config) -> Finding {
    let outputs = &config.outputs;
    let files = [&config.ledger.file, &outputs.video, &outputs.record, &outputs.crossings, &outputs.tracks];
    let mut folders = files.into_iter().flatten().filter_map(|path| path.parent());
    let folder = folders.find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let Ok(disk) = rustix::fs::statvfs(folder) else {
        return Finding::doubtful(
            "disk",
            format!("{} cannot be examined", folder.display()),
            "does it exist?",
        );
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let found = format!("{:.1} GB free in {}", free as f64 / 1e9, folder.display());
    if free < NO_ROOM {
        Finding::bad("disk", found, "make room, or name another folder for outputs")
    } else if free < LITTLE_ROOM {
        Finding::doubtful("disk", found, "a video takes about 1 GB an hour")
    } else {
        Finding::good("disk", found)
    }
}

/// Whether the machine's clock can be believed: reports are by the hour.
pub(super) fn clock() -> Finding {
    let advice = "sudo timedatectl set-ntp true";
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if now.as_secs() < EARLIEST {
        return Finding::bad("clock", "the clock shows a time long gone", advice);
    }
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        return Finding::good("clock", "kept right over the network");
    }
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output();
    match asked.map(|answer| answer.stdout) {
        Ok(answer) if answer.starts_with(b"yes") => Finding::good("clock", "kept right over the network"),
        Ok(answer) if answer.starts_with(b"no") => {
            Finding::doubtful("clock", "not kept right over the network: it will drift", advice)
        }
        _ => Finding::doubtful(
            "clock",
            "nobody here tells whether it is kept right",
            "is a time service running?",
        ),
    }
}

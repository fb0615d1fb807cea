//! `bench embed`.

use footfall_vision::{Cost, Device, Runtime, RuntimeConfig, Size, Times};

use crate::args::EmbedArgs;
use crate::measure;
use crate::network::Network;
use crate::parity::Parity;
use crate::peak::Peak;
use crate::report::Report;
use crate::{BuiltIn, Error, picture};

/// Crops that are compared with the CPU's.
const COMPARED: usize = 200;
/// What one camera of 30 frames a second with 20 people brings, where everyone is embedded.
const CROPS_OF_A_CAMERA: f64 = 30.0 * 20.0;

pub(crate) fn measure(
    args: &EmbedArgs,
    built_in: Option<BuiltIn<'_>>,
    say: &dyn Fn(&str),
) -> Result<Report, Error> {
    let network = Network::find(args.embedder.as_deref(), built_in)?;
    let runtime = crate::report::load(&args.common.host, say)?;
    let pictures = picture::load(&args.common.host.pictures)?;
    let peak = Peak::find(&runtime, &args.common.limits)?;
    let first = network.open(&runtime, 1)?;
    let Size { height, width } = first.crop_size();
    let cost = Cost::of(&runtime, &network.name, &network.bytes, [1, 3, height, width])?;
    let mut report = Report::new(
        "crops",
        &network.name,
        &runtime,
        first.providers(),
        args.common.limits.precision,
        cost,
        peak,
    );
    for batch in args.batches.iter().map(|&batch| usize::from(batch)) {
        say(&format!("{batch} crops in a run"));
        let mut embedder = network.open(&runtime, batch)?;
        let people: Vec<_> = pictures.iter().map(|image| picture::people(image, batch)).collect();
        let times = std::cell::Cell::new(Times::default());
        let embedder = std::cell::RefCell::new(&mut embedder);
        let call = |number: usize| {
            let at = number % pictures.len();
            embedder.borrow_mut().map(&pictures[at], &people[at]).map(drop)
        };
        let latencies = measure::measure(args.common.seconds, call, || times.set(embedder.borrow().times()))?;
        let spent = embedder.borrow().times() - times.get();
        report.add(batch, latencies, spent);
    }
    report.cameras = Some(report.best() / CROPS_OF_A_CAMERA);
    report.parity = compare(args, &network, &runtime, &pictures)?;
    Ok(report)
}

/// The device beside the CPU; `None` where they are the same.
fn compare(
    args: &EmbedArgs,
    network: &Network,
    runtime: &Runtime,
    pictures: &[footfall_pipeline::Image],
) -> Result<Option<Parity>, Error> {
    let reference = match &args.common.reference {
        Some(path) => Network::read(path)?,
        None if runtime.device().is_cpu() => return Ok(None),
        None => network.clone(),
    };
    let cpu = RuntimeConfig { device: Device::Cpu.into(), ..RuntimeConfig::default() };
    let mut reference = reference.open(&Runtime::load(&cpu)?, 4)?;
    let mut found = network.open(runtime, 32)?;
    let people = picture::people(&pictures[0], COMPARED);
    Ok(Some(Parity::of_embeddings(
        &reference.map(&pictures[0], &people)?,
        &found.map(&pictures[0], &people)?,
    )))
}

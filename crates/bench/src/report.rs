//! What was measured, as JSON and as a table.

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use footfall_vision::{Cost, Device, ProviderReport, Runtime, RuntimeConfig, Times};
use serde::Serialize;

use crate::Error;
use crate::args::HostArgs;
use crate::cards::{self, Precision};
use crate::measure::Latencies;
use crate::parity::Parity;
use crate::peak::{Floor, Peak, Rate};

/// One network on one device.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// What is counted: crops or pictures.
    unit: &'static str,
    network: String,
    device: String,
    /// What the network's file is said to compute in.
    precision: Precision,
    /// The GPU's name, where nvidia-smi tells it.
    card: Option<String>,
    library: String,
    /// Nodes that each execution provider ran, by ONNX Runtime's own profile.
    ran_on: ProviderReport,
    /// What the network takes of operations and bytes.
    cost: Cost,
    peak: Peak,
    pub(crate) rows: Vec<Row>,
    /// Cameras of 30 frames a second with 20 people, all of them embedded in every frame, that this network
    /// alone would keep up with.
    pub(crate) cameras: Option<f64>,
    pub(crate) parity: Option<Parity>,
}

/// One size of batch.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    batch: usize,
    #[serde(flatten)]
    latencies: Latencies,
    per_second: f64,
    /// Of a call: cutting out, resizing and normalising; and the run of the network with its copies, of
    /// a detector also the decoding.
    prepare_ms: f64,
    network_ms: f64,
    /// The least time for the network, where the device's limits are known.
    #[serde(flatten)]
    floor: Option<Floor>,
    /// That time over the network's.
    share_of_floor: Option<f64>,
}

/// The runtime that the arguments ask for; says what `auto` came to.
pub(crate) fn load(args: &HostArgs, say: &dyn Fn(&str)) -> Result<Runtime, Error> {
    let config =
        RuntimeConfig { library: args.runtime.clone(), device: args.device, threads: NonZeroUsize::MIN };
    let (runtime, choice) = Runtime::choose(&config)?;
    if let Some(choice) = choice {
        say(&format!("device: {choice}"));
    }
    Ok(runtime)
}

impl Report {
    pub(crate) fn new(
        unit: &'static str,
        network: &str,
        runtime: &Runtime,
        ran_on: &ProviderReport,
        precision: Precision,
        cost: Cost,
        peak: Peak,
    ) -> Self {
        Self {
            unit,
            network: network.to_owned(),
            device: runtime.device().to_string(),
            precision,
            card: card(runtime),
            library: runtime.library().display().to_string(),
            ran_on: ran_on.clone(),
            cost,
            peak,
            rows: Vec::new(),
            cameras: None,
            parity: None,
        }
    }

    /// Adds what `latencies` calls took on so many of the unit at once, of which `spent` is known.
    pub(crate) fn add(&mut self, batch: usize, latencies: Latencies, spent: Times) {
        let calls = latencies.calls as f64;
        let network_ms = 1e3 * spent.network.as_secs_f64() / calls.max(1.0);
        let floor = self.peak.floor(&self.cost, batch);
        self.rows.push(Row {
            batch,
            per_second: calls * batch as f64 / latencies.seconds.max(1e-12),
            prepare_ms: 1e3 * spent.prepare.as_secs_f64() / calls.max(1.0),
            network_ms,
            share_of_floor: floor.map(|floor| floor.floor_ms / network_ms.max(1e-9)),
            floor,
            latencies,
        });
    }

    /// The most of the unit in a second.
    pub(crate) fn best(&self) -> f64 {
        self.rows.iter().map(|row| row.per_second).fold(0.0, f64::max)
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let card = self.card.as_ref().map_or_else(String::new, |card| format!(", {card}"));
        writeln!(out, "{} on {}{card}: {}", self.network, self.device, self.ran_on)?;
        self.write_limits(out)?;
        writeln!(
            out,
            "\n{:>6} {:>12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}  bound by",
            "batch",
            format!("{}/s", self.unit),
            "p50 ms",
            "p90 ms",
            "p99 ms",
            "prepare",
            "network",
            "floor ms",
            "of floor"
        )?;
        for row in &self.rows {
            let Row { batch, latencies, per_second, prepare_ms, network_ms, .. } = row;
            let floor = row.floor.map_or_else(|| "-".to_owned(), |floor| format!("{:.4}", floor.floor_ms));
            let share =
                row.share_of_floor.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", 100.0 * share));
            let bound = row.floor.map_or("-", |floor| floor.bound.word());
            writeln!(
                out,
                "{batch:>6} {per_second:>12.1} {:>9.3} {:>9.3} {:>9.3} {prepare_ms:>9.3} {network_ms:>9.3} \
                 {floor:>9} {share:>9}  {bound}",
                latencies.each.p50, latencies.each.p90, latencies.each.p99
            )?;
        }
        if self.rows.iter().any(|row| row.share_of_floor.is_some_and(|share| share > 1.0)) {
            writeln!(
                out,
                "\nabove 100%: whole numbers, which have a higher limit than floats, or a limit that was measured \
                 while others used the processor"
            )?;
        }
        if let Some(cameras) = self.cameras {
            writeln!(
                out,
                "\nat most {cameras:.1} cameras of 30 frames a second, with 20 people in each frame"
            )?;
        }
        match &self.parity {
            Some(parity) => writeln!(out, "{}", parity.words()),
            None => Ok(()),
        }
    }

    /// What the network takes, and what the device could do.
    fn write_limits(&self, out: &mut String) -> std::fmt::Result {
        let Cost { multiply_adds, weights, activations, nodes, compiled } = self.cost;
        writeln!(
            out,
            "{:.1} million multiply-adds each, of the graph in the file",
            multiply_adds as f64 / 1e6
        )?;
        match weights.zip(activations) {
            Some((weights, activations)) => write!(
                out,
                "{:.2} MB of weights a run and {:.2} MB each in and out of the {nodes} nodes that {} runs",
                weights as f64 / 1e6,
                activations as f64 / 1e6,
                self.device
            )?,
            None => write!(out, "how many bytes it moves the runtime does not tell")?,
        }
        match compiled {
            0 => writeln!(out)?,
            _ => writeln!(out, "; {compiled} of them compiled, what they move inside is not counted")?,
        }
        let limits = [
            ("operations", "peak", &self.peak.operations, 1e12),
            ("bytes", "bandwidth", &self.peak.bytes, 1e9),
        ];
        for (what, option, rate, unit) in limits {
            match rate {
                Some(Rate { per_second, origin }) => {
                    let power = if unit > 1e11 { 12 } else { 9 };
                    writeln!(
                        out,
                        "at most {:.4} x 10^{power} {what} a second ({origin})",
                        per_second / unit
                    )?;
                }
                None => writeln!(out, "{what} a second at most: not known; give it with --{option}")?,
            }
        }
        Ok(())
    }
}

/// The GPU's name, where nvidia-smi tells it.
pub(crate) fn card(runtime: &Runtime) -> Option<String> {
    match runtime.device() {
        Device::Cuda(number) | Device::TensorRt(number) => cards::name(number),
        Device::Cpu | Device::CoreMl => None,
    }
}

//! What was measured, as JSON and as a table.

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use footfall_vision::{Device, ProviderReport, Runtime, RuntimeConfig, Times};
use serde::Serialize;

use crate::Error;
use crate::args::CommonArgs;
use crate::cards;
use crate::measure::Latencies;
use crate::parity::Parity;
use crate::peak::Peak;

/// One network on one device.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What is counted: crops or pictures.
    unit: &'static str,
    network: String,
    device: String,
    /// The GPU's name, where nvidia-smi tells it.
    card: Option<String>,
    library: String,
    /// Nodes that each execution provider ran, by ONNX Runtime's own profile.
    ran_on: ProviderReport,
    /// Multiplications with an addition that one of the unit takes.
    multiply_adds: u64,
    pub(crate) peak: Option<Peak>,
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
    /// Operations a second while the network ran, over the peak; a multiplication with an addition is two.
    share_of_peak: Option<f64>,
}

/// The runtime that the arguments ask for; says what `auto` came to.
pub(crate) fn load(args: &CommonArgs, say: &dyn Fn(&str)) -> Result<Runtime, Error> {
    let config =
        RuntimeConfig { library: args.runtime.clone(), device: args.device, threads: NonZeroUsize::MIN };
    let (runtime, choice) = Runtime::choose(&config)?;
    if let Some(choice) = choice {
        say(&format!("device: {choice}"));
    }
    Ok(runtime)
}

impl Row {
    pub(crate) fn new(
        batch: usize,
        latencies: Latencies,
        spent: Times,
        each: u64,
        peak: Option<&Peak>,
    ) -> Self {
        let calls = latencies.calls as f64;
        let crops = calls * batch as f64;
        let network = spent.network.as_secs_f64();
        let rate = 2.0 * each as f64 * crops / network.max(1e-12);
        Self {
            batch,
            per_second: crops / latencies.seconds.max(1e-12),
            prepare_ms: 1e3 * spent.prepare.as_secs_f64() / calls.max(1.0),
            network_ms: 1e3 * network / calls.max(1.0),
            share_of_peak: peak.map(|peak| rate / peak.operations_per_second),
            latencies,
        }
    }
}

impl Report {
    pub(crate) fn new(
        unit: &'static str,
        network: &str,
        runtime: &Runtime,
        ran_on: &ProviderReport,
        multiply_adds: u64,
        peak: Option<Peak>,
    ) -> Self {
        let card = match runtime.device() {
            Device::Cuda(number) | Device::TensorRt(number) => cards::name(number),
            Device::Cpu | Device::CoreMl => None,
        };
        Self {
            unit,
            network: network.to_owned(),
            device: runtime.device().to_string(),
            card,
            library: runtime.library().display().to_string(),
            ran_on: ran_on.clone(),
            multiply_adds,
            peak,
            rows: Vec::new(),
            cameras: None,
            parity: None,
        }
    }

    /// The most of the unit in a second.
    pub(crate) fn best(&self) -> f64 {
        self.rows.iter().map(|row| row.per_second).fold(0.0, f64::max)
    }

    pub(crate) fn json(&self) -> Result<String, Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
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
        writeln!(out, "{:.1} million multiply-adds each", self.multiply_adds as f64 / 1e6)?;
        match &self.peak {
            Some(Peak { operations_per_second, origin }) => {
                writeln!(
                    out,
                    "peak: {:.4} x 10^12 operations a second ({origin})",
                    operations_per_second / 1e12
                )?;
            }
            None => writeln!(out, "peak: not known; give it with --peak")?,
        }
        writeln!(
            out,
            "\n{:>6} {:>12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}",
            "batch",
            format!("{}/s", self.unit),
            "p50 ms",
            "p90 ms",
            "p99 ms",
            "prepare",
            "network",
            "of peak"
        )?;
        for row in &self.rows {
            let Row { batch, latencies, per_second, prepare_ms, network_ms, share_of_peak } = row;
            let share =
                share_of_peak.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", 100.0 * share));
            writeln!(
                out,
                "{batch:>6} {per_second:>12.1} {:>9.3} {:>9.3} {:>9.3} {prepare_ms:>9.3} {network_ms:>9.3} {share:>8}",
                latencies.p50_ms, latencies.p90_ms, latencies.p99_ms
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
}

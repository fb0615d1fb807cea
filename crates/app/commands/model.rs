//! `footfall model`: what a network file is taken for, and what it sees on a picture.

mod look;
mod said;
mod start;

use anyhow::bail;
use footfall_config::usage;
use footfall_vision::{
    DetectorConfig, EmbedderConfig, Error, ModelFault, OnnxDetector, OnnxEmbedder, Reading, Runtime,
    RuntimeConfig, Statement,
};
use serde::Serialize;

use crate::cli::ModelArgs;
use crate::cli::model::Task;
use crate::run::networks::load_runtime;
use crate::run::outputs::tell;
use crate::{logging, progress};

/// A network that could be opened.
enum Network {
    Detector(Box<OnnxDetector>),
    Embedder(Box<OnnxEmbedder>),
}

/// What is written as JSON.
#[derive(Serialize)]
struct Document {
    file: String,
    task: &'static str,
    ports: String,
    facts: Vec<Fact>,
    /// What it ran on.
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<look::Seen>,
}

#[derive(Serialize)]
struct Fact {
    key: &'static str,
    value: String,
    why: String,
    guess: bool,
}

/// Opens the file, and says how it is read and what it sees.
pub(crate) fn run(args: &ModelArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    footfall_video::quiet();
    let picture = args.picture.as_deref().map(look::read).transpose()?;
    let start = args.write.then(|| start::free_place(&args.network)).transpose().map_err(usage)?;
    let runtime = load_runtime(&RuntimeConfig { device: args.device, ..RuntimeConfig::default() })?;
    let mut network = open(&runtime, args)?;
    let reading = network.reading();
    let seen = picture.map(|picture| look::at(&mut network, &picture, args)).transpose()?;
    let document = Document {
        file: args.network.display().to_string(),
        task: network.task(),
        ports: reading.ports.clone(),
        facts: reading.facts.iter().map(Fact::of).collect(),
        provider: network.provider(),
        seen,
    };
    tell(&document, args.json.as_deref(), &said::in_words(&document, args))?;
    start.map(|path| start::write(&path, &document)).transpose()?;
    Ok(())
}

/// As what it is wanted for, else as a detector, else as an embedder.
fn open(runtime: &Runtime, args: &ModelArgs) -> anyhow::Result<Network> {
    let mut options: Vec<Statement> = args.class.as_deref().map(Statement::of_class).into_iter().collect();
    options.extend(args.options.iter().cloned());
    let detector = || {
        let config = DetectorConfig {
            confidence: args.confidence,
            input_size: args.input_size,
            options: options.clone(),
            ..DetectorConfig::default()
        };
        OnnxDetector::open(runtime, &args.network, &config).map(|opened| Network::Detector(Box::new(opened)))
    };
    let embedder = || {
        let config = EmbedderConfig { options: options.clone(), ..EmbedderConfig::default() };
        OnnxEmbedder::open(runtime, &args.network, &config).map(|opened| Network::Embedder(Box::new(opened)))
    };
    let refused = match args.task {
        Some(Task::Embed) => return Ok(embedder()?),
        Some(Task::Detect) => return Ok(detector()?),
        None => match detector() {
            Ok(network) => return Ok(network),
            Err(refused) => refused,
        },
    };
    if !could_be_embedder(&refused) {
        return Err(refused.into());
    }
    match embedder() {
        Ok(network) => Ok(network),
        Err(other) => {
            let why = anyhow::Error::from(other);
            let why = why.root_cause().to_string();
            bail!("{}\nas an embedder: {why}", chain(refused))
        }
    }
}

fn chain(error: Error) -> String {
    let error = anyhow::Error::from(error);
    format!("{error}\nas a detector: {}", error.root_cause())
}

/// Whether a file that is no detector may still be an embedder.
fn could_be_embedder(refused: &Error) -> bool {
    let Error::Model { source, .. } = refused else { return false };
    matches!(
        source,
        ModelFault::Task { .. } | ModelFault::Family { .. } | ModelFault::Ask { key: "size", .. }
    )
}

impl Network {
    fn reading(&self) -> Reading {
        match self {
            Self::Detector(detector) => detector.reading().clone(),
            Self::Embedder(embedder) => embedder.reading(),
        }
    }

    fn task(&self) -> &'static str {
        match self {
            Self::Detector(_) => "detect",
            Self::Embedder(_) => "embed",
        }
    }

    fn provider(&self) -> String {
        match self {
            Self::Detector(detector) => detector.providers().to_string(),
            Self::Embedder(embedder) => embedder.providers().to_string(),
        }
    }
}

impl Fact {
    fn of(fact: &footfall_vision::Fact) -> Self {
        let (key, value) = (fact.key(), fact.value().to_owned());
        Self { key, value, why: fact.why(), guess: fact.is_guess() }
    }
}

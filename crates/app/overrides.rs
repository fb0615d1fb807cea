//! How the command line overrides the configuration: defaults < file < flags.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_config::{Config, LedgerConfig, NetworkConfig, Outputs, usage};
use footfall_private::LocalPath;
use footfall_vision::Statement;

use crate::cli::{LedgerArgs, NetworkArgs, OutputArgs, RunArgs};

/// The configuration of `footfall run`.
pub(crate) fn for_run(args: &RunArgs) -> anyhow::Result<Config> {
    let mut config = Config::load_with(args.config.as_deref(), &args.layout())?;
    config.tracker.preset = args.preset.unwrap_or(config.tracker.preset);
    config.counter.anchor = args.anchor.unwrap_or(config.counter.anchor);
    config.counter.visitors.window = args.visitors.unwrap_or(config.counter.visitors.window);
    replace(&mut config.staff.gallery, args.staff.as_ref());
    all_networks(&mut config, &args.networks);
    outputs(&mut config.outputs, &args.outputs);
    ledger(&mut config.ledger, &args.ledger).map_err(usage)?;
    config.serve.address = match args.serve {
        _ if args.no_serve => None,
        Some(address) => Some(address.unwrap_or(config.serve.listens_at())),
        None => config.serve.address,
    };
    Ok(config)
}

/// The configuration of `footfall harvest`: nobody is counted.
pub(crate) fn for_harvest(path: Option<&Path>, args: &NetworkArgs) -> anyhow::Result<Config> {
    let mut config = Config::load(path)?;
    all_networks(&mut config, args);
    Ok(config)
}

fn all_networks(config: &mut Config, args: &NetworkArgs) {
    networks(&mut config.networks, args);
    config.detector.options.extend(args.class.as_deref().map(Statement::of_class));
    config.detector.options.extend(args.detector_options.iter().cloned());
    config.embedder.options.extend(args.embedder_options.iter().cloned());
    if let Some(crops) = args.max_batch {
        config.pipeline.max_batch = NonZeroUsize::new(crops.into());
    }
    config.pipeline.batch_wait_ms = args.batch_wait_ms.or(config.pipeline.batch_wait_ms);
    if let Some(threads) = args.threads {
        config.pipeline.threads = NonZeroUsize::new(threads.into());
    }
    config.take_distances();
}

fn networks(config: &mut NetworkConfig, args: &NetworkArgs) {
    config.device = args.device.unwrap_or(config.device);
    replace(&mut config.detector, args.detector.as_ref());
    if args.embedder.is_some() {
        config.no_embedder = false;
    }
    replace(&mut config.embedder, args.embedder.as_ref());
    config.no_embedder |= args.no_embedder;
}

fn outputs(config: &mut Outputs, args: &OutputArgs) {
    replace(&mut config.video, args.output.as_ref());
    replace(&mut config.tracks, args.tracks.as_ref());
    replace(&mut config.crossings, args.crossings.as_ref());
    replace(&mut config.detections, args.detections.as_ref());
    replace(&mut config.record, args.record.as_ref());
    replace(&mut config.summary, args.summary.as_ref());
}

fn ledger(config: &mut LedgerConfig, args: &LedgerArgs) -> anyhow::Result<()> {
    replace(&mut config.file, args.ledger.as_ref());
    config.start_time = args.start_time;
    config.recount = args.recount;
    config.validate()?;
    if args.recount && config.file.is_none() {
        bail!("--recount is about the ledger, and none is named: see --ledger");
    }
    Ok(())
}

fn replace(setting: &mut Option<LocalPath>, flag: Option<&PathBuf>) {
    if let Some(path) = flag {
        *setting = Some(path.clone().into());
    }
}

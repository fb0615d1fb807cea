//! What a run does, resolved once from the arguments, the file and the device.

use footfall_config::{Config, NamedSource, Outputs, usage};
use footfall_count::Counter;
use footfall_ledger::jiff::Timestamp;
use footfall_site::Cameras;
use footfall_track::Tracker;
use footfall_vision::Device;

use crate::cli::RunArgs;
use crate::overrides;
use crate::sources::resolve;

/// A run as it is to be. Nothing changes it any more: what may change while it goes on, lines and thresholds, has
/// owners of its own.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) config: Config,
    pub(crate) sources: Vec<NamedSource>,
    /// The files of each source, in their order.
    pub(crate) files: Vec<Outputs>,
}

impl Plan {
    /// What the arguments and their configuration ask for, checked as far as that goes without opening anything.
    pub(crate) fn of(args: &RunArgs) -> anyhow::Result<Self> {
        let mut config = overrides::for_run(args)?;
        let sources = resolve(args, &config).map_err(usage)?;
        let files = config.outputs.of(&sources).map_err(usage)?;
        check_settings(&sources, &config)?;
        // What is shown and kept for as long as the run lasts happens now, also in a recording.
        if config.ledger.file.is_none() && config.serve.address.is_some() {
            config.ledger.start_time.get_or_insert_with(Timestamp::now);
        }
        Ok(Self { config, sources, files })
    }

    /// The plan on the device that is there. What was counted on one is not taken for what another would count.
    pub(crate) fn on(self, device: Device) -> Self {
        let mut config = self.config;
        config.networks.device = device.into();
        Self { config, ..self }
    }

    /// Whether there is a page.
    pub(crate) fn listens(&self) -> bool {
        self.config.serve.address.is_some()
    }

    /// Whether anything is published.
    pub(crate) fn publishes(&self) -> bool {
        !self.config.publish.is_empty()
    }
}

/// Settings that no lane could be made with, before anything is opened.
pub(crate) fn check_settings(sources: &[NamedSource], config: &Config) -> anyhow::Result<()> {
    Tracker::new(config.tracker(None, None)).map_err(usage)?;
    Counter::new(config.lines.clone(), config.counter).map_err(usage)?;
    config.publish.check().map_err(usage)?;
    let by_site = config.site.learn || !config.site.doors.is_empty();
    let by_looks = by_site || !config.counter.visitors.is_off() || !config.staff.is_off();
    if by_looks && config.networks.no_embedder {
        return Err(usage(anyhow::anyhow!(
            "visitors, staff and stays from door to door are told by how people look, and no embedder is to run: take out \
             no_embedder, or counter.visitors, staff, site.doors and site.learn"
        )));
    }
    Cameras::check(config, sources)?;
    for source in sources {
        source.counter(config.counter).map_err(usage)?;
    }
    Ok(())
}

//! Lines and thresholds that change while a run goes on.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::bail;
use footfall_config::{Config, NamedSource};
use footfall_count::{Counter, Layout};
use footfall_pipeline::{Hub, Kind, Stop};
use footfall_serve::{AlertRules, Tokens};
use footfall_site::{InForce, NOTICE, Serving};

use crate::cli::RunArgs;
use crate::overrides;
use crate::plan::{Plan, check_settings};
use crate::sources::resolve;

/// How often the file is looked at.
pub(crate) const EVERY: Duration = Duration::from_secs(1);
/// What is told where nothing has changed that can.
pub(crate) const NOTHING: &str = "nothing that changes now";

/// Reads the configuration again when its file changes, and brings what can change to the lanes.
pub(crate) struct Reload<'a> {
    args: &'a RunArgs,
    path: &'a Path,
    watched: WatchedFile<'a>,
    config: Config,
    sources: Vec<NamedSource>,
    hub: Hub,
    in_force: InForce,
    /// Those of the page, if there is one.
    tokens: Option<Tokens>,
    /// The alerts that are told, where any can be.
    alerts: Option<AlertRules>,
    max_cosine_distance: Option<f64>,
}

/// What tells that a file is another one than before: its time, its length.
type Stamp = Option<(SystemTime, u64)>;

/// A file that somebody may change.
pub(crate) struct WatchedFile<'a> {
    path: &'a Path,
    /// As it was when it was last taken for new.
    known: Stamp,
    /// As it was when it was last looked at.
    latest: Stamp,
}

impl<'a> WatchedFile<'a> {
    pub(crate) fn new(path: &'a Path) -> Self {
        let known = stamp(path);
        Self { path, known, latest: known }
    }

    /// Looks at the file. An editor may write in pieces: what counts is one that stays as it is for a while.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = stamp(self.path);
        let settled = std::mem::replace(&mut self.latest, now) == now;
        let is_new = settled && now != self.known;
        if is_new {
            self.known = now;
        }
        is_new
    }

    /// Says that what is in the file now cannot be used.
    pub(crate) fn refused(&self, error: &anyhow::Error) {
        tracing::error!(
            "{} was changed and cannot be used; the settings from before stay in force: {error:#}",
            self.path.display()
        );
    }
}

impl<'a> Reload<'a> {
    /// `None` where there is no file.
    pub(crate) fn new(
        args: &'a RunArgs,
        plan: &Plan,
        hub: Hub,
        in_force: InForce,
        serving: Option<&Serving>,
        max_cosine_distance: Option<f64>,
    ) -> Option<Self> {
        let path = args.config.as_deref()?;
        let (tokens, alerts) = (serving.and_then(Serving::tokens), serving.map(Serving::alerts));
        let Plan { config, sources, .. } = plan.clone();
        let watched = WatchedFile::new(path);
        Some(Self {
            args,
            path,
            watched,
            config,
            sources,
            hub,
            in_force,
            tokens,
            alerts,
            max_cosine_distance,
        })
    }

    /// Watches the file until this is `done`.
    pub(crate) fn watch(&mut self, done: &Stop) {
        while !done.wait(EVERY) {
            if self.watched.has_changed() {
                let refusal = self.read_again().err();
                if let Some(error) = &refusal {
                    self.watched.refused(error);
                }
                self.in_force.rereads().done(refusal.map(|error| format!("{error:#}")));
            }
        }
    }

    fn read_again(&mut self) -> anyhow::Result<()> {
        let config = overrides::for_run(self.args)?;
        let named = resolve(self.args, &config)?;
        let come_or_go = named.iter().map(|s| &s.name).ne(self.sources.iter().map(|s| &s.name));
        // Those that are counted, as they are now; what comes or goes waits for a restart.
        let now =
            |before: &NamedSource| named.iter().find(|s| s.name == before.name).unwrap_or(before).clone();
        let sources: Vec<_> = self.sources.iter().map(now).collect();
        if config.tracker.preset != self.config.tracker.preset {
            bail!("the tracker's preset changes with a restart only");
        }
        check_settings(&sources, &config)?;
        let mut changed = Vec::new();
        if let Some(tokens) = &self.tokens {
            tokens.replace(&config.serve)?;
            changed.extend((config.serve.tokens != self.config.serve.tokens).then(|| "tokens".to_owned()));
        }
        if let Some(alerts) = &self.alerts {
            alerts.set(&config.publish.alerts);
            let is_new = config.publish.alerts != self.config.publish.alerts;
            changed.extend(is_new.then(|| "alerts".to_owned()));
        }
        for (index, source) in sources.iter().enumerate() {
            changed.extend(self.apply(index, source, &config));
        }
        let path = self.path.display();
        let what = if changed.is_empty() { NOTHING.to_owned() } else { changed.join(", ") };
        tracing::info!(target: NOTICE, "{path} was read again: {what}");
        if come_or_go {
            tracing::warn!(
                "{path}: sources come and go with a restart only; the others have their new settings"
            );
        }
        if self.needs_restart(&config, &sources) {
            tracing::warn!("{path}: other settings have changed too; they are in force after a restart");
        }
        (self.config, self.sources) =
            (config, sources.into_iter().zip(&self.sources).map(keep_address).collect());
        Ok(())
    }

    /// Brings what is new about a source to its lane; says what that is.
    ///
    /// A recording is counted to its end as it was begun: its counts are known by their settings.
    fn apply(&self, index: usize, next: &NamedSource, config: &Config) -> Option<String> {
        let (before, feed) = (&self.sources[index], &self.hub.feeds()[index]);
        let info = feed.status().info;
        if info.as_ref().is_some_and(|info| info.kind == Kind::Recorded) {
            return None;
        }
        let mut what = Vec::new();
        if next.address.get() != before.address.get() {
            before.address.set(next.address.get());
            what.push("address (from the next connection on)");
        }
        let rate = info.as_ref().and_then(|info| info.frame_rate);
        let tracker = config.tracker(rate, self.max_cosine_distance);
        let has_tracker = tracker != self.config.tracker(rate, self.max_cosine_distance);
        let counting = next.counting(config.counter);
        let has_thresholds = has_tracker || counting != before.counting(self.config.counter);
        let apply = |layout: &Layout| {
            // Both were tried before: neither can fail.
            let Ok(mut counter) = Counter::over(layout.clone(), counting) else { return };
            if let Some(info) = info {
                counter.fit(info.width, info.height);
            }
            feed.change(move |tracking, counting| {
                let _ = tracking.reconfigure(tracker);
                counting.change(counter);
            });
        };
        what.extend(self.in_force.configure(index, &next.layout, has_thresholds, apply));
        what.extend(has_thresholds.then_some("thresholds"));
        (!what.is_empty()).then(|| format!("{} of {}", what.join(", "), next.name))
    }

    /// Whether something else has changed than what is brought to lanes.
    fn needs_restart(&self, config: &Config, sources: &[NamedSource]) -> bool {
        let rest = |config: &Config| {
            let mut rest = config.clone();
            (rest.lines, rest.zones, rest.masks) = Default::default();
            rest.source = footfall_config::Sources::default();
            rest.serve.tokens = Vec::new();
            rest.publish.alerts = Vec::new();
            (rest.counter, rest.tracker) =
                (footfall_count::Config::default(), footfall_track::Config::default());
            rest.forget_what_is_set();
            rest
        };
        let options = |sources: &[NamedSource]| {
            sources.iter().map(|s| (s.options.clone(), s.reference.clone())).collect::<Vec<_>>()
        };
        rest(config) != rest(&self.config) || options(sources) != options(&self.sources)
    }
}

/// The source as it is now, with the address that its reader looks at.
fn keep_address((next, before): (NamedSource, &NamedSource)) -> NamedSource {
    NamedSource { address: before.address.clone(), ..next }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod in_force_tests;

//! What can be set of an archive.

use std::path::Path;
use std::time::Duration;

use footfall_office::{DatabaseConfig, HubConfig, TelemetryConfig};
use footfall_private::{LocalPath, Secret};
use serde::Deserialize;

use crate::ArchiveError;

/// Pauses between tries grow up to so many seconds.
const LONGEST_PAUSE: f64 = 300.0;

/// Everything that can be set: the file `archive.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArchiveConfig {
    /// The NATS server that has the queue.
    pub hub: HubConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// How jobs are given out.
    pub queue: QueueConfig,
    /// Object storage.
    pub store: StoreConfig,
    /// A worker on this machine.
    pub worker: WorkerConfig,
    /// A worker's metrics: as `[serve]` of a shop; nothing listens without an address.
    pub serve: footfall_serve::Config,
    /// Who is told what a worker does.
    pub telemetry: TelemetryConfig,
}

/// How jobs are given out. All programs of an archive have the same.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// The stream that keeps the jobs; made where there is none.
    pub stream: String,
    /// The subject that they are published on.
    pub subject: String,
    /// A job whose worker was not heard of for so many seconds is given to another.
    pub lease_seconds: f64,
    /// After so many tries a recording is put aside.
    pub tries: u16,
    /// The pause before the second try, in seconds; each is four times as long as the one before, up to five minutes.
    pub pause_seconds: f64,
}

/// Object storage that speaks S3. What is not set here comes from `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` ...,
/// or from the machine's role.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// Its address, where it is not Amazon's: `https://HOST:PORT`.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Whose archive.
    pub key: Option<String>,
    /// And how we prove it.
    pub secret: Option<Secret>,
    /// Whether `http://` will do.
    pub plain_http: bool,
}

/// A worker on this machine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// What it is called in the lists; the machine's name and the process by default.
    pub name: Option<String>,
    /// Where a recording is copied to while it is counted.
    pub scratch: Option<LocalPath>,
    /// How many GiB a copy may take there.
    pub scratch_gib: f64,
    /// A count that has not gone on for so many minutes is given up.
    pub silence_minutes: f64,
    /// How long a worker that is asked to end goes on with its recording, in seconds, before it gives it back.
    pub grace_seconds: f64,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            stream: "ARCHIVE".to_owned(),
            subject: "archive.jobs".to_owned(),
            lease_seconds: 60.0,
            tries: 3,
            pause_seconds: 5.0,
        }
    }
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { name: None, scratch: None, scratch_gib: 20.0, silence_minutes: 10.0, grace_seconds: 20.0 }
    }
}

impl ArchiveConfig {
    /// What `text` says.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ArchiveError> {
        let config: Self = toml::from_str(text).map_err(|error| ArchiveError::Refused(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// What the file says; the defaults without one.
    ///
    /// # Errors
    /// When it cannot be read, or something is wrong with it.
    pub fn load(path: Option<&Path>) -> Result<Self, ArchiveError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).map_err(ArchiveError::file("read the settings", path))?;
        let wrong = |error| match error {
            ArchiveError::Refused(problem) => ArchiveError::Refused(format!("{}: {problem}", path.display())),
            error => error,
        };
        let mut config = Self::parse(&text).map_err(wrong)?;
        // What it names lies beside it.
        let folder = path.parent().unwrap_or(Path::new(""));
        config.hub.authority = config.hub.authority.map(|file| file.within(folder));
        config.database.authority = config.database.authority.map(|file| file.within(folder));
        config.worker.scratch = config.worker.scratch.map(|file| file.within(folder));
        Ok(config)
    }

    fn check(&self) -> Result<(), ArchiveError> {
        let refuse = |what: &str| Err(ArchiveError::Refused(what.to_owned()));
        let QueueConfig { stream, subject, lease_seconds, tries, pause_seconds } = &self.queue;
        let is_name = |text: &str| !text.is_empty() && !text.contains(['*', '>', ' ', '\t']);
        if !is_name(stream) || stream.contains('.') || !is_name(subject) {
            return refuse(
                "queue.stream and queue.subject are names: a subject may have dots, none has * > or spaces",
            );
        }
        if !(1.0..=86_400.0).contains(lease_seconds) {
            return refuse("queue.lease_seconds is from 1 to a day");
        }
        if *tries == 0 || !(0.0..=3600.0).contains(pause_seconds) {
            return refuse("queue.tries is at least 1, and queue.pause_seconds from 0 to 3600");
        }
        let WorkerConfig { scratch_gib, silence_minutes, grace_seconds, .. } = &self.worker;
        let is_time = |time: &f64| (0.0..=1e6).contains(time);
        if !is_time(silence_minutes) || !is_time(grace_seconds) || !is_time(scratch_gib) {
            return refuse(
                "worker.scratch_gib, worker.silence_minutes and worker.grace_seconds are not negative",
            );
        }
        Ok(())
    }
}

impl QueueConfig {
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs_f64(self.lease_seconds)
    }

    /// The pause after the try number `tries`, from 1.
    pub(crate) fn pause(&self, tries: i32) -> Duration {
        let times = 4f64.powi(tries.clamp(1, 10) - 1);
        Duration::from_secs_f64((self.pause_seconds * times).min(self.pause_seconds.max(LONGEST_PAUSE)))
    }
}

#[cfg(test)]
mod tests {
    use super::ArchiveConfig;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let queue = super::QueueConfig::default();
        let seconds = |tries| queue.pause(tries).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 100].map(seconds), [5, 20, 80, 300, 300, 300]);
    }

    #[test]
    fn nothing_needs_to_be_set_and_what_makes_no_sense_is_refused() {
        assert_eq!(ArchiveConfig::parse("").unwrap(), ArchiveConfig::default());
        for (text, word) in [
            ("[hub]\nurll = 'nats://a'\n", "urll"),
            ("[queue]\nlease_seconds = 0.1\n", "lease_seconds"),
            ("[queue]\ntries = 0\n", "tries"),
            ("[queue]\nsubject = 'a.>'\n", "subject"),
            ("[worker]\ngrace_seconds = -1.0\n", "grace_seconds"),
        ] {
            let error = ArchiveConfig::parse(text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}

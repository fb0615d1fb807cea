//! How far an archive is.

use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use crate::ArchiveError;
use crate::queue::Waiting;

/// How far an archive is. As JSON: `archive status --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// What the database says.
    #[serde(flatten)]
    pub kept: Kept,
    /// What the hub has; none where it cannot be reached.
    pub hub: Option<Waiting>,
    /// Why it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_trouble: Option<String>,
}

/// What the database says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Recordings, the newest of each name.
    pub recordings: u64,
    /// Those that are counted.
    pub done: u64,
    /// Those that wait.
    pub queued: u64,
    /// Those that somebody counts.
    pub counting: u64,
    /// Those that were given up.
    pub dead: u64,
    /// Bytes of all of them, and of those that are counted.
    pub bytes: u64,
    /// Likewise.
    pub bytes_done: u64,
    /// Frames that are counted.
    pub frames: u64,
    /// Seconds of footage that are counted.
    pub seconds: f64,
    /// People who came in, and who left, over all lines.
    pub entered: u64,
    /// Likewise.
    pub left: u64,
    /// How fast it goes: as in the last hour, with the workers that count now, or one where none does.
    pub rate: Option<Rate>,
    /// Seconds until all is counted, if it goes on like this.
    pub remaining_seconds: Option<f64>,
    /// Who counts what.
    pub working: Vec<Working>,
    /// Recordings whose last try failed, and that are tried again.
    pub failures: Vec<Failure>,
    /// The dead letters.
    pub dead_letters: Vec<Failure>,
    /// Counts that differ where they must not.
    pub alarms: Vec<Alarm>,
    /// Results by the version of the program that counted them.
    pub programs: Vec<(String, u64)>,
}

/// How fast it goes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Rate {
    /// Recordings an hour.
    pub recordings_per_hour: f64,
    /// Seconds of footage a second.
    pub footage_per_second: f64,
    /// Bytes a second.
    pub bytes_per_second: f64,
}

/// A recording that somebody counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Working {
    /// Which.
    pub name: String,
    /// Who.
    pub worker: String,
    /// For how long.
    pub seconds: f64,
    /// When they were last heard of, seconds ago.
    pub silent_seconds: f64,
    /// Frames so far, and of how many.
    pub frames: Option<u64>,
    /// Likewise.
    pub of_frames: Option<u64>,
}

/// A recording that could not be counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// Which.
    pub name: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why.
    pub reason: String,
}

/// Two complete counts of one content by the same settings that differ.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// The recording whose count was there.
    pub kept: String,
    /// The one whose count is another.
    pub came: String,
    /// Who counted them.
    pub workers: [String; 2],
    /// The program's versions.
    pub programs: [String; 2],
    /// Whether both had the same networks and device.
    pub same_networks: bool,
    /// When it was found.
    pub found: String,
}

/// Reads it.
pub(crate) async fn read(
    client: &Client,
    hub: Result<Waiting, ArchiveError>,
) -> Result<Status, ArchiveError> {
    let doing = || ArchiveError::database("read how far it is");
    let row = client.query_one(include_str!("sql/status.sql"), &[]).await.map_err(doing())?;
    let text: String = row.get(0);
    let kept = serde_json::from_str(&text).map_err(|error| {
        ArchiveError::NotReady(format!("the database tells what cannot be read: {error}"))
    })?;
    let (hub, hub_trouble) = match hub {
        Ok(waiting) => (Some(waiting), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Status { kept, hub, hub_trouble })
}

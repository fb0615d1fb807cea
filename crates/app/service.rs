//! What the service manager is told: systemd's `sd_notify` protocol, over the socket that it names.

use std::ffi::OsStr;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use footfall_pipeline::{Feed, Hub, Phase, Stop};

/// How often the status is told where there is no watchdog.
const EVERY: Duration = Duration::from_secs(5);

/// A connection to the service manager.
struct Manager {
    socket: UnixDatagram,
    address: SocketAddr,
    /// Within this time it wants to hear from us, if at all.
    watchdog: Option<Duration>,
}

/// Tells that the run is ready once frames come through, how it goes, and, for the watchdog, that every
/// source is served: frames really went through since the last time, or somebody tried to reach a source
/// that is away. Without a service manager there is nothing to do.
pub(crate) fn attend(hub: &Hub, stop: &Stop, done: &Stop) {
    let Some(manager) = Manager::find() else { return };
    let every = manager.watchdog.map_or(EVERY, |most| (most / 4).min(EVERY));
    let (mut is_ready, mut is_stopping) = (false, false);
    loop {
        if !is_ready && hub.feeds().iter().any(|feed| feed.status().processed > 0) {
            is_ready = true;
            manager.tell("READY=1");
        }
        if stop.is_requested() && !is_stopping {
            is_stopping = true;
            manager.tell("STOPPING=1");
        }
        if manager.watchdog.is_some_and(|most| is_alive(hub, most)) {
            manager.tell("WATCHDOG=1");
        }
        manager.tell(&format!("STATUS={}", status(hub)));
        // Before the first frame the manager waits for us.
        if done.wait(if is_ready { every } else { every.min(Duration::from_millis(200)) }) {
            if !is_stopping {
                manager.tell("STOPPING=1");
            }
            return;
        }
    }
}

/// Whether each source has shown a sign of life within half of `most`.
fn is_alive(hub: &Hub, most: Duration) -> bool {
    hub.feeds().iter().filter_map(|feed| feed.silence()).all(|silence| silence < most / 2)
}

/// `front: 1200 frames, in 3, out 5; back: disconnected`.
fn status(hub: &Hub) -> String {
    hub.feeds().iter().map(|feed| of_source(feed)).collect::<Vec<_>>().join("; ")
}

fn of_source(feed: &Feed) -> String {
    let status = feed.status();
    let mut words = vec![format!("{}: {} frames", feed.name(), status.processed)];
    if let Some(scene) = feed.scene() {
        let tallies = scene.seen.tallies.iter();
        let (entered, left) = tallies.fold((0, 0), |(i, o), tally| (i + tally.entered, o + tally.left));
        words.push(format!("in {entered}, out {left}"));
    }
    words.extend(status.problems.iter().map(|problem| problem.condition.to_string()));
    words.extend((status.phase == Phase::Opening).then(|| "not there yet".to_owned()));
    words.extend(matches!(status.phase, Phase::Ended(_)).then(|| "ended".to_owned()));
    words.join(", ")
}

impl Manager {
    fn find() -> Option<Self> {
        let name = std::env::var_os("NOTIFY_SOCKET")?;
        let address = address(&name)?;
        let socket = UnixDatagram::unbound().ok()?;
        let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
        let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|_| is_ours).map(Duration::from_micros);
        Some(Self { socket, address, watchdog })
    }

    fn tell(&self, state: &str) {
        // Whoever has started us may be gone: that is no reason to end.
        let _ = self.socket.send_to_addr(state.as_bytes(), &self.address);
    }
}

#[cfg(target_os = "linux")]
fn address(name: &OsStr) -> Option<SocketAddr> {
    use std::os::linux::net::SocketAddrExt as _;
    match name.to_str().and_then(|name| name.strip_prefix('@')) {
        Some(abstract_name) => SocketAddr::from_abstract_name(abstract_name).ok(),
        None => SocketAddr::from_pathname(name).ok(),
    }
}

#[cfg(not(target_os = "linux"))]
fn address(name: &OsStr) -> Option<SocketAddr> {
    SocketAddr::from_pathname(name).ok()
}

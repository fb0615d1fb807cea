//! A small site with a book in memory, and servers from Debian that can be stopped and started.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use footfall_count::{Anchor, Direction, Layout};
use footfall_serve::{
    Book, Config, Drawing, Entry, Live, Parts, Passing, Person, Picture, PortError, Saved, Server, Setup,
    SetupError, SourceKind, SourceState, View, ZoneState,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::memory::MemoryBook;

/// The longest that anything here is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A picture that says which frame it is of.
struct Numbered(u64);

impl Picture for Numbered {
    fn jpeg(&self, _: u32, _: u8) -> Result<Vec<u8>, PortError> {
        Ok(format!("jpeg {}", self.0).into_bytes())
    }

    fn part(&self, [x, ..]: [f64; 4], _: u32, _: u8) -> Result<Vec<u8>, PortError> {
        Ok(format!("jpeg {} from {x}", self.0).into_bytes())
    }
}

/// A drawing in memory.
pub(crate) struct Lines(Mutex<Drawing>);

impl Setup for Lines {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        if source != "door" {
            return Err(SetupError::NoSource { id: source.to_owned() });
        }
        Ok(self.0.lock().unwrap().clone())
    }

    fn redraw(&self, source: &str, drawing: Drawing) -> Result<(Drawing, Saved), SetupError> {
        let current = self.drawing(source)?.revision;
        if drawing.revision != current {
            return Err(SetupError::Stale { current });
        }
        let drawn = Drawing { revision: current + 1, ..drawing };
        *self.0.lock().unwrap() = drawn.clone();
        Ok((drawn, Saved::Memory))
    }

    fn configuration(&self) -> Value {
        json!({"counter": {"dead_band": 0.1}})
    }
}

/// A site with one source, `Door`.
pub(crate) struct Site {
    pub(crate) live: Live,
    pub(crate) book: Arc<MemoryBook>,
    pub(crate) server: Server,
}

impl Site {
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        let live = Live::new([SourceState::new("Door", SourceKind::Live, 640, 480)]);
        let book = Arc::new(MemoryBook::new(TimeZone::UTC));
        let line = "entrance:320,480,320,0".parse().unwrap();
        let setup = Arc::new(Lines(Mutex::new(Drawing {
            revision: 1,
            layout: Layout { lines: vec![line], ..Layout::default() },
        })));
        let parts = Parts {
            live: live.clone(),
            book: book.clone(),
            setup,
            publishers: footfall_serve::PublisherStates::default(),
            audit: None,
        };
        let mut config =
            Config { address: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))), ..Config::default() };
        change(&mut config);
        let server = Server::start(&config, parts).unwrap();
        Self { live, book, server }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    /// Shows a frame with one person.
    pub(crate) fn show(&self, frame: u64, crossings: usize) {
        let people = vec![Person { id: 7, bbox: [10.0, 20.0, 30.0, 60.0] }];
        let picture = Arc::new(Numbered(frame));
        let time = frame as f64 / 10.0;
        let zones = vec![ZoneState { name: "till".into(), people: 1, most: 3, visits: 8, mean_dwell: 12.34 }];
        let (width, height, anchor) = (640, 480, Anchor::Centre);
        let passing = || Passing {
            line: "entrance".into(),
            track: frame,
            frame,
            time,
            bbox: [10.0, 20.0, 30.0, 60.0],
            look: None,
        };
        let crossings = (0..crossings).map(|_| passing()).collect();
        let visitors = None;
        let windows = Vec::new();
        let view =
            View { frame, time, width, height, anchor, windows, people, zones, visitors, crossings, picture };
        self.live.publish(0, view);
    }

    /// Counts crossing number `n`, and shows the frame that it was decided in.
    pub(crate) fn cross(&self, n: u64) {
        self.book.add(crossing(n));
        self.show(n, 1);
    }
}

/// Crossing number `n`: into the shop where `n` is odd.
pub(crate) fn crossing(n: u64) -> Entry {
    Entry {
        sequence: 0,
        identity: format!("id-{n}"),
        at: Timestamp::now(),
        source: "Door".into(),
        line: "entrance".into(),
        direction: if n % 2 == 1 { Direction::In } else { Direction::Out },
        track: n,
        frame: n,
        time: n as f64 / 10.0,
        confidence: Some(0.9),
        reasons: vec!["followed".into()],
    }
}

/// A book with crossings, as publishers read it.
pub(crate) fn book() -> (Arc<MemoryBook>, Arc<dyn Book>, Live) {
    book_in(TimeZone::UTC)
}

/// As [`book`], of a site in this time zone.
pub(crate) fn book_in(zone: TimeZone) -> (Arc<MemoryBook>, Arc<dyn Book>, Live) {
    let book = Arc::new(MemoryBook::new(zone));
    (book.clone(), book, Live::new([]))
}

/// A server from Debian on a port of loopback.
pub(crate) struct Daemon {
    program: &'static str,
    arguments: Vec<String>,
    pub(crate) port: u16,
    process: Option<Child>,
}

impl Daemon {
    /// Not started yet.
    pub(crate) fn new(program: &'static str, port: u16, arguments: Vec<String>) -> Self {
        Self { program, arguments, port, process: None }
    }

    /// Starts it, and waits until it listens.
    pub(crate) fn start(&mut self) {
        let mut command = Command::new(find(self.program));
        command.args(&self.arguments).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().unwrap());
        until(|| TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok().then_some(()));
    }

    /// Asks it to end, as an administrator would, and waits until it has.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let id = rustix::process::Pid::from_child(&process);
            rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Debian keeps servers where not every user looks.
fn find(program: &str) -> String {
    let places = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
    let found = places.iter().map(|place| format!("{place}/{program}")).find(|path| Path::new(path).exists());
    found.unwrap_or_else(|| panic!("{program} is not installed: scripts/test installs it"))
}

/// A port of loopback that nobody has now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Tries until there is a result, for as long as is reasonable.
pub(crate) fn until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(result) = attempt() {
            return result;
        }
        assert!(Instant::now() < end, "waited for {PATIENCE:?} in vain");
        std::thread::sleep(Duration::from_millis(20));
    }
}

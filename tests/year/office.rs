//! Whoever gets the counts: the real program that publishes them, Debian's broker, and somebody who hears them all.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::common::broker::{Broker, Message, listen};
use crate::common::footfall;

/// Nobody has to wait as long for a message, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(2);

/// Everything behind the ledger.
pub(crate) struct Office {
    pub(crate) broker: Broker,
    pub(crate) is_away: bool,
    config: PathBuf,
    publisher: Child,
    messages: Receiver<Message>,
    /// How often each crossing came, by its identity.
    pub(crate) heard: HashMap<String, u32>,
    /// The publisher's memory in bytes and its open files, by day.
    pub(crate) measured: Vec<(u64, u64, usize)>,
}

impl Office {
    pub(crate) fn open(folder: &Path, ledger: &Path) -> Self {
        let broker = Broker::start(folder);
        let messages = listen(broker.port, "footfall/+/+/crossing");
        let config = folder.join("office.toml");
        let text = format!(
            "[serve]\naddress = '127.0.0.1:0'\n[ledger]\nfile = '{}'\n[publish.mqtt]\nurl = 'mqtt://127.0.0.1:{}'\n",
            ledger.display(),
            broker.port
        );
        fs::write(&config, text).unwrap();
        let publisher = publish(&config);
        let (heard, measured) = (HashMap::new(), Vec::new());
        Self { broker, is_away: false, config, publisher, messages, heard, measured }
    }

    /// The broker goes, or comes again.
    pub(crate) fn set_broker(&mut self, is_there: bool) {
        if is_there == self.is_away {
            if is_there { self.broker.start_again() } else { self.broker.stop() }
        }
        self.is_away = !is_there;
    }

    /// Kills the publisher, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.publisher.kill().unwrap();
        self.publisher.wait().unwrap();
        self.publisher = publish(&self.config);
    }

    pub(crate) fn measure(&mut self, day: u64) {
        let id = self.publisher.id();
        let files = fs::read_dir(format!("/proc/{id}/fd")).unwrap().count();
        self.measured.push((day, memory_of(id), files));
    }

    /// The most memory and the most open files on these days.
    pub(crate) fn most(&self, days: Range<u64>) -> (u64, usize) {
        let on = || self.measured.iter().filter(|(day, ..)| days.contains(day));
        (on().map(|(_, memory, _)| *memory).max().unwrap(), on().map(|(.., files)| *files).max().unwrap())
    }

    /// Hears what comes, until all but so many of `count` crossings have come.
    pub(crate) fn hear(&mut self, count: usize, but: usize) {
        loop {
            for message in self.messages.try_iter() {
                note(&mut self.heard, &message);
            }
            if self.is_away || self.heard.len() + but >= count {
                return;
            }
            let waited = self.messages.recv_timeout(PATIENCE);
            let message = waited.unwrap_or_else(|_| panic!("{} of {count} have come", self.heard.len()));
            note(&mut self.heard, &message);
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.publisher.kill();
        let _ = self.publisher.wait();
    }
}

fn publish(config: &Path) -> Child {
    let mut command = footfall();
    command.arg("serve").arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn note(heard: &mut HashMap<String, u32>, (_, payload): &Message) {
    let message: serde_json::Value = serde_json::from_slice(payload).unwrap();
    *heard.entry(message["identity"].as_str().unwrap().to_owned()).or_default() += 1;
}

/// The memory of a process that is its own, in bytes.
pub(crate) fn memory_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.map_or(0, |kilobytes| kilobytes.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10)
}

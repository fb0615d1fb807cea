//! Everything that takes part in counting an archive: the servers, the recordings, the workers.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a part of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use opencv::core::{Mat, Size};
use opencv::videoio::{
    CAP_FFMPEG, CAP_PROP_FRAME_HEIGHT, CAP_PROP_FRAME_WIDTH, VideoCapture, VideoCaptureTrait as _,
    VideoCaptureTraitConst as _, VideoWriter, VideoWriterTrait as _,
};
use rustix::process::Pid;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{DOOR, Ended, clip, footfall};
use crate::servers::{Hub, Postgres, Running, until};

/// The name of no worker.
pub const NOBODY: &str = "nobody";

/// What a worker's settings say.
#[derive(Default)]
pub struct Settings {
    /// 2 seconds, where there is none.
    pub lease: Option<u32>,
    pub grace: u32,
    pub scratch: Option<PathBuf>,
}

pub struct House {
    pub folder: TempDir,
    pub hub: Hub,
    pub postgres: Postgres,
    pub settings: Settings,
    workers: BTreeMap<String, Running>,
    /// What the settings say of an object store, or of a collector.
    store: String,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("rec")).unwrap();
        let (hub, postgres) = (Hub::start(), Postgres::start());
        let (settings, workers) = (Settings::default(), BTreeMap::new());
        let house = Self { folder, hub, postgres, settings, workers, store: String::new() };
        house.write_settings("archive", "");
        house
    }

    /// Serves the folder with the recordings as the bucket of an object store, which all settings name from now on.
    pub fn open_store(&mut self) -> Running {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archive/store.py");
        let mut command = Command::new("/usr/bin/python3");
        let mut running =
            Running(command.arg(script).arg(self.folder.path()).stdout(Stdio::piped()).spawn().unwrap());
        let mut port = String::new();
        BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
        self.store = format!(
            "[store]\nendpoint = 'http://127.0.0.1:{}'\nregion = 'here'\nkey = 'me'\nsecret = 'it'\nplain_http = true\n",
            port.trim()
        );
        self.write_settings("archive", "");
        running
    }

    /// Has all who are started from now on tell a collector what they do.
    pub fn tell(&mut self, collector: &str) {
        self.store = format!("[telemetry]\notlp = '{collector}'\n");
        self.write_settings("archive", "");
    }

    /// The folder that is submitted.
    pub fn recordings(&self) -> PathBuf {
        self.folder.path().join("rec")
    }

    fn write_settings(&self, name: &str, more: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.toml"));
        let text = format!(
            "[hub]\nurl = '{}'\n[database]\nurl = '{}'\n[queue]\nlease_seconds = {}.0\ntries = 2\npause_seconds = 0.2\n{}{more}",
            self.hub.url(),
            self.postgres.url(),
            self.settings.lease.unwrap_or(2),
            self.store
        );
        fs::write(&path, text).unwrap();
        path
    }

    /// `footfall archive ...`.
    pub fn archive(&self, arguments: &[&str]) -> Ended {
        let mut command = footfall();
        command.arg("archive").args(arguments).arg("--archive").arg(self.folder.path().join("archive.toml"));
        command.output().unwrap().into()
    }

    pub fn submit(&self) -> Ended {
        self.submit_with(&["--line", DOOR])
    }

    pub fn submit_with(&self, counting: &[&str]) -> Ended {
        let place = self.recordings();
        self.archive(&[&["submit", place.to_str().unwrap()], counting].concat())
    }

    pub fn status(&self) -> Value {
        let ended = self.archive(&["status", "--json"]);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.stderr))
    }

    /// What one machine counts, one recording after the other.
    pub fn one_machine(&self) -> String {
        let names = crate::common::names(&self.recordings());
        let crossings = self.folder.path().join("one.jsonl");
        let one = |name: &String| {
            let ended: Ended = footfall()
                .current_dir(self.folder.path())
                .args(["run", &format!("rec/{name}"), "--line", DOOR, "--crossings"])
                .arg(&crossings)
                .output()
                .unwrap()
                .into();
            ended.success();
            fs::read_to_string(&crossings).unwrap()
        };
        names.iter().map(one).collect()
    }

    /// A worker that is not started yet.
    pub fn worker(&self, name: &str) -> std::process::Command {
        let scratch = self.settings.scratch.as_ref();
        let scratch = scratch.map(|path| format!("scratch = '{}'\n", path.display())).unwrap_or_default();
        let more = format!("[worker]\nname = '{name}'\ngrace_seconds = {}.0\n{scratch}", self.settings.grace);
        let mut command = footfall();
        command.args(["worker", "--threads", "1", "--archive"]).arg(self.write_settings(name, &more));
        command
    }

    /// Starts a worker.
    pub fn hire(&mut self, name: &str) {
        let mut command = self.worker(name);
        let running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        self.workers.insert(name.to_owned(), running);
    }

    /// A worker that ends when there is nothing to do.
    pub fn work_until_empty(&self) -> Ended {
        self.worker("passing").arg("--until-empty").output().unwrap().into()
    }

    pub fn kill(&mut self, name: &str) {
        self.workers.remove(name);
    }

    /// Waits for its end.
    pub fn end(&mut self, name: &str) -> ExitStatus {
        let worker = self.workers.get_mut(name).unwrap();
        let status = until("it ends", || worker.0.try_wait().unwrap());
        self.workers.remove(name);
        status
    }

    pub fn pid(&self, name: &str) -> Pid {
        Pid::from_child(&self.workers[name].0)
    }

    /// A process that a worker has started.
    pub fn child_of(&self, name: &str) -> Option<i32> {
        let parent = self.workers[name].0.id();
        let text = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        text.split_whitespace().next()?.parse().ok()
    }

    /// Whether a process is there, and not only its name in the list.
    pub fn is_alive(pid: i32) -> bool {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        state
            .rsplit(')')
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with(['Z', 'X']))
    }

    /// Waits until a worker has a job; gives the job and its token.
    pub fn wait_for(&self, what: &str, worker: &str) -> (i64, i64) {
        let sql =
            format!("SELECT id, token FROM archive.job WHERE state = 'counting' AND worker = '{worker}'");
        until(what, || {
            let rows = self.postgres.try_sql(&sql)?;
            let (job, token) = rows.first()?.split_once('|')?;
            Some((job.parse().unwrap(), token.parse().unwrap()))
        })
    }

    pub fn sql(&self, sql: &str) -> Vec<String> {
        self.postgres.sql(sql)
    }

    /// The number that a statement gives, once it gives one.
    pub fn number(&self, sql: &str) -> Option<i64> {
        self.postgres.try_sql(sql)?.first()?.parse().ok()
    }
}

/// A recording of some frames of the sample clip.
pub fn cut(path: &Path, first: u32, frames: u32) {
    let mut from = VideoCapture::from_file(clip().to_str().unwrap(), CAP_FFMPEG).unwrap();
    let side = |property| from.get(property).unwrap() as i32;
    let size = Size::new(side(CAP_PROP_FRAME_WIDTH), side(CAP_PROP_FRAME_HEIGHT));
    let kind = VideoWriter::fourcc('M', 'J', 'P', 'G').unwrap();
    let mut to = VideoWriter::new(path.to_str().unwrap(), kind, 10.0, size, true).unwrap();
    let mut frame = Mat::default();
    for _ in 0..first {
        from.grab().unwrap();
    }
    for _ in 0..frames {
        assert!(from.read(&mut frame).unwrap());
        to.write(&frame).unwrap();
    }
    to.release().unwrap();
}

//! The binary while it runs: what it says, line by line, with an end to all patience.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Ended;

/// Nothing in these tests takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// A run under way.
pub struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    said: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Self { child, stdout, stderr, said: String::new() }
    }

    /// The next line of the results.
    pub fn result(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("results go on")
    }

    /// Forgets the results so far.
    pub fn skip_results(&self) {
        while self.stdout.try_recv().is_ok() {}
    }

    /// Waits until it says something with `words` in it.
    pub fn wait_for(&mut self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let said = self.stderr.recv_timeout(end.saturating_duration_since(Instant::now()));
            let line = said.unwrap_or_else(|_| panic!("no \"{words}\" in:\n{}", self.said));
            self.said += &line;
            self.said.push('\n');
            if line.contains(words) {
                return line;
            }
        }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Asks it to end, and waits.
    pub fn stop(self) -> Ended {
        kill_process(self.pid(), Signal::INT).unwrap();
        self.end()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let stdout = self.stdout.iter().collect::<Vec<_>>().join("\n");
        self.said.extend(self.stderr.iter().map(|line| line + "\n"));
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout, stderr: std::mem::take(&mut self.said) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that fails leaves nothing behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    receiver
}

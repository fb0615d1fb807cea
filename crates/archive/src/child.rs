//! A program that counts a recording: what it says, how far it is, and how it ends.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// The variable that tells a program the number of the process with which it is to end.
pub const ENDS_WITH: &str = "FOOTFALL_ENDS_WITH";
/// So many of the last lines are kept, to say why it failed.
const LINES: usize = 40;
/// Lines that wait to be read.
const QUEUE: usize = 64;

/// A running program. It is killed when it is dropped.
pub(crate) struct Child {
    process: std::process::Child,
    lines: Receiver<String>,
    said: VecDeque<String>,
    heard: Instant,
    done: i64,
    of: Option<i64>,
}

impl Child {
    /// Starts it: in a group of its own, so that Ctrl-C at the worker is not Ctrl-C at it. It ends with the thread that
    /// calls this, however that ends.
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        command.env(ENDS_WITH, std::process::id().to_string());
        let mut process = command.spawn()?;
        let (sender, lines) = sync_channel(QUEUE);
        if let Some(stderr) = process.stderr.take() {
            thread::spawn(move || {
                let mut lines = BufReader::new(stderr).split(b'\n').map_while(Result::ok);
                lines.all(|line| sender.send(String::from_utf8_lossy(&line).into_owned()).is_ok())
            });
        }
        Ok(Self { process, lines, said: VecDeque::new(), heard: Instant::now(), done: 0, of: None })
    }

    /// Listens for some time; how it has ended, if it has.
    pub(crate) fn listen(&mut self, time: Duration) -> io::Result<Option<ExitStatus>> {
        match self.lines.recv_timeout(time) {
            Ok(line) => {
                self.hear(line);
                Ok(None)
            }
            Err(RecvTimeoutError::Timeout) => self.process.try_wait(),
            // It has nothing more to say: it ends now.
            Err(RecvTimeoutError::Disconnected) => self.process.wait().map(Some),
        }
    }

    fn hear(&mut self, line: String) {
        if let Some((done, of)) = progress(&line) {
            self.done = done;
            self.of = of.or(self.of);
        }
        self.heard = Instant::now();
        if self.said.len() == LINES {
            self.said.pop_front();
        }
        self.said.push_back(line);
    }

    /// Frames so far, and of how many.
    pub(crate) fn frames(&self) -> (i64, Option<i64>) {
        (self.done, self.of)
    }

    /// For how long it has said nothing.
    pub(crate) fn silence(&self) -> Duration {
        self.heard.elapsed()
    }

    /// Why it failed, in its own words.
    pub(crate) fn reason(&mut self, status: ExitStatus) -> String {
        while let Ok(line) = self.lines.try_recv() {
            self.hear(line);
        }
        let told = self.said.iter().rev().find_map(|line| line.strip_prefix("error: "));
        let last = || self.said.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
        match (status.signal(), told.or_else(last)) {
            (Some(signal), _) => {
                let memory = if signal == 9 { ": was there no memory left?" } else { "" };
                format!("the counting program was killed by signal {signal}{memory}")
            }
            (None, Some(told)) => told.to_owned(),
            (None, None) => format!("the counting program ended with {status}"),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `120 of 795 frames, ...`, or `120 frames, ...`.
fn progress(line: &str) -> Option<(i64, Option<i64>)> {
    let mut words = line.split_whitespace();
    let done = words.next()?.parse().ok()?;
    match (words.next()?, words.next(), words.next()) {
        ("of", Some(of), Some(frames)) if frames.starts_with("frames") => Some((done, of.parse().ok())),
        (frames, ..) if frames.starts_with("frames") => Some((done, None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{Child, progress};

    #[test]
    fn progress_is_read_off_what_is_said() {
        assert_eq!(
            progress("120 of 795 frames, 12 s left, 38.4 frames/s, in 3, out 5"),
            Some((120, Some(795)))
        );
        assert_eq!(progress("120 frames, 38.4 frames/s"), Some((120, None)));
        for line in ["", "  20 frames of", "x frames", "error: 12 frames", "12 people"] {
            assert!(progress(line).is_none_or(|(done, _)| done == 20), "{line}");
        }
    }

    #[test]
    fn why_it_failed_is_told_in_its_own_words() {
        let reason = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let mut child = Child::start(command).unwrap();
            loop {
                if let Some(status) = child.listen(Duration::from_millis(50)).unwrap() {
                    return child.reason(status);
                }
            }
        };
        assert_eq!(reason("echo 'error: no such video' >&2; echo bye >&2; exit 1"), "no such video");
        assert_eq!(reason("echo 'Segfault' >&2; exit 3"), "Segfault");
        assert!(reason("exit 3").contains("exit status: 3"));
        assert!(reason("kill -9 $$").contains("signal 9"));
    }
}

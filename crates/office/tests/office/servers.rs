//! The servers of Debian's packages nats-server and postgresql, on loopback and in a folder of their own, that can be
//! killed and started again.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, reason = "a part of tests")]

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The longest that anything here is waited for.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// Tries until there is a result, for as long as is reasonable.
pub fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(result) = attempt() {
            return result;
        }
        assert!(Instant::now() < end, "waited for {PATIENCE:?} in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A port of loopback that nobody has now.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A process that is killed at the end.
pub struct Running(pub Child);

impl Running {
    /// As the kernel does when it is out of memory.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// nats-server with JetStream.
pub struct Hub {
    pub port: u16,
    folder: TempDir,
    /// The file that it is configured by, if any.
    config: Option<PathBuf>,
    running: Option<Running>,
}

impl Hub {
    pub fn start() -> Self {
        Self::configured(free_port(), None)
    }

    /// By a configuration that has it listen at `port`.
    pub fn configured(port: u16, config: Option<PathBuf>) -> Self {
        let mut hub = Self { port, folder: tempfile::tempdir().unwrap(), config, running: None };
        hub.go_on();
        hub
    }

    pub fn go_on(&mut self) {
        let mut command = Command::new(find("nats-server", &["/usr/sbin", "/usr/bin", "/usr/local/bin"]));
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        } else {
            command.args(["-a", "127.0.0.1", "-p", &self.port.to_string(), "-js"]);
            command.arg("-sd").arg(self.folder.path());
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = Running(command.spawn().unwrap());
        until("nats-server", || {
            if running.has_ended() {
                running = Running(command.spawn().unwrap());
            }
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()
        });
        self.running = Some(running);
    }

    pub fn kill(&mut self) {
        self.running = None;
    }

    /// It comes back, and its disk does not.
    pub fn lose_disk(&mut self) {
        self.kill();
        self.folder = tempfile::tempdir().unwrap();
        self.go_on();
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

/// A cluster of PostgreSQL with a database for the office.
pub struct Postgres {
    folder: TempDir,
    /// Settings beside the usual ones.
    settings: Vec<String>,
    running: Option<Running>,
}

impl Postgres {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With these settings, which come last.
    pub fn start_with(settings: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Its own user must get there.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut postgres = Self { folder, settings: settings.to_vec(), running: None };
        for name in ["data", "socket"] {
            let path = postgres.folder.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
            if let Some((user, group)) = service_user() {
                chown(&path, Some(user), Some(group)).unwrap();
            }
        }
        let mut command = postgres.command("initdb");
        command.args(["-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        let made = command.arg(postgres.folder.path().join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.go_on();
        postgres
    }

    pub fn go_on(&mut self) {
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.folder.path().join("data"));
        for setting in ["listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=40"] {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("unix_socket_directories={}", self.socket().display()));
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let mut running = Running(command.spawn().unwrap());
        until("postgres", || {
            // It does not begin before the last process of the one that was killed is gone: as a service it is tried again.
            if running.has_ended() {
                running = Running(command.spawn().unwrap());
            }
            self.try_sql("SELECT 1")
        });
        self.running = Some(running);
    }

    /// All of it at once, as when the machine's power goes.
    pub fn kill(&mut self) {
        let processes = |parent: u32| -> Vec<i32> {
            let children = format!("/proc/{parent}/task/{parent}/children");
            let text = fs::read_to_string(children).unwrap_or_default();
            text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
        };
        if let Some(mut running) = self.running.take() {
            let children = processes(running.0.id());
            running.kill();
            for child in children.into_iter().filter_map(rustix::process::Pid::from_raw) {
                // It may have seen that its parent is gone.
                let _ = rustix::process::kill_process(child, rustix::process::Signal::KILL);
            }
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut folders: Vec<_> = fs::read_dir("/usr/lib/postgresql")
            .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
            .unwrap_or_default();
        folders.sort();
        folders.reverse();
        let folders: Vec<_> = folders.iter().map(|folder| folder.to_str().unwrap()).collect();
        let mut command = Command::new(find(program, &folders));
        command.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = service_user() {
            command.uid(user).gid(group);
        }
        command
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    pub fn url(&self) -> String {
        format!("host={} user=office dbname=postgres", self.socket().display())
    }

    /// What psql answers: a line for each row, with `|` between columns; nothing where it does not answer.
    pub fn try_sql(&self, sql: &str) -> Option<Vec<String>> {
        let mut command = Command::new(find("psql", &["/usr/bin", "/usr/local/bin"]));
        command.args(["-X", "-A", "-t", "-q", "-U", "office", "-d", "postgres", "-c", sql]);
        let port = self.settings.iter().find_map(|setting| setting.strip_prefix("port=")).unwrap_or("5432");
        let output = command.arg("-h").arg(self.socket()).args(["-p", port]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| text.lines().map(ToOwned::to_owned).collect())
    }

    pub fn sql(&self, sql: &str) -> Vec<String> {
        self.try_sql(sql).unwrap_or_else(|| panic!("{sql}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// PostgreSQL does not run as root: then it runs as the user that Debian's package has made.
pub fn service_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("postgresql is not installed");
    let mut fields = line.split(':').skip(2).map(|field| field.parse().unwrap());
    Some((fields.next().unwrap(), fields.next().unwrap()))
}

/// Debian keeps servers where not every user looks.
fn find(program: &str, folders: &[&str]) -> PathBuf {
    let mut paths = folders.iter().map(|folder| Path::new(folder).join(program));
    paths
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is not installed: scripts/test installs it"))
}

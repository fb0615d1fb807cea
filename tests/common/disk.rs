//! A disk of memory that can be filled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small disk of memory, which can be filled. Only root can mount one: else it is a folder.
pub struct Disk {
    pub folder: PathBuf,
    pub is_mounted: bool,
}

impl Disk {
    pub fn mount(folder: &Path, name: &str, megabytes: u64) -> Self {
        let folder = folder.join(name);
        fs::create_dir(&folder).unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("no disk is filled: only root can mount a small one");
        }
        Self { folder, is_mounted }
    }

    /// Leaves no room, where that can be done.
    pub fn fill(&self) {
        if self.is_mounted {
            let mut dd = Command::new("dd");
            dd.args(["if=/dev/zero", "bs=65536"]).arg(format!("of={}", self.filler().display()));
            dd.stderr(Stdio::null()).status().unwrap();
        }
    }

    /// Makes room again; false if there was some.
    pub fn clear(&self) -> bool {
        fs::remove_file(self.filler()).is_ok()
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            // A test that fails leaves nothing behind.
            let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
        }
    }
}

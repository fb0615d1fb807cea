//! A line that gets other names, of the real program: on the page, in its file while it runs, and in between.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::Path;

use common::camera::Camera;
use common::running::Running;
use common::{Ended, footfall};
use footfall_ledger::{PlaceKind, Reader};
use serde_json::Value;

/// The line of the sample clip's door under a name.
fn config(name: &str) -> String {
    format!("[[line]]\nname = \"{name}\"\nfrom = [384.0, 576.0]\nto = [384.0, 0.0]\n")
}

struct Shop {
    folder: tempfile::TempDir,
    camera: Camera,
    crossings: u64,
}

impl Shop {
    /// Counts the camera with its page.
    fn open(&self) -> Running {
        let mut command = footfall();
        command.args(["run", &format!("front={}", self.camera.address), "--no-embedder", "--crossings", "-"]);
        command.args(["--serve", "127.0.0.1:0", "--config"]).arg(self.path("c.toml"));
        Running::start(command.arg("--ledger").arg(self.path("shop.db")))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) {
        fs::write(self.path("c.toml"), config(name)).unwrap();
    }

    /// Waits for a crossing of the line under this name.
    fn passed(&mut self, running: &Running, name: &str) {
        loop {
            let crossing: Value = serde_json::from_str(&running.result()).unwrap();
            self.crossings += 1;
            if crossing["line"] == name {
                return;
            }
        }
    }

    fn close(&mut self, running: Running) {
        let ended = running.stop().success();
        self.crossings += ended.stdout.lines().count() as u64;
    }
}

fn report(ledger: &Path, arguments: &[&str]) -> Ended {
    footfall().args(["report", "--ledger"]).arg(ledger).args(arguments).output().unwrap().into()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// In and out of all rows of a report.
fn sum(rows: &Value) -> u64 {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row["in"].as_u64().unwrap() + row["out"].as_u64().unwrap()).sum()
}

#[test]
fn a_renamed_line_is_one_line_with_all_its_history_under_its_newest_name() {
    let mut shop = Shop { folder: tempfile::tempdir().unwrap(), camera: Camera::start("http"), crossings: 0 };
    shop.name("door");
    let mut running = shop.open();
    let page = running.wait_for("the page is at ");
    let page = page.split("the page is at ").nth(1).unwrap().trim().trim_end_matches('/').to_owned();
    shop.passed(&running, "door");

    // In the file, while it is counted.
    shop.name("front door");
    let told = running.wait_for("is called");
    assert!(told.contains("\"door\"") && told.contains("\"front door\"") && told.contains("front"), "{told}");
    shop.passed(&running, "front door");

    // On the page, which saves it, and an end of it is moved a little at the same time.
    let sources = json(&get(&format!("{page}/api/v1/sources")));
    let id = sources["sources"][0]["id"].as_str().unwrap();
    let address = format!("{page}/api/v1/sources/{id}/lines");
    let mut drawn = json(&get(&address));
    drawn["lines"][0]["name"] = "main".into();
    drawn["lines"][0]["points"] = serde_json::json!([[380.0, 570.0], [386.0, 2.0]]);
    let changed = serde_json::json!({ "revision": drawn["revision"], "lines": drawn["lines"] });
    put(&address, &changed);
    running.wait_for("is called \"main\"");
    shop.passed(&running, "main");
    let rows = json(&get(&format!("{page}/api/v1/counts?by=week")));
    let lines: Vec<_> = rows["counts"].as_array().unwrap().iter().map(|row| &row["line"]).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| *line == "main"), "{rows}");
    shop.close(running);

    // In the file, while nobody counts.
    let text = fs::read_to_string(shop.path("c.toml")).unwrap();
    fs::write(shop.path("c.toml"), text.replace("\"main\"", "\"gate\"")).unwrap();
    let running = shop.open();
    shop.passed(&running, "gate");
    shop.close(running);

    let ledger = shop.path("shop.db");
    let reader = Reader::open(&ledger).unwrap();
    assert_eq!(reader.places(PlaceKind::Line).unwrap(), ["gate"]);
    reader.check().unwrap();
    for arguments in [&["--each-line"][..], &["--line", "door"], &["--line", "gate"], &[]] {
        let told = report(&ledger, &[&["--by", "week", "--format", "json"], arguments].concat()).success();
        let rows = json(&told.stdout);
        assert_eq!(sum(&rows), shop.crossings, "{arguments:?}: {rows}");
        let other = rows.as_array().unwrap().iter().find(|row| row.get("line").is_some_and(|l| l != "gate"));
        assert_eq!(other, None);
    }
    // And by hand, as one whose history was split before.
    let renamed = footfall().args(["ledger", "rename", "gate", "door"]).arg(&ledger).output().unwrap();
    Ended::from(renamed).success();
    let told = report(&ledger, &["--by", "week", "--each-line", "--format", "csv"]).success().stdout;
    assert!(told.lines().skip(1).all(|row| row.starts_with("door,")), "{told}");
    let unknown = footfall().args(["ledger", "rename", "dor", "door"]).arg(&ledger).output().unwrap();
    Ended::from(unknown).failure(2, &["no line \"dor\"", "door"]);
}

fn get(url: &str) -> String {
    let output = std::process::Command::new("python3")
        .args([
            "-c",
            "import sys,urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1]).read().decode())",
        ])
        .arg(url)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn put(url: &str, body: &Value) {
    let script = "import sys,urllib.request as u\n\
                  r=u.Request(sys.argv[1],sys.argv[2].encode(),{'Content-Type':'application/json'},method='PUT')\n\
                  u.urlopen(r).read()";
    let output =
        std::process::Command::new("python3").args(["-c", script, url, &body.to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

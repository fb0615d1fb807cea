//! Somebody at the office edits what a shop counts, on the office's page in a real browser; the shop is the real program at
//! a live camera. And what the office reports of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;
#[path = "common/office.rs"]
mod office;

use std::fs;
use std::process::Command;

use common::camera::Camera;
use common::interface::token;
use common::running::Running as Program;
use common::{cached, footfall};
use office::servers::{Postgres, until};
use office::{camera_of, count, enrol, office, prepare};
use serde_json::Value;

#[test]
fn what_is_edited_on_the_offices_page_is_in_force_at_the_shop_or_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = Postgres::start();
    let (token, entry) = token("chief", "change");
    let alert = "[[alert]]\nname = 'away'\nwhen = 'silent'\n";
    let hub = prepare(&folder.path().join("office"), &postgres, &format!("{entry}{alert}"));
    let publish = enrol(&folder.path().join("office"), &hub, "berlin");
    let camera = Camera::start("http");
    let shop = folder.path().join("shop.toml");
    fs::write(&shop, camera_of(&folder.path().join("shop.db"), &publish, &camera)).unwrap();
    let _counting = count(&shop);
    let config = folder.path().join("office/office.toml");
    let mut serving = Program::start(footfall().args(["office", "--config"]).arg(&config));
    let said = serving.wait_for("the office's page is at ");
    let url = said.split_whitespace().last().unwrap().to_owned();
    let taken = "SELECT count(*) FROM office.setting";
    until("the shop's settings", || (postgres.try_sql(taken)? == ["1"]).then_some(()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/office.py");
    let pictures = std::env::var_os("FOOTFALL_PICTURES").map_or_else(|| folder.path().to_owned(), Into::into);
    let mut looking = Command::new("/usr/bin/python3");
    looking.args([script, &url, &token]).arg(cached("page/axe.min.js")).arg("berlin").arg(pictures);
    let looked = looking.output().unwrap();
    assert!(looked.status.success(), "{}", String::from_utf8_lossy(&looked.stderr));
    let found: Value = serde_json::from_slice(&looked.stdout).unwrap();
    assert!(found["first"].as_str().unwrap().contains("chief: in force"), "{found:#}");
    let refused = found["second"].as_str().unwrap();
    assert!(refused.contains("refused") && refused.contains("dead_band"), "{found:#}");
    assert_eq!((&found["broken"], &found["problems"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(found["alerts"], "");
    // Its comments stay; only what was edited is another.
    let kept = fs::read_to_string(&shop).unwrap();
    assert!(kept.starts_with("# the shop's own\n") && kept.contains("dead_band = 0.25"), "{kept}");
    assert!(kept.contains("name = \"gate\"") && !kept.contains("-1"), "{kept}");
    let rows = postgres.sql("SELECT number, edited_by, outcome FROM report.edit ORDER BY number");
    assert_eq!(rows, ["1|chief|in force", "2|chief|refused"]);
    let report = |format: &str| office(&["report", "--format", format, "--config", config.to_str().unwrap()]);
    until("somebody who passes", || report("table").contains("berlin").then_some(()));
    assert!(report("csv").starts_with("shop,from,to,in,"), "{}", report("csv"));
    let rows: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(rows[0]["shop"], "berlin");
}

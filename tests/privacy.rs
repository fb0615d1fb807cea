//! Nobody in the clear: people are painted in known colours, and everything that is kept is looked through for them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::interface::{address, token};
use common::running::Running;
use common::{Ended, footfall, run};
use opencv::core::{Mat, Rect, Scalar, Vector};
use opencv::imgcodecs::{IMREAD_COLOR, imdecode, imwrite_def};
use opencv::imgproc::{LINE_8, rectangle};
use opencv::prelude::*;
use serde_json::Value;

/// 65 seconds at five pictures a second: the first minute is whole.
const PICTURES: i32 = 325;
const SIZE: [i32; 2] = [320, 240];

/// Pictures of a wall, before which somebody in magenta walks to and fro.
fn paint(folder: &Path) {
    for number in 0..PICTURES {
        let mut picture = Mat::new_rows_cols_with_default(
            SIZE[1],
            SIZE[0],
            opencv::core::CV_8UC3,
            Scalar::new(90.0, 110.0, 100.0, 0.0),
        )
        .unwrap();
        let x = (number * 7) % (SIZE[0] - 40);
        let mut fill =
            |rect: Rect, colour: Scalar| rectangle(&mut picture, rect, colour, -1, LINE_8, 0).unwrap();
        fill(Rect::new(x, 80, 40, 120), Scalar::new(255.0, 0.0, 255.0, 0.0));
        fill(Rect::new(x + 10, 60, 20, 20), Scalar::new(255.0, 60.0, 255.0, 0.0));
        // A pattern by which they could be known without their colour.
        for stripe in 0..10 {
            fill(Rect::new(x + 4 * stripe, 80, 2, 120), Scalar::new(0.0, 0.0, 0.0, 0.0));
        }
        imwrite_def(folder.join(format!("{number:05}.png")).to_str().unwrap(), &picture).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Every JPEG in a file, wherever it stands.
fn pictures(bytes: &[u8]) -> Vec<Mat> {
    let starts =
        (0..bytes.len().saturating_sub(3)).filter(|&at| bytes[at..].starts_with(&[0xff, 0xd8, 0xff]));
    let decode = |at: usize| imdecode(&Vector::from_slice(&bytes[at..]), IMREAD_COLOR).unwrap();
    starts.map(decode).filter(|mat| !mat.empty()).collect()
}

/// Whether the painted colour is in a picture, and whether the stripes are.
fn shows(picture: &Mat) -> (bool, bool) {
    let rows = picture.rows();
    let bytes = picture.data_bytes().unwrap();
    let is_magenta =
        |pixel: &[u8]| pixel[0] > 110 && pixel[2] > 110 && i32::from(pixel[1]) < i32::from(pixel[0]) - 60;
    let row = bytes.len() / rows as usize;
    // At half the body's height: stripes make neighbours differ.
    let middle = &bytes[(rows as usize * 140 / 240) * row..][..row];
    let differ = middle.chunks(3).collect::<Vec<_>>();
    let edges = differ.windows(2).filter(|pair| pair[0][1].abs_diff(pair[1][1]) > 25).count();
    (bytes.chunks(3).any(is_magenta), edges > 8)
}

/// What is kept of the painted person with this setting: pictures, those with the colour, those with the stripes.
fn kept(footage: &Path, setting: &str) -> (usize, usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let text = format!(
        "[source]\nframe_rate = 5.0\n[ledger]\nfile = 'shop.db'\n[outputs]\nsummary = 's.json'\n[evidence]\nfolder = \
         'seen'\nminutes_a_day = 1440\n{setting}[[line]]\nname = 'door'\nfrom = [160, 240]\nto = [160, 0]\n"
    );
    fs::write(&config, text).unwrap();
    let arguments =
        ["--no-embedder", "--start-time", "2026-11-02T10:00:00Z", "--config", config.to_str().unwrap()];
    run(footage, arguments).success();
    let (mut all, mut coloured, mut striped) = (0, 0, 0);
    for file in files(folder.path()) {
        for picture in pictures(&fs::read(&file).unwrap()) {
            let (colour, stripes) = shows(&picture);
            all += 1;
            coloured += usize::from(colour);
            striped += usize::from(stripes);
        }
    }
    (all, coloured, striped)
}

#[test]
fn nobody_is_in_the_clear_unless_the_owner_says_so() {
    let folder = tempfile::tempdir().unwrap();
    // Chance draws minutes by the source's name: of this one the first.
    let footage = &folder.path().join("film");
    fs::create_dir(footage).unwrap();
    paint(footage);
    let (all, coloured, striped) = kept(footage, "");
    assert!(all > 250, "{all}");
    assert_eq!((coloured, striped), (0, 0), "of {all} pictures, by default");
    let (all, coloured, striped) = kept(footage, "blur = 'heads'\n");
    assert!(all > 250 && coloured == 0, "{coloured} of {all}");
    // Whoever the detector does not know for somebody is veiled whole.
    assert!(striped < all / 2, "{striped} of {all}");
    let (all, coloured, striped) = kept(footage, "blur = 'nobody'\n");
    assert!(
        coloured > all / 2 && striped > all / 2,
        "the test must see them: {coloured}, {striped} of {all}"
    );
    let key = format!("blur = 'nobody'\nkey = '{}'\n", "ab".repeat(32));
    assert_eq!(kept(footage, &key).0, 0, "what is encrypted shows nothing");
}

/// Everything that an address answers; of a stream that goes on, what comes within some seconds.
fn reply(address: &str, path: &str, token: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    write!(stream, "{head}Authorization: Bearer {token}\r\n\r\n").unwrap();
    let (mut all, mut part, mut end) = (Vec::new(), vec![0; 65536], None);
    while end.is_none_or(|end| Instant::now() < end)
        && let Ok(count @ 1..) = stream.read(&mut part)
    {
        all.extend_from_slice(&part[..count]);
        if end.is_none() && [&b"multipart/"[..], b"text/event-stream"].iter().any(|kind| has(&all, kind)) {
            stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
            end = Some(Instant::now() + Duration::from_secs(2));
        }
    }
    all
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Every address that can be asked for, with what stands in braces filled in: all cameras, crossings and clips there are.
fn paths(address: &str, all: &str, audit: &str) -> Vec<(String, String)> {
    let json = |path: &str, token: &str| -> Value {
        let bytes = reply(address, path, token);
        let body = String::from_utf8(bytes).unwrap();
        let (_, body) = body.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap()
    };
    let ids = |value: &Value, list: &str| -> Vec<String> {
        let text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        value[list].as_array().unwrap().iter().map(|one| text(&one["id"])).collect()
    };
    let sources = ids(&json("/api/v1/sources", all), "sources");
    let mut clips = ids(&json("/api/v1/audit", audit), "clips");
    clips.extend(ids(&json("/api/v1/audit/doubtful", audit), "clips"));
    let crossings = ids(&json("/api/v1/crossings", all), "crossings");
    assert!(!clips.is_empty() && sources.len() == 1);
    let document = json("/api/v1/openapi.json", all);
    let gets =
        document["paths"].as_object().unwrap().iter().filter(|(_, methods)| methods["get"].is_object());
    gets.flat_map(|(path, _)| {
        let known = match path {
            path if path.contains("/audit/") => &clips,
            path if path.contains("/crossings/") => &crossings,
            _ => &sources,
        };
        let filled = |id: &String| {
            let path = path.replace("{number}", "20");
            let Some((before, rest)) = path.split_once('{') else { return path };
            format!("{before}{id}{}", rest.split_once('}').unwrap().1)
        };
        let all = if path.contains('{') { known.iter().map(filled).collect() } else { vec![path.clone()] };
        all.into_iter().map(|filled| (path.clone(), filled))
    })
    .collect()
}

#[test]
fn replies_show_people_only_where_it_says_so_and_nothing_is_told_beside() {
    let folder = tempfile::tempdir().unwrap();
    let footage = &folder.path().join("film");
    fs::create_dir(footage).unwrap();
    paint(footage);
    let (audit, audits) = token("ada", "audit");
    let (reader, reads) = token("wall", "read");
    let config = folder.path().join("c.toml");
    let text = format!(
        "[source]\nframe_rate = 5.0\n[ledger]\nfile = 'shop.db'\n[evidence]\nfolder = 'seen'\nminutes_a_day = \
         1440\n[serve]\naddress = '127.0.0.1:0'\n{audits}{reads}[[line]]\nname = 'door'\nfrom = [160, 240]\nto = \
         [160, 0]\n"
    );
    fs::write(&config, text).unwrap();
    let mut command = footfall();
    command.arg("run").arg(footage).args(["--no-embedder", "--start-time", "2026-11-02T10:00:00Z"]);
    let mut running = Running::start(command.arg("--config").arg(&config));
    let address = address(&mut running);
    running.wait_for("Ctrl-C");
    let mut shown = BTreeSet::new();
    for (path, filled) in paths(&address, &reader, &audit) {
        for token in [&audit, &reader, &String::new()] {
            let bytes = reply(&address, &filled, token);
            assert!(!has(&bytes, b"data:image"), "{filled}");
            for picture in pictures(&bytes) {
                assert!(!token.is_empty(), "{filled} is shown to anybody");
                let (colour, stripes) = shows(&picture);
                let of_audit = path.starts_with("/api/v1/audit/");
                assert!(!(of_audit && (colour || stripes)), "{filled} shows somebody");
                assert_eq!(of_audit, *token == audit, "{filled} is shown to another role");
                shown.insert((path.clone(), colour));
            }
        }
    }
    // What the command says of pictures: those of each source are in memory, and of crossings on the page.
    let live = |(path, colour): &(String, bool)| path.contains("/audit/") || *colour;
    assert!(shown.iter().all(live), "{shown:?}");
    let names: Vec<_> = shown.iter().map(|(path, _)| path.as_str()).collect();
    assert!(names.iter().any(|path| path.contains("/audit/")), "{names:?}");
    assert!(names.iter().any(|path| path.contains("/sources/")), "the test must see them: {names:?}");
    for path in names.iter().filter(|path| !path.contains("/audit/")) {
        assert!(path.contains("/sources/") || path.contains("/crossings/"), "{path} shows a picture");
    }
    let log = running.stop().success().stderr;
    assert!(
        pictures(log.as_bytes()).is_empty() && !log.contains("data:image") && !log.contains("/9j/"),
        "{log}"
    );
}

#[test]
fn without_evidence_no_picture_is_kept_and_the_command_says_so() {
    let footage = tempfile::tempdir().unwrap();
    paint(footage.path());
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    fs::write(&config, "[source]\nframe_rate = 5.0\n[ledger]\nfile = 'shop.db'\n").unwrap();
    run(footage.path(), ["--no-embedder", "--config", config.to_str().unwrap()]).success();
    let found: usize = files(folder.path()).iter().map(|file| pictures(&fs::read(file).unwrap()).len()).sum();
    assert_eq!(found, 0);
    let told = Ended::from(footfall().arg("privacy").arg(&config).output().unwrap()).success().stdout;
    for words in ["shop.db", "What leaves this machine\n  nothing", "Never, whatever is set\n  faces"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let json =
        Ended::from(footfall().args(["privacy", "--json"]).arg(&config).output().unwrap()).success().stdout;
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(told["kept"].as_array().unwrap().len() >= 2, "{told}");
}

//! `footfall reid` on people that the test draws: shirts and trousers of their own colours.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Ended, clip, footfall, names};
use opencv::core::{CV_8UC3, Mat, Rect, Scalar};
use opencv::imgcodecs::imwrite_def;
use opencv::imgproc::{FILLED, LINE_8, rectangle};
use serde_json::Value;

/// Shirt and trousers, BGR.
const PEOPLE: [[[u8; 3]; 2]; 5] = [
    [[40, 40, 220], [90, 40, 20]],
    [[220, 60, 40], [30, 30, 30]],
    [[60, 200, 60], [200, 200, 200]],
    [[230, 230, 230], [40, 60, 110]],
    [[30, 210, 230], [120, 30, 90]],
];

/// Person `who` on picture `take`: a little to the side, in a little other light, on another ground.
fn draw(path: &Path, who: usize, take: usize) {
    let ground = Scalar::all(100.0 + 13.0 * (take % 5) as f64);
    let mut picture = Mat::new_rows_cols_with_default(128, 64, CV_8UC3, ground).unwrap();
    let light = 0.85 + 0.05 * (take % 4) as f64;
    let lit = |[b, g, r]: [u8; 3]| {
        let [b, g, r] = [b, g, r].map(|value| f64::from(value) * light);
        Scalar::new(b, g, r, 0.0)
    };
    let [shirt, trousers] = PEOPLE[who].map(lit);
    let left = [14, 16, 18][take % 3];
    let mut fill = |x, y, width, height, colour| {
        rectangle(&mut picture, Rect::new(x, y, width, height), colour, FILLED, LINE_8, 0).unwrap();
    };
    fill(left + 10, 4, 14, 18, lit([120, 150, 200]));
    fill(left, 22, 34, 44, shirt);
    fill(left + 3, 66, 12, 54, trousers);
    fill(left + 19, 66, 12, 54, trousers);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    imwrite_def(path.to_str().unwrap(), &picture).unwrap();
}

/// `SET/000N/...`: six pictures of each person, named by `name(who, take)`.
fn draw_set(folder: &Path, name: impl Fn(usize, usize) -> String) -> PathBuf {
    let set = folder.join("people");
    for (who, take) in (0..PEOPLE.len()).flat_map(|who| (0..6).map(move |take| (who, take))) {
        draw(&set.join(person(who)).join(name(who, take)), who, take);
    }
    set
}

/// The name of a person's folder; in Market-1501 0000 is nobody's.
fn person(who: usize) -> String {
    format!("{:04}", who + 1)
}

fn market(who: usize, take: usize) -> String {
    format!("{}_c{}s1_{take:06}_00.jpg", person(who), 1 + take % 2)
}

fn reid<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ended {
    footfall().arg("reid").args(arguments).output().unwrap().into()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap()
}

fn eval(set: &Path, arguments: &[&str]) -> Value {
    json(&reid(["eval", text(set), "--json", "-"].iter().chain(arguments)).success())
}

#[test]
fn people_in_their_own_colours_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path(), market);
    let figures = eval(&set, &["--threads", "1"]);
    assert_eq!(
        (&figures["identities"], &figures["crops"], &figures["cameras"]),
        (&5.into(), &30.into(), &2.into())
    );
    assert_eq!((&figures["rule"], &figures["naming"]), (&"cross-camera".into(), &"market1501".into()));
    assert_eq!(figures["ranking"]["queries"], 30);
    for (part, figure) in [("ranking", "rank-1"), ("ranking", "mAP"), ("centres", "accuracy")] {
        assert!(figures[part][figure].as_f64().unwrap() > 0.9, "{figures}");
    }
    assert!(figures["across"]["eer"].as_f64().unwrap() < 0.1, "{figures}");
    assert_eq!(eval(&set, &["--threads", "3"]), figures, "whoever embeds, the figures are the same");

    let file = folder.path().join("figures.json");
    let shown = reid(["eval", text(&set), "--json", text(&file)]).success();
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(&file).unwrap()).unwrap(), figures);
    for words in [
        "5 identities, 30 crops",
        "Market-1501's rule",
        "rank-1",
        "mINP",
        "equal error",
        "max_cosine_distance",
    ] {
        assert!(shown.stdout.contains(words), "expected {words:?} in:\n{}", shown.stdout);
    }
}

/// Market-1501's own folders: -1 is junk and counts for nothing, 0000 has distractors, which nobody looks for.
#[test]
fn junk_counts_for_nothing_and_distractors_are_looked_among_alone() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path(), market);
    let before = eval(&set, &[]);
    for take in 0..4 {
        draw(&set.join("-1").join(format!("-1_c{}s1_{take:06}_00.jpg", 1 + take % 2)), 0, take);
    }
    let mut with_junk = eval(&set, &[]);
    assert_eq!(with_junk["junk"], 4);
    with_junk["junk"] = before["junk"].clone();
    assert_eq!(with_junk, before, "as if it were not there");

    // A distractor that looks like the first person takes the place of their right answers.
    for take in 0..4 {
        draw(&set.join("0000").join(format!("0000_c{}s1_{take:06}_00.jpg", 1 + take % 2)), 0, take);
    }
    let ended = reid(["eval", text(&set), "--json", "-"]).success();
    let figures = json(&ended);
    assert!(ended.stderr.contains("4 pictures in the folder -1 are left out"), "{}", ended.stderr);
    assert_eq!(
        (&figures["identities"], &figures["crops"], &figures["distractors"]),
        (&5.into(), &30.into(), &4.into())
    );
    let of = |figures: &Value, part: &str| figures[part].clone();
    for part in ["centres", "across", "within"] {
        assert_eq!(of(&figures, part), of(&before, part), "they are of no identity and in no pair");
    }
    assert_eq!(figures["ranking"]["queries"], 30, "and no query");
    let map = |figures: &Value| figures["ranking"]["mAP"].as_f64().unwrap();
    assert!(map(&figures) < map(&before) - 0.05, "{figures}");

    let told = reid(["visitors", text(&set), "--sizes", "2", "--staff", "1", "--json", "-"]).success();
    assert!(told.stderr.contains("4 pictures in the folder 0000 are left out"), "{}", told.stderr);
    assert_eq!(json(&told)["reports"][0]["people"], 5);
}

#[test]
fn an_archive_has_the_figures_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path(), market);
    let archive = folder.path().join("people.tar");
    let packed =
        std::process::Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&set).arg(".").status();
    assert!(packed.unwrap().success());
    let (one, other) = (eval(&archive, &[]), eval(&set, &[]));
    for part in ["ranking", "centres", "across", "within", "rule"] {
        assert_eq!(one[part], other[part]);
    }
}

#[test]
fn names_decide_which_crops_a_query_is_matched_with() {
    let folder = tempfile::tempdir().unwrap();
    let views =
        draw_set(folder.path(), |who, take| format!("{}_{:02}.png", person(who), take / 3 * 5 + take % 3));
    assert_eq!(eval(&views, &[])["rule"], "cross-view");
    let told = eval(&views, &["--cameras", "none"]);
    assert_eq!((&told["rule"], &told["cameras"]), (&"all-but-query".into(), &0.into()));
    assert!(told["across"].is_null() && told["within"].is_object());
    let plain = folder.path().join("plain");
    fs::create_dir(&plain).unwrap();
    let plain = draw_set(&plain, |_, take| format!("photo {take}.bmp"));
    assert_eq!(eval(&plain, &[])["rule"], "all-but-query");
    let alone = folder.path().join("alone");
    fs::create_dir(&alone).unwrap();
    let alone = draw_set(&alone, |who, take| format!("{}_c1s1_{take:06}_00.jpg", person(who)));
    let figures = eval(&alone, &[]);
    assert_eq!((&figures["rule"], &figures["cameras"]), (&"all-but-query".into(), &1.into()));
    assert_eq!(figures["ranking"]["queries"], 30);
}

#[test]
fn sets_that_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let figures = path("figures.json");
    let check = |set: &Path, words: &[&str]| {
        reid(["eval", text(set), "--json", text(&figures)]).failure(1, words);
    };
    fs::create_dir(path("empty")).unwrap();
    check(&path("empty"), &["empty", "no pictures"]);
    check(&path("missing"), &["missing", "check the path"]);
    draw(&path("one/0001/a.jpg"), 0, 0);
    check(&path("one/0001/a.jpg"), &["a.jpg", "neither a folder nor a .tar"]);
    check(&path("one"), &["one identity only (0001)"]);
    draw(&path("one/0002/a.jpg"), 1, 0);
    check(&path("one"), &["no identity has two crops"]);
    draw(&path("one/0002/b.jpg"), 1, 1);
    reid(["eval", text(&path("one"))]).success();

    let broken = path("one/0001/broken.jpg");
    let whole = fs::read(path("one/0001/a.jpg")).unwrap();
    for bytes in [&b""[..], b"no picture", &whole[..whole.len() / 2]] {
        fs::write(&broken, bytes).unwrap();
        check(&path("one"), &["0001/broken.jpg", "remove or replace it"]);
    }
    fs::remove_file(&broken).unwrap();
    draw(&path("one/loose.jpg"), 1, 1);
    check(&path("one"), &["loose.jpg", "IDENTITY/IMAGE"]);
    assert!(!figures.exists());
    reid(["eval"]).failure(2, &["DIR"]);
    reid(["eval", text(&path("one")), "--cameras", "duke"]).failure(2, &["duke", "market1501"]);
}

#[test]
fn two_crops_are_one_person_or_two() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path(), market);
    let crop = |who: usize, take: usize| set.join(person(who)).join(market(who, take));
    let ask = |a: &Path, b: &Path| json(&reid(["verify", text(a), text(b), "--json", "-"]).success());
    let (itself, same, other) =
        (ask(&crop(0, 0), &crop(0, 0)), ask(&crop(0, 0), &crop(0, 3)), ask(&crop(0, 0), &crop(1, 0)));
    let number = |answer: &Value, key: &str| answer[key].as_f64().unwrap();
    assert!(number(&itself, "distance") < 1e-6 && itself["same"] == true);
    assert!(number(&same, "distance") < number(&other, "distance"));
    assert!(number(&same, "probability") > number(&other, "probability"));
    assert!((0.0..=1.0).contains(&number(&other, "probability")));
    assert_eq!(ask(&crop(1, 0), &crop(0, 0))["distance"], other["distance"]);

    let told = reid(["verify", text(&crop(0, 0)), text(&crop(1, 0)), "--threshold", "0"]).success();
    assert!(told.stdout.starts_with("different people\n"), "{}", told.stdout);
    let told = reid(["verify", text(&crop(0, 0)), text(&crop(1, 0)), "--threshold", "2"]).success();
    assert!(told.stdout.starts_with("the same person\n"), "{}", told.stdout);
    reid(["verify", text(&crop(0, 0)), "/nowhere/b.jpg"]).failure(1, &["/nowhere/b.jpg"]);
    reid(["verify", text(&crop(0, 0)), text(&set)]).failure(1, &["people"]);
    reid(["verify", text(&crop(0, 0))]).failure(2, &["B"]);
    reid(["verify", "a", "b", "--threshold", "3"]).failure(2, &["from 0 to 2"]);
}

#[test]
fn a_gallery_names_those_whom_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let set = draw_set(folder.path(), market);
    // The last person leaves the gallery, and one picture of another does.
    let stranger = folder.path().join("stranger");
    fs::rename(set.join(person(4)), &stranger).unwrap();
    let asked = folder.path().join("asked.jpg");
    fs::rename(set.join(person(2)).join(market(2, 1)), &asked).unwrap();
    let unknown = stranger.join(market(4, 0));
    let known = json(&reid(["identify", "--gallery", text(&set), text(&asked), "--json", "-"]).success());
    let answer = &known["crops"][0];
    assert_eq!((&answer["identity"], &answer["nearest"][0]["identity"]), (&"0003".into(), &"0003".into()));
    assert_eq!((&known["identities"], answer["nearest"].as_array().unwrap().len()), (&4.into(), 3));

    // Between the distance of the known one and that of the stranger there is a threshold.
    let arguments = ["identify", "--gallery", text(&set), text(&asked), text(&unknown), "--top", "1"];
    let both = json(&reid(arguments.iter().chain(&["--json", "-"])).success());
    let distance = |index: usize| both["crops"][index]["nearest"][0]["distance"].as_f64().unwrap();
    assert!(distance(0) < distance(1), "{both}");
    let between = f64::midpoint(distance(0), distance(1)).to_string();
    let told = reid(arguments.iter().chain(&["--threshold", between.as_str()])).success();
    let lines: Vec<&str> = told.stdout.lines().collect();
    assert!(lines[1].contains("asked.jpg") && lines[1].contains("0003"), "{}", told.stdout);
    assert!(lines[2].contains("unknown"), "{}", told.stdout);
    reid(["identify", "--gallery", "/nowhere", text(&asked)]).failure(1, &["/nowhere"]);
    reid(["identify", "--gallery", text(&set), "/nowhere.jpg"]).failure(1, &["/nowhere.jpg"]);
    assert_eq!(names(folder.path()), ["asked.jpg", "people", "stranger"]);
}

fn harvest(output: &Path, arguments: &[&str]) -> Ended {
    let mut command = footfall();
    command.arg("harvest").arg(clip()).arg("--output").arg(output).args(arguments);
    command.output().unwrap().into()
}

#[test]
fn footage_becomes_a_set_that_can_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let told = harvest(&set, &["--max-frames", "60", "--camera", "4", "--max-per-track", "4"]).success();
    assert!(
        told.stderr.contains("kept") && told.stderr.contains("another person in the box"),
        "{}",
        told.stderr
    );
    let manifest: Value = serde_json::from_slice(&fs::read(set.join("manifest.json")).unwrap()).unwrap();
    assert_eq!((&manifest["frames"], &manifest["settings"]["camera"]), (&60.into(), &4.into()));
    let number = |key: &str| manifest[key].as_u64().unwrap();
    let left_out: u64 = manifest["left_out"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(number("sightings"), number("kept") + left_out);
    assert!(number("identities") >= 2 && number("kept") >= 2 * number("identities"), "{manifest}");

    let figures = eval(&set, &[]);
    assert_eq!((&figures["crops"], &figures["identities"]), (&manifest["kept"], &manifest["identities"]));
    assert_eq!((&figures["cameras"], &figures["rule"]), (&1.into(), &"all-but-query".into()));
    let listed = fs::read_to_string(set.join("crops.csv")).unwrap();
    let kept: Vec<&str> = listed
        .lines()
        .filter(|line| line.contains(",kept,"))
        .filter_map(|line| line.split(',').next_back())
        .collect();
    assert_eq!(kept.len() as u64, number("kept"));
    for file in kept {
        assert!(file.contains("_c4s1_"), "{file}");
        let picture = opencv::imgcodecs::imread_def(text(&set.join(file))).unwrap();
        let size = opencv::core::MatTraitConst::size(&picture).unwrap();
        assert_eq!((size.height, size.width), (128, 64), "{file}");
    }

    harvest(&set, &["--max-frames", "5"]).failure(2, &["set", "nothing is overwritten"]);
    harvest(&folder.path().join("x"), &["--max-per-track", "0"]).failure(2, &["max_per_track"]);
    harvest(&folder.path().join("x"), &["--size", "big"]).failure(2, &["128x64"]);
    assert_eq!(names(folder.path()), ["set"]);
}

//! What the repository's pages say: figures are those of the tables that commands have made, and nothing
//! tells of the machine that something was made on.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test binary")]

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The text of a page on one line, so that a sentence may break anywhere.
fn flowing(name: &str) -> String {
    page(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The part of `text` under the heading `title`, up to the next one.
fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n## {title}\n")).expect(title);
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

/// The cells of the first row that begins with `first`.
fn row<'a>(text: &'a str, first: &str) -> Vec<&'a str> {
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let mut rows = text.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.find(|cells| cells[0] == first).unwrap_or_else(|| panic!("no row \"{first}\""))
}

fn assert_says(name: &str, sentence: &str) {
    assert!(flowing(name).contains(sentence), "{name} should say, by the scores: {sentence}");
}

/// The sections of the table of visitors on both sets, with one embedder.
fn visitors_of<'a>(scores: &'a str, embedder: &str) -> [&'a str; 2] {
    ["market1501", "cuhk03"].map(|set| section(scores, &format!("{set}, {embedder}")))
}

const RESEARCH: &str = "research weights, the default";

#[test]
fn the_page_of_visitors_has_the_measured_figures() {
    let scores = page("scores/visitors.md");
    let sets = visitors_of(&scores, RESEARCH);
    let both = |column: usize, part: usize| {
        let of = |set| row(set, "0.5")[column].split(" / ").nth(part).expect("two shares").to_owned();
        format!("{} and {}%", of(sets[0]), of(sets[1]))
    };
    let told = "docs/visitors.md";
    for (people, column) in [(10, 1), (40, 3)] {
        let (new, old) = (both(column, 0), both(column, 1));
        assert_says(
            told,
            &format!("among {people}, {new} of new visitors were taken for old and {old} of those who"),
        );
    }
    for embedder in [RESEARCH, "`--embedder clean`"] {
        let of = |set, column: usize| row(set, "all")[column].to_owned();
        let both = |column| {
            let sets = visitors_of(&scores, embedder);
            format!("{} and {}%", of(sets[0], column), of(sets[1], column))
        };
        let off = format!(
            "off by {} on average, and its range held the true one in {} of windows",
            both(1),
            both(2)
        );
        assert_says(told, &off);
    }
}

#[test]
fn the_page_of_visitors_has_the_measured_figures_of_staff() {
    let scores = page("scores/visitors.md");
    let example: toml::Table = page("assets/footfall.toml").parse().unwrap();
    let default = example["staff"]["max_cosine_distance"].as_float().unwrap().to_string();
    let staff = |set: &str, column: usize| {
        let (_, table) = set.split_once("Staff, 5 enrolled").expect("a table of staff");
        row(table, &default)[column].to_owned()
    };
    let [market, cuhk] = visitors_of(&scores, RESEARCH);
    let both = |column| format!("{} and {}%", staff(market, column), staff(cuhk, column));
    let told = "docs/visitors.md";
    assert_says(told, &format!("At the default distance of {default}, with five people enrolled"));
    assert_says(told, &format!("{} of customers were taken for staff", both(1)));
    assert_says(told, &format!("{} of staff were taken for customers", both(2)));
}

#[test]
fn the_page_of_measurements_has_the_figures_of_viewers() {
    let scores = page("scores/viewers.md");
    let slower = |viewers: &str| {
        let rate: f64 = row(&scores, viewers)[1].trim_end_matches(" %").parse().unwrap();
        (100.0 - rate).round()
    };
    let example: toml::Table = page("assets/footfall.toml").parse().unwrap();
    let limit = &example["serve"]["limits"]["viewers"];
    let sentence =
        format!("32 slow it by {}%, 200 by {}%; {limit} is the limit", slower("32"), slower("200"));
    assert_says("docs/measurements.md", &sentence);
}

#[test]
fn the_embedders_card_and_its_figures_beside_others_agree() {
    let (card, figures) = (page("models/reid-mobilenet-128.md"), page("models/reid-scores.md"));
    for set in ["market1501", "cuhk03"] {
        let beside = section(&figures, set);
        let (ranks, pairs) = beside.split_once("Pairs within one camera").unwrap();
        let (ranks, pairs) = (row(ranks, "mobilenet-128"), row(pairs, "mobilenet-128"));
        let own = row(section(&card, "Figures"), set);
        let expected = [ranks[1], ranks[2], ranks[4], ranks[5], ranks[6], pairs[1], pairs[2], pairs[3]];
        assert_eq!(own[1..], expected, "{set}");
        assert!(card.contains(&format!("{} ms of one processor thread", ranks[7])), "{set}");
    }
    let trained = figures.lines().find(|line| line.contains("of the 1613 identities trained on")).unwrap();
    assert!(card.contains(trained), "{trained}");
    let bytes = fs::metadata(Path::new(ROOT).join("models/reid-mobilenet-128.onnx")).unwrap().len();
    let bytes = bytes.to_string();
    let (millions, rest) = bytes.split_at(bytes.len() - 6);
    assert!(card.contains(&format!(" {millions},{},{} bytes", &rest[..3], &rest[3..])), "{bytes}");
}

#[test]
fn the_detectors_card_says_above_what_it_measured_below() {
    let card = page("models/nanodet-g.md");
    let measured = section(&card, "Measured");
    let rows: Vec<Vec<&str>> = measured
        .lines()
        .filter(|line| line.starts_with("| nanodet-g") && line.contains("| 320x416 |"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let [float, int8, float_there, int8_there] = &rows[..] else { panic!("{rows:?}") };
    let number = |cell: &str| cell.split(' ').next().unwrap().parse::<f64>().unwrap();
    let points = |a: &[&str], b: &[&str]| format!("{:.1}", 100.0 * (number(a[4]) - number(b[4])).abs());
    assert!(number(int8[4]) > number(float[4]) && number(int8_there[4]) < number(float_there[4]));
    let highest = |cells: &[&str]| cells[5].trim_start_matches('0').to_owned();
    let sentence = format!(
        "It takes {} ms where the float file takes {}, its AP@0.5 is {} points higher on one sequence and {} \
         lower on the other, and its scores keep their scale (highest {} for {})",
        number(int8[8]),
        number(float[8]),
        points(int8, float),
        points(int8_there, float_there),
        highest(int8),
        highest(float)
    );
    assert_says("models/nanodet-g.md", &sentence);
}

/// Beginnings of paths that lead somewhere on one machine only. `~/` and the folders that every system has are
/// on all of them.
fn beginnings() -> [String; 12] {
    ["home", "root", "Users", "work", "tmp", "mnt", "scratch", "private", "var/folders", "opt", "srv", "nfs"]
        .map(|folder| format!("/{folder}/"))
}

/// The first path of a machine in a line.
fn place(line: &str, beginnings: &[String]) -> Option<String> {
    for beginning in beginnings {
        for (at, _) in line.match_indices(beginning.as_str()) {
            // What is before the slash belongs to a longer path, or to an address.
            let before = line[..at].chars().next_back();
            let begins = before.is_none_or(|c| !(c.is_alphanumeric() || "_.-/~}{*>$".contains(c)));
            let rest = &line[at + beginning.len()..];
            let goes_on = rest.starts_with(|c: char| c.is_alphanumeric() || "_.-".contains(c));
            // Where it is installed is the same everywhere.
            if begins && goes_on && !rest.starts_with("footfall") {
                return Some(line[at..].chars().take(60).collect());
            }
        }
    }
    let windows = line.match_indices(":\\").find(|(at, _)| {
        let mut before = line[..*at].chars().rev();
        let drive = before.next().is_some_and(|c| c.is_ascii_uppercase());
        drive && before.next().is_none_or(|c| !c.is_alphanumeric())
    });
    windows.map(|(at, _)| line[at - 1..].chars().take(60).collect())
}

#[test]
fn nothing_tells_of_the_machine_that_it_was_made_on() {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output();
    let listed = listed.expect("git lists what is tracked").stdout;
    let names: Vec<&str> =
        std::str::from_utf8(&listed).unwrap().split('\0').filter(|n| !n.is_empty()).collect();
    assert!(names.contains(&"README.md"), "git lists what is tracked");
    let beginnings = beginnings();
    let mut found = Vec::new();
    for name in names {
        // Pictures and networks are no text; a file that was removed is not there.
        let Ok(text) = fs::read_to_string(Path::new(ROOT).join(name)) else { continue };
        let places =
            text.lines().enumerate().filter_map(|(n, line)| Some((n + 1, place(line, &beginnings)?)));
        found.extend(places.map(|(number, place)| format!("{name}:{number}: {place}")));
    }
    assert!(found.is_empty(), "paths of a machine:\n{}", found.join("\n"));
}

#[test]
fn a_path_of_a_machine_is_known() {
    let beginnings = beginnings();
    let known = |line: &str| place(line, &beginnings).is_some();
    for folder in ["home", "tmp", "work"] {
        assert!(known(&format!("warm-started from /{folder}/somebody/w.pt")));
        assert!(known(&format!("\"/{folder}/somebody/w.pt\"")) && known(&format!("a=/{folder}/b")));
        assert!(!known(&format!("http://host/{folder}/x")) && !known(&format!("$X/{folder}/x")));
    }
    assert!(known(&format!("C:{}data", '\\')) && !known("see: /etc/footfall.toml, ~/.cache, /dev/null"));
}

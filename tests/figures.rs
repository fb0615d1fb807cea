//! Numbers that are said to come from a table do: constants in the code, settings by default, figures in documents.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

use std::fs;
use std::path::Path;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The cells of a Markdown table's row that begins with `head`, after the heading `under`.
fn row(page: &str, under: &str, head: &str) -> Vec<String> {
    let page = &page[page.find(under).unwrap_or_else(|| panic!("no \"{under}\""))..];
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let found = rows.map(cells).find(|cells: &Vec<String>| cells[0] == head);
    found.unwrap_or_else(|| panic!("no row \"{head}\" under \"{under}\""))
}

fn number(cell: &str) -> f64 {
    let digits: String = cell.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().unwrap_or_else(|_| panic!("\"{cell}\" begins with no number"))
}

/// A value of the embedder's own metadata.
fn metadata(key: &str) -> f64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reid-mobilenet-128.onnx");
    let bytes = fs::read(path).unwrap();
    let at = bytes.windows(key.len()).position(|window| window == key.as_bytes()).unwrap() + key.len();
    // Field 2 of a StringStringEntryProto: its tag, its length, the value.
    assert_eq!(bytes[at], 0x12);
    let value = &bytes[at + 2..at + 2 + usize::from(bytes[at + 1])];
    std::str::from_utf8(value).unwrap().parse().unwrap()
}

fn example() -> toml::Table {
    text("assets/footfall.toml").parse().unwrap()
}

#[test]
fn the_tracker_goes_by_the_distance_that_the_shipped_embedder_was_calibrated_to() {
    let calibrated = metadata("footfall.max_cosine_distance");
    assert_eq!(
        f64::from(footfall_track::Config::default().max_cosine_distance),
        f64::from(calibrated as f32)
    );
    let card = text("models/reid-mobilenet-128.md");
    assert!(card.contains(&format!("`footfall.max_cosine_distance` {calibrated}")), "the card has another");
}

#[test]
fn visitors_and_staff_are_told_by_settings_of_which_the_table_says_what_they_cost() {
    let page = text("scores/visitors.md");
    let default = footfall_count::VisitorConfig::default().probability.to_string();
    let staff = example()["staff"]["max_cosine_distance"].as_float().unwrap();
    for set in ["## market1501", "## cuhk03"] {
        let page = &page[page.find(set).unwrap()..];
        assert!(row(page, "| least probability", &default).len() > 3, "for windows of some sizes: {set}");
        let costs = row(page, "Staff, 5 enrolled", &staff.to_string());
        // Customers who go uncounted for staff are to be few, whatever that costs.
        assert!(number(&costs[1]) < 1.0, "{costs:?}");
    }
}

#[test]
fn what_the_documents_say_of_viewers_is_what_was_measured() {
    let page = text("scores/viewers.md");
    let cost = |viewers: &str| 100.0 - number(&row(&page, "| viewers |", viewers)[1]);
    let told = format!("32 slow it by {:.0}%, 200 by {:.0}%", cost("32"), cost("200"));
    let measurements = text("docs/measurements.md");
    assert!(measurements.contains(&told), "docs/measurements.md should say: {told}");
    let limit = example()["serve"]["limits"]["viewers"].as_integer().unwrap();
    assert!(measurements.contains(&format!("{limit} is the limit")));
}

/// The bare rule stands in `scripts/bench/counting.py` too, for the counters beside it.
#[test]
fn the_bench_goes_by_the_counter_s_own_bare_rule() {
    let script = text("scripts/bench/counting.py");
    let plain = script.split("PLAIN = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let table: toml::Table = plain.replace("\\n", "\n").parse().unwrap();
    let config: footfall_count::Config = table["counter"].clone().try_into().unwrap();
    assert_eq!(config, footfall_count::Config::plain());
}

/// Below the default of `health.rate` counts are told to be unreliable: where the table has it that they are.
#[test]
fn the_least_rate_of_frames_is_the_least_at_which_counts_hold() {
    let page = text("scores/rates.md");
    let table = page.split("## What is left").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let cells = table.lines().filter(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].to_owned(), cells[cells.len() - 1].to_owned())
    });
    let holds: Vec<(f64, bool)> = cells
        .filter(|(rate, _)| rate.starts_with(|first: char| first.is_ascii_digit()))
        .map(|(rate, holds)| (number(&rate), holds == "yes"))
        .collect();
    assert!(holds.len() > 5 && holds.is_sorted_by(|(a, _), (b, _)| a > b), "{holds:?}");
    let least = footfall_health::CheckConfig::default().rate;
    for (rate, holds) in holds {
        assert_eq!(holds, rate >= least, "at {rate} frames a second, where health.rate is {least}");
    }
}

#[test]
fn what_the_documents_say_of_rates_is_what_was_measured() {
    let page = text("scores/rates.md");
    let left = |rate: &str| row(&page, "## What is left", rate)[2].clone();
    let told = format!(
        "At 4 frames a second {}% of the F1 that a sequence has with all its frames is left, at 3 it is {}%, at 2 {}%, at 1 {}%.",
        left("4"),
        left("3"),
        left("2"),
        left("1")
    );
    let running = text("docs/running.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(running.contains(&told), "docs/running.md should say: {told}");
}

//! The same figures as `scripts/eval/make_reid_goldens.py` finds by definition. The laboratory in
//! scripts/train is held to the same file.

use footfall_eval::reid::{Crops, Report, Rule, Verification};
use serde::Deserialize;
use serde_json::Value;

/// Distances are taken in steps of 2^-20; the reference has them in double precision.
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Case {
    rule: String,
    dimension: usize,
    identities: Vec<u32>,
    cameras: Vec<i64>,
    embeddings: Vec<f32>,
    expected: Value,
}

fn rule(name: &str) -> Rule {
    match name {
        "cross-camera" => Rule::CrossCamera,
        "cross-view" => Rule::CrossView,
        "all-but-query" => Rule::AllButQuery,
        other => panic!("no rule {other}"),
    }
}

fn close(what: &str, ours: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what} is missing"));
    assert!((ours - expected).abs() < TOLERANCE, "{what}: {ours}, expected {expected}");
}

fn check_pairs(name: &str, ours: Option<&Verification>, expected: &Value) {
    assert_eq!(ours.is_some(), expected.is_object(), "{name}");
    let Some(ours) = ours else { return };
    close(name, ours.eer, &expected["eer"]);
    close(name, ours.threshold, &expected["threshold"]);
    close(name, ours.accepts, &expected["accepts"]);
    close(name, ours.rare_threshold, &expected["rare_threshold"]);
    close(name, ours.rare_accepts, &expected["rare_accepts"]);
    close(name, ours.separation, &expected["separation"]);
    close(name, ours.same_pairs.count as f64, &expected["pairs"][0]);
    close(name, ours.different_pairs.count as f64, &expected["pairs"][1]);
    for index in 0..7 {
        close(name, ours.same[index], &expected["same"][index]);
        close(name, ours.different[index], &expected["different"][index]);
    }
}

#[test]
fn figures_are_those_of_the_definitions() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden/reid.json")).unwrap();
    assert!(cases.len() >= 4);
    for case in cases {
        let cameras = case.cameras.iter().map(|&camera| u32::try_from(camera).ok()).collect();
        let crops = Crops::new(&case.embeddings, case.dimension, case.identities, cameras).unwrap();
        let report = Report::of(&crops, rule(&case.rule), None);
        let (ranking, expected) = (report.ranking.unwrap(), &case.expected["ranking"]);
        close("rank-1", ranking.rank1, &expected["rank-1"]);
        close("rank-5", ranking.rank5, &expected["rank-5"]);
        close("rank-10", ranking.rank10, &expected["rank-10"]);
        close("mAP", ranking.mean_average_precision, &expected["mAP"]);
        close("mINP", ranking.mean_inverse_negative_penalty, &expected["mINP"]);
        close("queries", ranking.queries as f64, &expected["queries"]);
        let (centres, expected) = (report.centres.unwrap(), &case.expected["centres"]);
        close("centres", centres.accuracy, &expected["accuracy"]);
        close("centres", centres.crops as f64, &expected["crops"]);
        check_pairs("across", report.across.as_ref(), &case.expected["across"]);
        check_pairs("within", report.within.as_ref(), &case.expected["within"]);
    }
}

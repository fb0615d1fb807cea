use serde_json::{Value, json};

use super::super::{Each, Period, ReportQuery, ReportRow};
use super::rows;

fn sum(start: &str, entered: u64, left: u64, inside: u64) -> Value {
    json!({"source": null, "line": null, "start": start, "entered": entered, "left": left, "entered_doubt": 0.5,
        "left_doubt": 0.0, "entered_hidden": 0.1, "left_hidden": 0.0, "staff": 1, "twice": 0, "peak": entered, "came_unseen": 0, "inside": inside})
}

fn of(query: &ReportQuery, sums: &[Value], gone: &[Value]) -> Vec<ReportRow> {
    at("Europe/Berlin", query, sums, gone)
}

fn at(zone: &str, query: &ReportQuery, sums: &[Value], gone: &[Value]) -> Vec<ReportRow> {
    let stays = json!([{"source": null, "start": "2026-11-24T10:00:00Z", "visits": 4, "seconds": 60.0}]);
    let stays = if gone.is_empty() { json!([]) } else { stays };
    let shops = json!([{"shop": "berlin", "zone": zone, "sums": sums, "stays": stays, "gone": gone}]);
    let shops: Vec<_> = serde_json::from_value(shops).unwrap();
    rows(query, &shops, "2030-01-01T00:00:00Z".parse().unwrap()).unwrap()
}

fn starts(rows: &[ReportRow]) -> Vec<String> {
    rows.iter().map(|row| row.from.strftime("%m-%d %H:%M %:z").to_string()).collect()
}

#[test]
fn an_hour_in_which_nobody_passed_is_a_row_and_so_is_each_of_a_long_day() {
    let query = ReportQuery::default();
    // Clocks are set back at three: two o'clock is there twice.
    let sums = [sum("2026-10-25T00:00:00Z", 3, 1, 2), sum("2026-10-25T02:00:00Z", 1, 0, 3)];
    let rows = of(&query, &sums, &[]);
    assert_eq!(starts(&rows), ["10-25 02:00 +02:00", "10-25 02:00 +01:00", "10-25 03:00 +01:00"]);
    let told: Vec<_> = rows.iter().map(|row| (row.entered, row.inside, row.peak, row.staff)).collect();
    assert_eq!(told, [(3, 2, 3, 1), (0, 2, 2, 0), (1, 3, 2, 1)]);
    let day = ReportQuery { by: Period::Day, ..query };
    let rows = of(&day, &[sum("2026-10-24T22:00:00Z", 4, 1, 3)], &[]);
    assert_eq!(rows[0].to.timestamp().duration_since(rows[0].from.timestamp()).as_hours(), 25);
}

#[test]
fn nobody_is_lost_where_clocks_are_set_by_half_an_hour() {
    // At two they are set back to half past one: of the three hours from one to three the second has 30 minutes.
    let sums = [
        sum("2026-04-04T14:00:00Z", 3, 1, 2),
        sum("2026-04-04T14:30:00Z", 2, 0, 4),
        sum("2026-04-04T15:00:00Z", 1, 0, 5),
        sum("2026-04-04T15:30:00Z", 4, 0, 9),
    ];
    let rows = at("Australia/Lord_Howe", &ReportQuery::default(), &sums, &[]);
    assert_eq!(starts(&rows), ["04-05 01:00 +11:00", "04-05 01:30 +10:30", "04-05 02:00 +10:30"]);
    let told: Vec<_> = rows.iter().map(|row| (row.entered, row.left, row.inside, row.staff)).collect();
    assert_eq!(told, [(5, 1, 4, 2), (1, 0, 5, 1), (4, 0, 9, 1)]);
}

#[test]
fn who_is_inside_at_midnight_has_left_unseen() {
    let sums = [sum("2026-11-24T22:00:00Z", 3, 1, 2), sum("2026-11-25T00:00:00Z", 1, 0, 1)];
    let rows = of(&ReportQuery::default(), &sums, &[]);
    let told: Vec<_> = rows.iter().map(|row| (row.inside, row.left_unseen)).collect();
    assert_eq!(told, [(2, 0), (0, 2), (1, 0)]);
}

#[test]
fn time_that_nobody_counted_is_split_among_its_hours_and_stays_are_where_they_began() {
    let gone = json!({"source": null, "from": "2026-11-24T08:50:00Z", "to": "2026-11-24T10:10:00Z"});
    let rows = of(&ReportQuery::default(), &[], &[gone]);
    let told: Vec<_> = rows.iter().map(|row| (row.uncounted, row.visits, row.dwell)).collect();
    assert_eq!(told, [(600.0, 0, None), (3600.0, 0, None), (600.0, 4, Some(15.0))]);
}

#[test]
fn all_of_the_days_that_were_asked_for_are_there() {
    let day = |text: &str| Some(text.parse().unwrap());
    let query = ReportQuery {
        from: day("2026-11-23"),
        to: day("2026-11-26"),
        by: Period::Day,
        each: Each::Shop,
        shop: None,
    };
    let rows = of(&query, &[sum("2026-11-23T23:00:00Z", 4, 4, 0)], &[]);
    let told: Vec<_> = rows.iter().map(|row| (row.from.day(), row.entered)).collect();
    assert_eq!(told, [(23, 0), (24, 4), (25, 0), (26, 0)]);
    let week = ReportQuery { by: Period::Week, ..query.clone() };
    assert_eq!(of(&week, &[sum("2026-11-22T23:00:00Z", 4, 4, 0)], &[]).len(), 1);
    let month = ReportQuery { by: Period::Month, ..query };
    assert_eq!(starts(&of(&month, &[sum("2026-10-31T23:00:00Z", 4, 4, 0)], &[])), ["11-01 00:00 +01:00"]);
}

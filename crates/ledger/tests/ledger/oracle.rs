//! Sums against a recount of the entries, over random histories.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::Direction::{In, Out};
use footfall_count::{Condition, CountInterval, Direction, Uncounted};
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_ledger::{
    Count, CrossingEntry, Ending, Entry, Event, Kind, Ledger, Options, Origin, Period, Query, Range, Reader,
    Row, RunInfo, Seq, Start, VisitEntry,
};
use proptest::prelude::*;
use serde_json::{Map, json};

use crate::common::{HandClock, Shelf, at, camera, digest};
use crate::recount::{numbers, recount};

/// Something that is done to a ledger.
#[derive(Clone, Debug)]
enum Act {
    /// At the camera: minutes after its start, line, direction, doubt, whose.
    Pass {
        minute: u32,
        line: u8,
        is_in: bool,
        confidence: u8,
        who: u8,
    },
    Visit {
        minute: u32,
        zone: u8,
        seconds: u32,
    },
    Gap {
        minute: u32,
        seconds: u32,
    },
    /// The program is killed, and begins anew.
    Kill,
    /// The run ends, which sums up; another begins.
    End,
    /// A recording from another time is counted, or counted again over another line.
    Record {
        day: u8,
        line: u8,
        recount: bool,
    },
    /// Somebody removes, moves or renames entries with the sqlite3 shell.
    Remove {
        from: u32,
    },
    Move {
        from: u32,
        minutes: i8,
    },
    Rename {
        line: u8,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let minute = 0_u32..4000;
    let act = prop_oneof![
        12 => (minute.clone(), 0_u8..3, any::<bool>(), 0_u8..=10, 0_u8..8).prop_map(
            |(minute, line, is_in, confidence, who)| Act::Pass { minute, line, is_in, confidence, who }),
        3 => (minute.clone(), 0_u8..2, 0_u32..8000).prop_map(|(minute, zone, seconds)| Act::Visit { minute, zone, seconds }),
        3 => (minute.clone(), 1_u32..200_000).prop_map(|(minute, seconds)| Act::Gap { minute, seconds }),
        1 => Just(Act::Kill),
        1 => Just(Act::End),
        1 => (0_u8..40, 0_u8..3, any::<bool>()).prop_map(|(day, line, recount)| Act::Record { day, line, recount }),
        1 => minute.clone().prop_map(|from| Act::Remove { from }),
        1 => (minute, -90_i8..90).prop_map(|(from, minutes)| Act::Move { from, minutes }),
        1 => (0_u8..3).prop_map(|line| Act::Rename { line }),
    ];
    prop::collection::vec(act, 1..40)
}

const START: &str = "2026-10-24T12:00:00Z";

fn line(number: u8) -> String {
    ["door", "back", "gate"][usize::from(number)].to_owned()
}

fn crossing(minute: u32, name: u8, direction: Direction, confidence: u8, who: u8) -> Entry {
    let mut detail = Map::new();
    detail.insert("confidence".into(), json!(f64::from(confidence) / 10.0));
    // Older programs do not say it.
    if confidence % 3 > 0 {
        detail.insert("hidden".into(), json!(f64::from(confidence) / 30.0));
    }
    match who {
        0 => drop(detail.insert("staff".into(), "Anna".into())),
        // One that another camera counts, also if it tells who came; and of staff, whoever counts them.
        5 => {
            detail
                .insert("same_as".into(), json!({"source": "left", "line": "door", "track": 1, "frame": 2}));
            detail.insert("coming".into(), 1.into());
        }
        6 => {
            detail
                .insert("same_as".into(), json!({"source": "left", "line": "door", "track": 1, "frame": 2}));
            detail.insert("staff".into(), "Anna".into());
        }
        1..=4 => drop(detail.insert("coming".into(), who.into())),
        _ => {}
    }
    let (track, frame) = (u64::from(who), u64::from(minute) * 16 + u64::from(confidence));
    let time = Duration::from_secs(60 * u64::from(minute));
    Entry::Crossing(CrossingEntry { line: line(name), direction, track, frame, time, detail })
}

fn entry(act: &Act) -> Option<Entry> {
    Some(match *act {
        Act::Pass { minute, line, is_in, confidence, who } => {
            crossing(minute, line, if is_in { In } else { Out }, confidence, who)
        }
        Act::Visit { minute, zone, seconds } => {
            let entered = Duration::from_secs(60 * u64::from(minute));
            let (zone, left) = (
                ["till", "shelf"][usize::from(zone)].to_owned(),
                entered + Duration::from_secs(seconds.into()),
            );
            Entry::Visit(VisitEntry {
                zone,
                track: seconds.into(),
                frame: minute.into(),
                entered,
                left,
                detail: Map::new(),
            })
        }
        Act::Gap { minute, seconds } => {
            let from = Duration::from_secs(60 * u64::from(minute));
            let to = from + Duration::from_secs(seconds.into());
            Entry::Uncounted(Uncounted { reason: Condition::Dark, from, to })
        }
        _ => return None,
    })
}

/// Does all of it; the ledger is open to a writer all the time, but for kills.
fn act(shelf: &Shelf, acts: &[Act]) {
    let shell = || {
        let connection = rusqlite::Connection::open(shelf.path()).unwrap();
        connection.busy_timeout(Duration::from_secs(9)).unwrap();
        connection
    };
    let begin = |ledger: &Ledger| {
        let run = ledger.begin(&camera()).unwrap();
        run.anchor(at(START));
        run
    };
    let mut ledger = shelf.open();
    let mut run = begin(&ledger);
    let after = |minute: u32| at(START).as_microsecond() + 60_000_000 * i64::from(minute);
    for act in acts {
        // Each minute of the machine's, so that a beat is due now and then.
        shelf.clock.pass(3);
        match act {
            Act::Kill => {
                drop((run, ledger));
                ledger = shelf.open();
                run = begin(&ledger);
            }
            Act::End => {
                run.end(Ending::Stopped).unwrap();
                run = begin(&ledger);
            }
            Act::Record { day, line: name, recount } => record(&ledger, *day, *name, *recount),
            Act::Remove { from } => {
                let sql = "DELETE FROM event WHERE utc >= ?1 AND utc < ?1 + 7200000000";
                shell().execute(sql, [after(*from)]).unwrap();
            }
            Act::Move { from, minutes } => {
                let sql = "UPDATE event SET utc = utc + ?2, until = until + ?2 WHERE utc >= ?1 AND utc < ?1 + 7200000000";
                shell().execute(sql, [after(*from), 60_000_000 * i64::from(*minutes)]).unwrap();
            }
            Act::Rename { line: name } => {
                let sql =
                    "UPDATE event SET name = name || '!' WHERE kind = 'crossing' AND name = ?1 AND seq % 2";
                shell().execute(sql, [line(*name)]).unwrap();
            }
            other => drop(run.record(&entry(other).into_iter().collect::<Vec<_>>()).unwrap()),
        }
    }
}

fn record(ledger: &Ledger, day: u8, name: u8, recount: bool) {
    let start = at(START) - SignedDuration::from_hours(24 * i64::from(day));
    let content = digest(&format!("recording of {day}"));
    let mut info = RunInfo {
        source: format!("monday {}.mp4", day % 2),
        origin: Origin::Recorded { content, start: Start::Given(start) },
        recount: true,
        ..camera()
    };
    info.places[0].name = line(name);
    info.places[0].config = digest(if recount { "one way" } else { "another" });
    let run = ledger.begin(&info).unwrap();
    let entries: Vec<_> =
        (0..9).map(|n| crossing(7 * n, name, if n % 3 == 0 { Out } else { In }, 9, 7)).collect();
    run.record(&entries).unwrap();
    run.end(Ending::Done).unwrap();
}

fn rows(reader: &Reader) -> Vec<Row> {
    reader.entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn counts_are_those_of_a_recount_whatever_was_done_to_the_ledger(
        acts in acts(), by in 0_usize..3, zone in 0_usize..5, from in 0_i64..60, hours in 1_i64..40,
        lines in prop::sample::subsequence(vec!["door", "back", "gate", "door!"], 0..3),
        one_source in any::<bool>(), per_line in any::<bool>(), per_source in any::<bool>(), reset in 0_i8..24,
    ) {
        let shelf = Shelf::new();
        act(&shelf, &acts);
        let reader = shelf.reader();
        reader.check().unwrap();
        let zone = ["Europe/Zurich", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"][zone];
        let from = at(START) + SignedDuration::from_hours(from - 2);
        let range = Range { from: Some(from), to: Some(from + SignedDuration::from_hours(hours)) };
        let query = Query {
            range,
            by: [Period::Hour, Period::Day, Period::Week][by],
            zone: TimeZone::get(zone).unwrap(),
            lines: lines.into_iter().map(str::to_owned).collect(),
            sources: if one_source { vec!["door camera".into()] } else { Vec::new() },
            zones: if one_source { vec!["till".into()] } else { Vec::new() },
            per_line,
            per_source,
            reset: Some(footfall_ledger::jiff::civil::time(reset, 7, 0, 0)),
            ..Query::default()
        };
        let counts = reader.counts(&query).unwrap();
        let mut of_row: BTreeMap<(Option<String>, Option<String>), Vec<&Count>> = BTreeMap::new();
        for count in &counts {
            of_row.entry((count.source.clone(), count.line.clone())).or_default().push(count);
        }
        let rows = rows(&reader);
        for ((source, name), counts) in of_row {
            let periods: Vec<_> = counts.iter().map(|c| (c.from.timestamp(), c.to.timestamp())).collect();
            let of_source = Query { sources: source.into_iter().collect(), ..query.clone() };
            let asked = if of_source.sources.is_empty() { &query } else { &of_source };
            let expected = recount(&rows, asked, name.as_deref(), &periods);
            let found: Vec<_> = counts.iter().map(|count| numbers(count)).collect();
            prop_assert_eq!(found, expected);
            for c in counts {
                let range = CountInterval::of(c.entered, c.entered_unsure());
                prop_assert!(c.entered == 0 || (c.entered_low, c.entered_high) == (range.low, range.high));
            }
        }
        // Ins and outs alone say the same.
        let mut sums: BTreeMap<(Timestamp, String), (u64, u64)> = BTreeMap::new();
        reader.each_tally(&query, |tally| {
            let sum = sums.entry((tally.from, tally.line)).or_default();
            *sum = (sum.0 + tally.tally.entered, sum.1 + tally.tally.left);
            Ok::<_, footfall_ledger::Error>(())
        }).unwrap();
        if per_line {
            let told = counts.iter().filter(|c| c.entered + c.left > 0);
            let mut added: BTreeMap<(Timestamp, String), (u64, u64)> = BTreeMap::new();
            for c in told {
                let sum = added.entry((c.from.timestamp(), c.line.clone().unwrap())).or_default();
                *sum = (sum.0 + c.entered, sum.1 + c.left);
            }
            prop_assert_eq!(added, sums);
        }
        // Over all time, and made anew.
        let is_aside = |row: &Row| row.detail.contains_key("staff") || row.detail.contains_key("same_as");
        let crossings = |row: &&Row| matches!(row.event, Event::Crossing { .. }) && !is_aside(row);
        let (last, totals) = reader.totals().unwrap();
        prop_assert_eq!(totals.iter().map(|t| t.tally.entered + t.tally.left).sum::<u64>() as usize, rows.iter().filter(crossings).count());
        prop_assert_eq!(last, rows.last().map_or(Seq(0), |row| row.seq));
        let told = reader.crossings_after(Seq(0), usize::MAX).unwrap();
        prop_assert_eq!(&told, &rows.iter().filter(crossings).cloned().collect::<Vec<_>>());
        shelf.open().rebuild().unwrap();
        reader.check().unwrap();
        prop_assert_eq!(reader.counts(&query).unwrap(), counts);
    }
}

#[test]
fn a_sum_that_is_not_that_of_its_entries_is_found_and_made_anew() {
    let shelf = Shelf::new();
    act(&shelf, &[Act::Pass { minute: 1, line: 0, is_in: true, confidence: 9, who: 7 }, Act::End]);
    for harm in [
        "UPDATE quarter SET crossings = CAST(crossings || crossings AS BLOB)",
        "UPDATE spot SET entered = entered + 1",
        "DELETE FROM quarter",
        "UPDATE quarter SET last = last + 1 WHERE last IS NOT NULL",
    ] {
        let connection = rusqlite::Connection::open(shelf.path()).unwrap();
        assert!(connection.execute(harm, []).unwrap() > 0, "{harm}");
        drop(connection);
        let error = shelf.reader().check().unwrap_err().to_string();
        assert!(error.contains("footfall ledger rebuild"), "{harm}: {error}");
        Ledger::open_with(shelf.path(), Options { clock: Box::new(HandClock::new()), ..Options::default() })
            .unwrap()
            .rebuild()
            .unwrap();
        shelf.reader().check().unwrap();
    }
}

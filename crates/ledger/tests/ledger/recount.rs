//! Counting up by asking every entry about every period.

use footfall_count::Direction::In;
use footfall_count::{Doubt, Site};
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_ledger::{Count, Event, Query, Row};

/// In, out, occupancy, peak, came and left unseen, staff, twice, first and again, visits; and how many of in and out are
/// none, how many are hidden besides, dwell, uncounted.
pub(crate) type Numbers = ([u64; 11], [Option<f64>; 6]);

pub(crate) fn numbers(c: &Count) -> Numbers {
    let (first, again) = (c.visitors.unwrap_or(0), c.again.unwrap_or(0));
    let (came, gone) = (c.came_unseen, c.left_unseen);
    let hidden = (Some(c.entered_hidden), Some(c.left_hidden));
    let seconds = [Some(c.entered_doubt), Some(c.left_doubt), hidden.0, hidden.1, c.dwell, Some(c.uncounted)];
    (
        [
            c.entered,
            c.left,
            c.occupancy,
            c.peak,
            came,
            gone,
            c.staff,
            c.twice.unwrap_or(0),
            first,
            again,
            c.visits,
        ],
        seconds,
    )
}

/// The definition, from the entries alone: every entry is asked about every period.
pub(crate) fn recount(
    rows: &[Row],
    query: &Query,
    name: Option<&str>,
    periods: &[(Timestamp, Timestamp)],
) -> Vec<Numbers> {
    let chosen = |row: &&Row| query.sources.is_empty() || query.sources.contains(&row.source);
    let mut rows: Vec<&Row> = rows.iter().filter(chosen).collect();
    rows.sort_by_key(|row| (row.at, row.seq));
    let nights = nights(query, periods);
    let begin = *nights.iter().rfind(|&&night| night <= periods[0].0).unwrap();
    let mut site = Site::default();
    let mut passages = rows.iter().filter_map(|row| match &row.event {
        Event::Crossing { line, direction, .. } if row.at >= begin => Some((row, line, *direction)),
        _ => None,
    });
    let mut passages: Vec<_> = passages
        .by_ref()
        .filter(|(_, line, _)| {
            (query.lines.is_empty() || query.lines.contains(line)) && name.is_none_or(|name| name == *line)
        })
        .collect();
    passages.reverse();
    let mut nights = nights.into_iter().filter(|&night| night >= begin).peekable();
    periods
        .iter()
        .map(|&(from, to)| {
            let mut doubt = Doubt::default();
            let (mut entered, mut left, mut unseen, mut gone, mut staff, mut twice, mut firsts, mut again) =
                (0, 0, 0, 0, 0, 0, 0, 0);
            let mut peak = None;
            loop {
                let night = nights.peek().copied().filter(|&night| night < to);
                let passage = passages.last().copied().filter(|(row, ..)| row.at < to);
                if peak.is_none()
                    && night.is_none_or(|n| n >= from)
                    && passage.is_none_or(|(row, ..)| row.at >= from)
                {
                    peak = Some(site.inside);
                }
                match (night, passage) {
                    (Some(night), passage) if passage.is_none_or(|(row, ..)| night <= row.at) => {
                        nights.next();
                        let inside = site.reset().site.inside;
                        if night >= from {
                            gone += inside;
                        }
                        if night == from {
                            peak = Some(0);
                        }
                    }
                    (_, Some((row, _, direction))) => {
                        passages.pop();
                        let is_told = row.at >= from;
                        if row.detail.contains_key("staff") {
                            staff += u64::from(is_told);
                            continue;
                        }
                        if row.detail.contains_key("same_as") {
                            twice += u64::from(is_told);
                            continue;
                        }
                        let before = site.unexplained;
                        site.add(direction);
                        if !is_told {
                            continue;
                        }
                        // Sums are of numbers of single precision.
                        let number =
                            |name| row.detail.get(name).map(|c| f64::from(c.as_f64().unwrap() as f32));
                        doubt.add(direction, number("confidence").unwrap_or(1.0), number("hidden"));
                        if direction == In {
                            entered += 1;
                        } else {
                            left += 1;
                        }
                        match row.detail.get("coming").map(|c| c.as_u64().unwrap()) {
                            Some(0 | 1) => firsts += 1,
                            Some(_) => again += 1,
                            None => {}
                        }
                        unseen += site.unexplained - before;
                        peak = peak.max(Some(site.inside));
                    }
                    _ => break,
                }
            }
            // Stays are of zones, and of no line.
            let (visits, dwell) = if query.per_line { (0, None) } else { stays(&rows, query, from, to) };
            let uncounted = uncounted(&rows, from, to);
            let peak = peak.unwrap_or(site.inside);
            let counts =
                [entered, left, site.inside, peak, unseen, gone, staff, twice, firsts, again, visits];
            let hidden = (Some(doubt.entered.hidden), Some(doubt.left.hidden));
            let none = (Some(doubt.entered.none), Some(doubt.left.none));
            (counts, [none.0, none.1, hidden.0, hidden.1, dwell, Some(uncounted)])
        })
        .collect()
}

/// All nights that matter, from two days before.
fn nights(query: &Query, periods: &[(Timestamp, Timestamp)]) -> Vec<Timestamp> {
    let night = |time: Timestamp| {
        let date = time.to_zoned_datetime(query.zone.clone()).date();
        let night = date.to_datetime(query.reset.unwrap()).to_zoned_datetime(query.zone.clone());
        night.unwrap().timestamp()
    };
    let first = periods[0].0 - SignedDuration::from_hours(48);
    let hours = (periods.last().unwrap().1.as_second() - first.as_second()) / 3600 + 1;
    let mut nights: Vec<_> = (0..=hours).map(|h| night(first + SignedDuration::from_hours(h))).collect();
    nights.sort();
    nights.dedup();
    nights
}

fn stays(rows: &[&Row], query: &Query, from: Timestamp, to: Timestamp) -> (u64, Option<f64>) {
    let is_chosen = |zone: &String| query.zones.is_empty() || query.zones.contains(zone);
    let stays = rows.iter().filter(|row| row.at >= from && row.at < to).filter_map(|row| match &row.event {
        Event::Visit { zone, until, .. } if is_chosen(zone) => {
            Some(until.duration_since(row.at).as_secs_f64())
        }
        _ => None,
    });
    let (visits, seconds) = stays.fold((0, 0.0), |(n, sum), seconds| (n + 1, sum + seconds));
    (visits, (visits > 0).then(|| seconds / visits as f64))
}

fn uncounted(rows: &[&Row], from: Timestamp, to: Timestamp) -> f64 {
    let span = |row: &&Row| match &row.event {
        Event::Uncounted { until, .. } => Some((row.at.max(from), (*until).min(to))),
        _ => None,
    };
    let mut spans: Vec<_> = rows.iter().filter_map(span).filter(|(a, b)| a < b).collect();
    spans.sort();
    let (mut covered, mut uncounted) = (from, 0.0);
    for (a, b) in spans {
        let a = a.max(covered);
        if a < b {
            uncounted += b.duration_since(a).as_secs_f64();
            covered = b;
        }
    }
    uncounted
}

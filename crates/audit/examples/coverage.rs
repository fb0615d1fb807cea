//! How often the interval of an audit has the truth: `coverage AUDITS < SHOPS`.
//!
//! Each row of the standard input is a month, as JSON:
//! `{"name": "...", "minutes": [[people, counted, truly], ...]}`. Of each, for every number of minutes in
//! [`LOOKED_AT`], that many are drawn `AUDITS` times as `footfall` draws them, each time by another seed. A row
//! of JSON comes out for each number.

use std::io::{BufRead as _, Write as _};

use footfall_audit::{Answer, Cell, Crowding, Estimate, HourType, Light, Plan, Stratum, estimate};
use serde::{Deserialize, Serialize};

/// Minutes that an auditor looks at.
const LOOKED_AT: [usize; 3] = [10, 30, 100];

/// A month of a line whose truth is known.
#[derive(Deserialize)]
struct Shop {
    name: String,
    minutes: Vec<(usize, u64, u64)>,
}

/// What became of all audits with so many minutes.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    looked_at: usize,
    /// The share of audits whose interval had the truth, was all above it, and all below it.
    held: f64,
    above: f64,
    below: f64,
    /// Half the interval's width, as a share of the truth, on average.
    margin: f64,
    /// The same of the sample alone.
    alone: f64,
    /// What the estimate is off on average, as a share of the truth.
    bias: f64,
    counted: u64,
    truly: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let audits: u64 = std::env::args().nth(1).ok_or("usage: coverage AUDITS < SHOPS")?.parse()?;
    let mut out = std::io::stdout().lock();
    for row in std::io::stdin().lock().lines() {
        let shop: Shop = serde_json::from_str(&row?)?;
        for row in judge(&shop, audits) {
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        }
    }
    Ok(())
}

/// All audits of one month.
fn judge(shop: &Shop, audits: u64) -> Vec<Row<'_>> {
    let truly: u64 = shop.minutes.iter().map(|minute| minute.2).sum();
    let mut found: Vec<Vec<Estimate>> = LOOKED_AT.map(|_| Vec::new()).into();
    for seed in 0..audits {
        let plan = Plan { seed, minutes_a_day: 20.0 };
        let (order, cells) = drawn(shop, &plan);
        for (number, results) in LOOKED_AT.iter().zip(&mut found) {
            let answers: Vec<_> = order.iter().take(*number).copied().collect();
            results.extend(estimate(&cells, &answers));
        }
    }
    LOOKED_AT.iter().zip(found).map(|(&looked_at, results)| row(shop, looked_at, truly, &results)).collect()
}

/// The first minutes in the order of their ranks, and all minutes by their kind.
fn drawn(shop: &Shop, plan: &Plan) -> (Vec<Answer>, Vec<Cell>) {
    let mut cells: Vec<Cell> = Vec::new();
    let mut ranked = Vec::new();
    for (minute, &(people, counted, truly)) in (0_i64..).zip(&shop.minutes) {
        let stratum =
            Stratum { hour: HourType::Midday, crowding: Crowding::of(people), light: Light::Bright };
        let probability = plan.probability(stratum);
        match cells.iter_mut().find(|cell| cell.stratum == stratum) {
            Some(cell) => (cell.minutes, cell.counted) = (cell.minutes + 1, cell.counted + counted),
            None => cells.push(Cell { stratum, probability, minutes: 1, counted }),
        }
        if plan.draws(&shop.name, minute, stratum) {
            let rank = plan.rank(&shop.name, minute, probability);
            ranked.push((rank, Answer { stratum, probability, counted, seen: truly as f64 }));
        }
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    (ranked.into_iter().map(|(_, answer)| answer).collect(), cells)
}

fn row<'a>(shop: &'a Shop, looked_at: usize, truly: u64, results: &[Estimate]) -> Row<'a> {
    let number = results.len() as f64;
    let true_number = truly as f64;
    let share = |is: &dyn Fn(&Estimate) -> bool| results.iter().filter(|one| is(one)).count() as f64 / number;
    let mean = |of: &dyn Fn(&Estimate) -> f64| results.iter().map(of).sum::<f64>() / number / true_number;
    Row {
        name: &shop.name,
        looked_at,
        held: share(&|one| one.low <= true_number && true_number <= one.high),
        above: share(&|one| true_number < one.low),
        below: share(&|one| one.high < true_number),
        margin: mean(&Estimate::margin),
        alone: mean(&|one| one.alone_margin),
        bias: mean(&|one| one.corrected - true_number),
        counted: results.first().map_or(0, |one| one.counted),
        truly,
    }
}

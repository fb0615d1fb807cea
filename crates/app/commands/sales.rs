//! `footfall sales`: what the till has sold, beside what was counted.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use footfall_config::usage;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Notebook, Sale};

use crate::cli::SalesArgs;
use crate::cli::sales::Command;
use crate::say::say;
use crate::times::{moment, zone};

/// Does what was asked for.
pub(crate) fn run(args: &SalesArgs) -> anyhow::Result<()> {
    let Command::Import(args) = &args.command;
    let path = args.which.path()?;
    let zone = zone(args.timezone.as_deref()).map_err(usage)?;
    let name = args.file.display().to_string();
    let file: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&args.file).with_context(|| format!("cannot read {name}")).map_err(usage)?)
    };
    let sales = read(file, &zone).with_context(|| name.clone()).map_err(usage)?;
    let sold = Notebook::open(&path)?.sell(args.till.trim(), &sales)?;
    let transactions: u64 = sales.iter().map(|sale| sale.transactions).sum();
    say(&format!(
        "{name}: {transactions} transactions at {} times; {} are new, {} replaced, {} known already\n",
        sales.len(),
        sold.added,
        sold.replaced,
        sold.known
    ));
    Ok(())
}

/// Where each column is.
struct Columns {
    time: usize,
    transactions: usize,
    amount: Option<usize>,
}

impl Columns {
    /// By a head line, if this is one.
    fn of(head: &csv::StringRecord) -> anyhow::Result<Option<Self>> {
        let place = |name: &str| head.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
        match (place("time"), place("transactions")) {
            (Some(time), Some(transactions)) => {
                Ok(Some(Self { time, transactions, amount: place("amount") }))
            }
            (None, None) => Ok(None),
            _ => bail!("line 1: a head line names the columns time and transactions, and may name amount"),
        }
    }
}

/// What a file says, by time, rows of one time added up.
fn read(file: impl Read, zone: &TimeZone) -> anyhow::Result<Vec<Sale>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut columns = Columns { time: 0, transactions: 1, amount: Some(2) };
    let mut sales: Vec<Sale> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record?;
        let line = record.position().map_or(index as u64 + 1, csv::Position::line);
        if index == 0
            && let Some(named) = Columns::of(&record)?
        {
            columns = named;
            continue;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        sales.push(sale(&record, &columns, zone).with_context(|| format!("line {line}"))?);
    }
    sales.sort_by_key(|sale| sale.at);
    sales.dedup_by(|next, last| {
        let is_same = next.at == last.at;
        if is_same {
            last.transactions += next.transactions;
            last.amount = next.amount.map(|paid| last.amount.unwrap_or(0.0) + paid).or(last.amount);
        }
        is_same
    });
    if sales.is_empty() {
        bail!("there is no transaction in it");
    }
    Ok(sales)
}

fn sale(record: &csv::StringRecord, columns: &Columns, zone: &TimeZone) -> anyhow::Result<Sale> {
    let cell = |index: usize| record.get(index).map_or("", str::trim);
    let at: Timestamp = moment(cell(columns.time), zone, false)?;
    let text = cell(columns.transactions);
    let transactions =
        text.parse().map_err(|_| anyhow!("expected a number of transactions, 0 or more, not \"{text}\""))?;
    let amount = match columns.amount.map_or("", cell) {
        "" => None,
        text => {
            let amount: Option<f64> = text.parse().ok().filter(|paid: &f64| paid.is_finite());
            Some(amount.ok_or_else(|| anyhow!("expected an amount as 310.50, not \"{text}\""))?)
        }
    };
    Ok(Sale { at, transactions, amount })
}

#[cfg(test)]
mod tests {
    use footfall_ledger::jiff::tz::TimeZone;

    use super::read;

    fn sales(text: &str) -> Result<Vec<(String, u64, Option<f64>)>, String> {
        let read = read(text.as_bytes(), &TimeZone::get("Europe/Zurich").unwrap());
        let sales = read.map_err(|error| format!("{error:#}"))?;
        Ok(sales.iter().map(|sale| (sale.at.to_string(), sale.transactions, sale.amount)).collect())
    }

    #[test]
    fn columns_are_named_or_in_order_and_rows_of_one_time_are_added_up() {
        let expected = [
            ("2026-03-28T08:00:00Z".to_owned(), 3, Some(12.5)),
            ("2026-03-28T09:00:00Z".to_owned(), 4, None),
        ];
        let named = "till,Amount,time,transactions\n1,10.0,2026-03-28T09:00,2\n1,2.5,2026-03-28T09:00,1\n1,,2026-03-28 10:00,4\n";
        assert_eq!(sales(named).unwrap(), expected);
        let plain = "2026-03-28T10:00+01:00,4\n\n2026-03-28T09:00,3,12.5\n";
        assert_eq!(sales(plain).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        for (text, words) in [
            ("time,transactions\nyesterday,1\n", ["line 2", "yesterday"]),
            ("2026-03-28T09:00,-1\n", ["line 1", "\"-1\""]),
            ("2026-03-28T09:00,1,ten\n", ["line 1", "\"ten\""]),
            ("time,count\n2026-03-28T09:00,1\n", ["line 1", "transactions"]),
            ("time,transactions\n", ["no transaction", ""]),
        ] {
            let error = sales(text).unwrap_err();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}

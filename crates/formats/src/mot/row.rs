//! One line of numbers.

use footfall_track::Bbox;

use crate::Error;
use crate::lines::Lines;

/// No format here gives meaning to more columns than these.
const USED: usize = 8;
const NAMES: [&str; USED] = ["frame", "id", "x", "y", "width", "height", "score", "class"];
/// Whole numbers are exact in `f64` up to here.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// The first `columns` numbers of a line; those that are not there are 0.
pub(super) struct Row {
    pub(super) columns: usize,
    values: [f64; USED],
}

/// What a line must hold.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// How many columns it needs.
    pub(super) at_least: usize,
    /// How many of its columns are numbers that matter.
    pub(super) used: usize,
    /// The line in words, for errors.
    pub(super) expected: &'static str,
}

impl Row {
    /// Reads the next line; `None` at the end.
    pub(super) fn next(lines: &mut Lines, shape: Shape) -> Result<Option<Self>, Error> {
        let parsed = match lines.next_line()? {
            None => return Ok(None),
            Some(text) => Self::parse(text, shape),
        };
        parsed.map(Some).map_err(|problem| lines.line_error(problem, shape.expected))
    }

    fn parse(text: &str, shape: Shape) -> Result<Self, String> {
        let text = text.trim_end_matches(|c: char| c == ',' || c.is_whitespace());
        let mut row = Self { columns: 0, values: [0.0; USED] };
        for field in text.split(',') {
            if row.columns < shape.used {
                row.values[row.columns] = number(field.trim(), row.columns)?;
            }
            row.columns += 1;
        }
        if row.columns < shape.at_least {
            return Err(format!("{} columns of {}", row.columns, shape.at_least));
        }
        if row.values[0] < 1.0 || !is_whole(row.values[0]) {
            return Err(format!("the frame is {}, and frames are whole numbers from 1", row.values[0]));
        }
        Ok(row)
    }

    pub(super) fn frame(&self) -> u64 {
        self.values[0] as u64
    }

    /// Column `index`, from 0.
    pub(super) fn value(&self, index: usize) -> f64 {
        self.values[index]
    }

    /// Column `index` as a whole number of 0 or more.
    pub(super) fn whole(&self, lines: &Lines, shape: Shape, index: usize) -> Result<u64, Error> {
        let value = self.values[index];
        if value >= 0.0 && is_whole(value) {
            return Ok(value as u64);
        }
        let problem = format!("the {} is {value}, and must be a whole number of 0 or more", NAMES[index]);
        Err(lines.line_error(problem, shape.expected))
    }

    pub(super) fn bbox(&self) -> Bbox {
        let [_, _, x, y, width, height, ..] = self.values;
        Bbox::new(x, y, width, height)
    }
}

fn number(field: &str, column: usize) -> Result<f64, String> {
    if let Some(whole) = short_whole(field) {
        return Ok(whole);
    }
    match field.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => {
            let shown: String = field.chars().take(40).collect();
            Err(format!("column {} ({}) is \"{shown}\", no finite number", column + 1, NAMES[column]))
        }
    }
}

/// What most columns hold, read faster than any other number.
fn short_whole(field: &str) -> Option<f64> {
    let digits = |sum: u32, &byte: &u8| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'));
    if !(1..=9).contains(&field.len()) {
        return None;
    }
    field.as_bytes().iter().try_fold(0, digits).map(f64::from)
}

fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() <= LARGEST
}

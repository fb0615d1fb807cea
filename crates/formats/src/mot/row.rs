//! One line of numbers.

use footfall_track::Bbox;

use crate::Error;
use crate::lines::Lines;

/// No format here gives meaning to more columns than these.
const USED: usize = 8;
const NAMES: [&str; USED] = ["frame", "id", "x", "y", "width", "height", "score", "class"];
/// Whole numbers are exact in `f64` up to here.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// Where columns begin that have no meaning in MOT text: some programs write what a person looks like there.
pub(super) const FURTHER: usize = 10;

/// The first `columns` numbers of a line; those that are not there are 0.
pub(super) struct Row {
    /// Number of its line in the file, from 1.
    pub(super) line: u64,
    pub(super) columns: usize,
    values: [f64; USED],
    /// Those from [`FURTHER`] on, where they are asked for.
    pub(super) further: Vec<f32>,
}

/// What a line must hold.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// How many columns it needs.
    pub(super) at_least: usize,
    /// How many of its columns are numbers that matter.
    pub(super) used: usize,
    /// Whether the columns from [`FURTHER`] on are wanted.
    pub(super) further: bool,
    /// The line in words, for errors.
    pub(super) expected: &'static str,
}

/// The rows of a file, one at a time.
pub(super) struct Rows {
    lines: Lines,
    shape: Shape,
    began: bool,
}

impl Rows {
    pub(super) fn over(lines: Lines, shape: Shape) -> Self {
        Self { lines, shape, began: false }
    }

    /// The next row; `None` at the end. Lines that begin with `#`, and column names before the first row, are
    /// passed over.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Error> {
        loop {
            let Some(text) = self.lines.next_line()? else { return Ok(None) };
            if text.starts_with('#') || (!self.began && is_heading(text)) {
                continue;
            }
            self.began = true;
            let parsed = Row::parse(text, self.shape);
            let row = parsed.map_err(|problem| self.error(problem))?;
            return Ok(Some(Row { line: self.lines.number(), ..row }));
        }
    }

    /// What is wrong with the row that was read last.
    pub(super) fn error(&self, problem: String) -> Error {
        self.lines.line_error(problem, self.shape.expected)
    }

    /// Column `index` of `row`, the one that was read last, as a whole number of 0 or more.
    pub(super) fn whole(&self, row: &Row, index: usize) -> Result<u64, Error> {
        let value = row.values[index];
        if value >= 0.0 && is_whole(value) {
            return Ok(value as u64);
        }
        Err(self.error(format!("the {} is {value}, and must be a whole number of 0 or more", NAMES[index])))
    }
}

impl Row {
    /// Reads a line whose numbers are parted by commas, semicolons or white space.
    ///
    /// A comma parts numbers wherever the line can be read so; with semicolons or tabs between the numbers
    /// it is a decimal one. Between spaces a comma would be either, and is an error.
    fn parse(text: &str, shape: Shape) -> Result<Self, String> {
        let text = text.trim_end_matches(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
        let is_comma = text.contains(',');
        let by_comma = is_comma.then(|| Self::split(text.split(','), shape, false));
        match by_comma {
            Some(Ok(row)) => Ok(row),
            _ if text.contains(';') => Self::split(text.split(';'), shape, is_comma),
            Some(Err(_)) if text.contains('\t') => Self::split(text.split('\t'), shape, true),
            Some(wrong) => wrong,
            // Two tabs in a row have an empty field between them, as two commas do.
            None if text.contains("\t\t") => Self::split(text.split('\t'), shape, false),
            None => Self::split(text.split_whitespace(), shape, false),
        }
    }

    fn split<'a>(
        fields: impl Iterator<Item = &'a str>,
        shape: Shape,
        decimal_comma: bool,
    ) -> Result<Self, String> {
        let mut row = Self { line: 0, columns: 0, values: [0.0; USED], further: Vec::new() };
        for field in fields {
            if row.columns < shape.used {
                row.values[row.columns] = number(field.trim(), row.columns, decimal_comma)?;
            } else if shape.further && row.columns >= FURTHER {
                row.further.push(number(field.trim(), row.columns, decimal_comma)? as f32);
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

    pub(super) fn bbox(&self) -> Bbox {
        let [_, _, x, y, width, height, ..] = self.values;
        Bbox::new(x, y, width, height)
    }
}

/// Whether a line has the columns' names: that of the frame, then that of the id.
fn is_heading(text: &str) -> bool {
    let mut names = text.split([',', ';', '\t', ' ']).filter(|name| !name.is_empty());
    let mut name = || names.next().unwrap_or_default().trim_matches(['"', '\'']).to_ascii_lowercase();
    let (first, second) = (name(), name());
    first.starts_with("frame") && ["id", "track"].iter().any(|word| second.contains(word))
}

fn number(field: &str, column: usize, decimal_comma: bool) -> Result<f64, String> {
    if let Some(whole) = short_whole(field) {
        return Ok(whole);
    }
    let parsed = if decimal_comma && !field.contains('.') {
        field.replacen(',', ".", 1).parse::<f64>()
    } else {
        field.parse::<f64>()
    };
    match parsed {
        Ok(value) if value.is_finite() => Ok(value),
        _ => {
            let shown: String = field.chars().take(40).collect();
            let name = NAMES.get(column).map(|name| format!(" ({name})")).unwrap_or_default();
            Err(format!("column {}{name} is \"{shown}\", no finite number", column + 1))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Row, Shape};

    const SHAPE: Shape = Shape { at_least: 7, used: 7, further: false, expected: "" };

    fn values(text: &str) -> Result<Vec<f64>, String> {
        Row::parse(text, SHAPE).map(|row| row.values[..7].to_vec())
    }

    #[test]
    fn numbers_are_parted_as_people_part_them() {
        let expected = Ok(vec![3.0, -1.0, 10.5, 20.25, 30.0, 80.0, 0.9]);
        for text in [
            "3,-1,10.5,20.25,30,80,0.9",
            "3, -1, 10.5, 20.25, 30, 80, 0.9,",
            "3,\t-1,\t10.5,\t20.25,\t30,\t80,\t0.9,-1,-1,-1",
            "3 -1 10.5 20.25 30 80 0.9",
            "3   -1  10.5 20.25 30 80 0.9 -1 -1 -1",
            "3\t-1\t10.5\t20.25\t30\t80\t0.9\t",
            "3 -1\t10.5 20.25\t30 80 0.9",
            "3;-1;10.5;20.25;30;80;0.9;;",
            "3; -1; 10.5; 20.25; 30; 80; 0.9",
            "3;-1;10,5;20,25;30;80;0,9",
            "3\t-1\t10,5\t20,25\t30\t80\t0,9",
            "3,-1,1.05e1,+20.25,3E1,80.,.9",
        ] {
            assert_eq!(values(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_an_error() {
        for (text, problem) in [
            ("3 -1 10,5 20,25 30 80 0,9", "column 1 (frame) is \"3 -1 10\""),
            ("3;-1;1,000,5;20;30;80;0.9", "column 3 (x) is \"1,000,5\""),
            ("3;-1;1,000.5;20;30;80;0.9", "column 3 (x) is \"1,000.5\""),
            ("3\t\t10.5\t20.25\t30\t80\t0.9\t1", "column 2 (id) is \"\""),
            ("3,-1,,20.25,30,80,0.9", "column 3 (x) is \"\""),
            ("3;-1;;20.25;30;80;0.9", "column 3 (x) is \"\""),
            ("3|-1|10|20|30|80|0.9", "column 1 (frame)"),
            ("3 -1 nan 20 30 80 0.9", "column 3 (x) is \"nan\""),
        ] {
            let error = values(text).unwrap_err();
            assert!(error.contains(problem), "{text:?}: {error}");
        }
    }

    proptest! {
        /// Whatever parts them, and however they are written, numbers are what they are.
        #[test]
        fn the_mark_between_numbers_does_not_matter(
            frame in 1_u32..1_000_000, rest in prop::array::uniform6(-1e4..1e4_f64), mark in 0..5_usize
        ) {
            let mark = [",", ", ", " ", "\t", ";"][mark];
            let words: Vec<String> =
                [frame.to_string()].into_iter().chain(rest.iter().map(f64::to_string)).collect();
            let expected: Vec<f64> = [f64::from(frame)].into_iter().chain(rest).collect();
            prop_assert_eq!(values(&words.join(mark)), Ok(expected.clone()));
            if mark == ";" || mark == "\t" {
                prop_assert_eq!(values(&words.join(mark).replace('.', ",")), Ok(expected));
            }
        }
    }
}

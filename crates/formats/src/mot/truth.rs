//! `MOTChallenge` ground truth: `gt/gt.txt`.

use std::path::Path;

use footfall_track::Bbox;

use super::row::{Rows, Shape};
use crate::Error;
use crate::lines::Lines;

const SHAPE: Shape = Shape {
    at_least: 7,
    used: 8,
    further: false,
    expected: "frame,id,x,y,width,height,considered,class,visibility (MOT16, MOT17, MOT20) \
               or frame,id,x,y,width,height,considered,-1,-1,-1 (MOT15)",
};

/// Which columns a ground-truth file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Ten columns, or seven: everyone is a person. The last three are world coordinates.
    Mot15,
    /// Nine columns, or eight: a class and a visibility after the mark.
    Mot16,
}

/// A box of the ground truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthRow {
    /// Number of the frame, from 1.
    pub frame: u64,
    /// Who.
    pub id: u64,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// The mark in the seventh column. Boxes whose mark is zero, or has nothing before its decimal point, are
    /// not scored.
    pub mark: f64,
    /// 1 is a pedestrian; always so in a MOT15 file.
    pub class: u64,
}

impl TruthRow {
    /// Whether it is scored, by its mark.
    #[must_use]
    pub fn is_considered(&self) -> bool {
        self.mark.trunc() != 0.0
    }
}

/// A sequence's ground truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Which columns the file has; `None` for an empty file.
    pub layout: Option<Layout>,
    /// In the order of the file, which mostly goes person by person.
    pub rows: Vec<TruthRow>,
}

/// Reads a whole file.
///
/// # Errors
/// When the file cannot be read, for its first bad line, and where one line has the columns of
/// MOT15 and another those of MOT16.
pub fn read_truth(path: &Path) -> Result<Truth, Error> {
    let mut rows = Rows::over(Lines::open(path)?, SHAPE);
    let mut truth = Truth { layout: None, rows: Vec::new() };
    while let Some(row) = rows.next()? {
        let layout = if matches!(row.columns, 8 | 9) { Layout::Mot16 } else { Layout::Mot15 };
        if *truth.layout.get_or_insert(layout) != layout {
            let problem = format!("{} columns, other than in the lines before", row.columns);
            return Err(rows.error(problem));
        }
        truth.rows.push(TruthRow {
            frame: row.frame(),
            id: rows.whole(&row, 1)?,
            bbox: row.bbox(),
            mark: row.value(6),
            class: if layout == Layout::Mot16 { rows.whole(&row, 7)? } else { 1 },
        });
    }
    Ok(truth)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Layout, Truth, read_truth};
    use crate::Error;

    fn read(text: &str) -> Result<Truth, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gt.txt");
        fs::write(&path, text).unwrap();
        read_truth(&path)
    }

    #[test]
    fn the_columns_tell_the_benchmark() {
        let truth = read("2,1,5,6,7,8,1,1,0.86\n1,2,5,6,7,8,0,7,1\n").unwrap();
        assert_eq!(truth.layout, Some(Layout::Mot16));
        let rows: Vec<_> = truth.rows.iter().map(|r| (r.frame, r.id, r.is_considered(), r.class)).collect();
        assert_eq!(rows, [(2, 1, true, 1), (1, 2, false, 7)]);

        let truth = read("1,1,5,6,7,8,1,-3.1784,16.34,0.45739\n").unwrap();
        assert_eq!(truth.layout, Some(Layout::Mot15));
        assert_eq!((truth.rows[0].class, truth.rows[0].is_considered()), (1, true));

        assert_eq!(read("\n\n").unwrap(), Truth { layout: None, rows: Vec::new() });
    }

    #[test]
    fn a_bad_line_is_named() {
        for (text, problem) in [
            ("1,1,5,6,7,8\n", "line 1: 6 columns of 7"),
            ("1,1,5,6,7,8,1,1,1\n1,2,5,6,7,8,1,-1,-1,-1\n", "line 2: 10 columns, other than"),
            ("1,1,5,6,7,8,1,-2,1\n", "line 1: the class is -2"),
            ("1,-4,5,6,7,8,1,1,1\n", "line 1: the id is -4"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
    }
}

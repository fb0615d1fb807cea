//! Ground truth in a sequence's folder, whichever form it has.

use std::path::{Path, PathBuf};

use crate::Error;
use crate::labels::{LabelKind, Labels, Size};
use crate::mot::{Truth, read_truth};

/// Where a sequence's ground truth may be: `gt.txt` is MOT text, the others what other programs write.
const PLACES: [&str; 5] = ["gt/gt.txt", "gt/gt.json", "gt/gt.xml", "gt/gt.csv", "gt/labels"];

/// The ground truth of the sequence in `folder`, where it has any.
#[must_use]
pub fn truth_in(folder: &Path) -> Option<PathBuf> {
    PLACES.iter().map(|place| folder.join(place)).find(|path| path.exists())
}

/// Reads ground truth: MOT text, or another program's file with a number for each person. `size` is that of the
/// picture, for those kinds whose boxes are shares of it. With the truth, what is to be known about how it was taken.
///
/// # Errors
/// When it cannot be read, by its line for what is wrong in it, and where a box is nobody's.
pub fn read_any_truth(path: &Path, size: Option<Size>) -> Result<(Truth, Vec<String>), Error> {
    let Some(kind) = LabelKind::of(path)? else { return Ok((read_truth(path)?, Vec::new())) };
    let mut labels = Labels::read(path, kind, size)?;
    let notes = std::mem::take(&mut labels.notes);
    Ok((labels.into_truth(path)?, notes))
}

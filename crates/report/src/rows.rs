//! Rows of a report, one at a time.

use crate::Error;

/// What a report has, in order. It is gone through as often as its form needs: what is written has to know
/// first how wide its columns are. A year of minutes is half a million rows, so nobody holds all of them.
pub trait Rows<Row> {
    /// Gives each row to `take`.
    ///
    /// # Errors
    /// When the rows cannot be read, or `take` fails.
    fn each(&self, take: &mut dyn FnMut(&Row) -> Result<(), Error>) -> Result<(), Error>;
}

impl<Row> Rows<Row> for Vec<Row> {
    fn each(&self, take: &mut dyn FnMut(&Row) -> Result<(), Error>) -> Result<(), Error> {
        self.iter().try_for_each(take)
    }
}

//! A partition for each month of entries, made when the first of them comes.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::OfficeError;

/// Months outside of these are a clock's that was off.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;

/// Partitions that are known to be there.
#[derive(Default)]
pub(crate) struct Partitions {
    known: BTreeSet<(i16, i8)>,
}

impl Partitions {
    /// Makes sure that entries of these months have their place. What lies outside of this century stays in the table
    /// that takes the rest.
    pub(crate) async fn make(
        &mut self,
        client: &Client,
        months: impl IntoIterator<Item = (i16, i8)>,
    ) -> Result<(), OfficeError> {
        let months: BTreeSet<_> = months.into_iter().filter(|(year, _)| YEARS.contains(year)).collect();
        for month in months {
            if self.known.contains(&month) {
                continue;
            }
            let doing = OfficeError::database("make a table for a month");
            client.batch_execute(&script(month)).await.map_err(doing)?;
            self.known.insert(month);
        }
        Ok(())
    }
}

/// Made apart and then attached: readers are not kept waiting while it is made.
fn script((year, month): (i16, i8)) -> String {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let name = format!("office.entry_{year:04}_{month:02}");
    let from = format!("'{year:04}-{month:02}-01 00:00:00+00'");
    let to = format!("'{next_year:04}-{next_month:02}-01 00:00:00+00'");
    format!(
        "DO $$ BEGIN IF to_regclass('{name}') IS NULL THEN
             CREATE TABLE {name} (LIKE office.entry INCLUDING ALL);
             ALTER TABLE office.entry ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});
         END IF; END $$"
    )
}

#[cfg(test)]
mod tests {
    use super::script;

    #[test]
    fn december_ends_with_the_year() {
        let script = script((2026, 12));
        assert!(script.contains("entry_2026_12") && script.contains("'2027-01-01 00:00:00+00'"), "{script}");
    }
}

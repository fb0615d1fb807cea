//! What has been counted where.

use footfall_count::Tally;
use std::collections::{BTreeMap, BTreeSet};

use crate::entry::Kind;
use crate::error::Error;
use crate::quarters::{self, SpotKind};
use crate::reader::Reader;
use crate::row::Seq;
use crate::source::PlaceKind;

/// The crossings of one line over all time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// How many there are.
    pub tally: Tally,
}

impl Reader {
    /// How many crossings of each line there are, by source and line, without those of staff; and up to which
    /// place in the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn totals(&self) -> Result<(Seq, Vec<Total>), Error> {
        let (last, spots) = self.as_of_one_moment(|| Ok((self.last()?, self.read(quarters::spots_now)?)))?;
        let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
        for (_, spot) in spots.iter() {
            let (entered, left) = (spot.sums.entered.max(0) as u64, spot.sums.left.max(0) as u64);
            if entered + left > 0 {
                let names = (spot.source_name.clone(), spot.name.clone());
                let tally = tallies.entry(names).or_default();
                tally.entered += entered;
                tally.left += left;
            }
        }
        let total = |((source, line), tally)| Total { source, line, tally };
        Ok((last, tallies.into_iter().map(total).collect()))
    }

    /// The names under which something was counted: of lines (`Kind::Crossing`) or zones (`Kind::Visit`), in
    /// order, each once.
    pub(crate) fn names(&self, kind: Kind) -> Result<Vec<String>, Error> {
        let of_kind = if kind == Kind::Visit { SpotKind::Zone } else { SpotKind::Line };
        let spots = self.as_of_one_moment(|| self.read(quarters::spots_now))?;
        let met = spots.iter().filter(|(_, spot)| spot.kind == of_kind && spot.sums.entries > 0);
        let names: BTreeSet<_> = met.map(|(_, spot)| spot.name.clone()).collect();
        Ok(names.into_iter().collect())
    }

    /// The names of all lines, or zones, that were ever counted, passed or not, in order, each once.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn places(&self, kind: PlaceKind) -> Result<Vec<String>, Error> {
        let mut names: BTreeSet<String> = self.names(kind.event())?.into_iter().collect();
        let configured =
            self.collect("SELECT DISTINCT name FROM place WHERE kind = ?1", [kind.as_str()], |row| {
                row.get(0)
            })?;
        names.extend(configured);
        Ok(names.into_iter().collect())
    }

    /// These names of lines, or zones, as they are today: one that nothing has any more is that of whatever had it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn names_today(&self, kind: PlaceKind, names: &[String]) -> Result<Vec<String>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (known, spots) = (self.places(kind)?, self.spots()?);
        let mut today = Vec::new();
        for name in names {
            let others = if known.contains(name) { BTreeSet::new() } else { spots.since(kind, name) };
            if others.is_empty() {
                today.push(name.clone());
            }
            today.extend(others);
        }
        Ok(today)
    }

    /// Every source that was ever counted, by name, with its lines and zones.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn drawn(&self) -> Result<BTreeMap<String, Vec<(PlaceKind, String)>>, Error> {
        let sql = "SELECT DISTINCT source.name, place.kind, place.name FROM source
                   LEFT JOIN place ON place.source = source.id ORDER BY 1, 2, 3";
        let places = self.collect(sql, [], |row| {
            let place = row.get::<_, Option<String>>(1)?.zip(row.get::<_, Option<String>>(2)?);
            Ok((row.get::<_, String>(0)?, place))
        })?;
        let mut drawn = BTreeMap::<_, Vec<_>>::new();
        for (source, place) in places {
            let of_zone = PlaceKind::Zone.as_str();
            let kind = |kind: &str| if kind == of_zone { PlaceKind::Zone } else { PlaceKind::Line };
            drawn.entry(source).or_default().extend(place.map(|(of, name)| (kind(&of), name)));
        }
        Ok(drawn)
    }
}

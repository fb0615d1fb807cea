//! Which rows a query has in each period.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, Gapped, Query, RowKey, Span};
use crate::error::Error;
use crate::quarters::{self, SpotKind, Spots};
use crate::reader::Reader;
use crate::source::PlaceKind;

/// The rows of each period, and what each of them takes for uncounted.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) keys: Vec<RowKey>,
    /// What gaps are told of: every source that a row names, or all of them together.
    sources: Vec<RowKey>,
}

impl Rows {
    /// Which gaps are those of a row.
    pub(crate) fn gaps_of(&self, row: usize) -> usize {
        let source = &self.keys[row].source;
        self.sources.iter().position(|key| key.source == *source).unwrap_or(0)
    }

    /// What a line's crossings count as.
    pub(crate) fn of_lines<'q>(&'q self, query: &'q Query) -> Choice<'q> {
        Choice::rows(&self.keys, &query.lines, &query.sources)
    }

    /// What a source's gaps count as.
    pub(crate) fn of_sources<'q>(&'q self, query: &'q Query) -> Choice<'q> {
        Choice::rows(&self.sources, &[], &query.sources)
    }
}

impl Reader {
    /// One row for all lines and sources that were asked for, or one for each of them: with
    /// [`per_line`](Query::per_line) those of one name at two sources are two, and say at which.
    pub(crate) fn rows(&self, query: &Query) -> Result<Rows, Error> {
        let keys = match (query.per_source, query.per_line) {
            (false, false) => vec![RowKey::default()],
            (true, false) => {
                let mut sources = self.sources()?;
                sources.retain(|source| query.sources.is_empty() || query.sources.contains(source));
                sources.sort();
                sources.dedup();
                sources.into_iter().map(|source| RowKey { source: Some(source), name: None }).collect()
            }
            (is_labelled, true) => self.line_rows(query, is_labelled)?,
        };
        let named: BTreeSet<_> = keys.iter().map(|key| key.source.clone()).collect();
        let mut sources: Vec<_> = named.into_iter().map(|source| RowKey { source, name: None }).collect();
        if sources.is_empty() {
            sources.push(RowKey::default());
        }
        Ok(Rows { keys, sources })
    }

    fn line_rows(&self, query: &Query, is_labelled: bool) -> Result<Vec<RowKey>, Error> {
        let mut sources_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (source, line) in self.lines_with_sources(!query.lines.is_empty())? {
            let is_source = query.sources.is_empty() || query.sources.contains(&source);
            if is_source && (query.lines.is_empty() || query.lines.contains(&line)) {
                sources_of.entry(line).or_default().insert(source);
            }
        }
        if is_labelled || sources_of.values().any(|sources| sources.len() > 1) {
            let each = sources_of.into_iter().flat_map(|(line, sources)| {
                sources
                    .into_iter()
                    .map(move |source| RowKey { source: Some(source), name: Some(line.clone()) })
            });
            let mut rows: Vec<_> = each.collect();
            if is_labelled {
                rows.sort();
            }
            return Ok(rows);
        }
        let mut names: Vec<String> =
            if query.lines.is_empty() { self.names(crate::Kind::Crossing)? } else { query.lines.clone() };
        names.sort();
        names.dedup();
        Ok(names.into_iter().map(|name| RowKey { source: None, name: Some(name) }).collect())
    }

    /// Every line that was passed, with its source; with `drawn` also those that were only looked at.
    fn lines_with_sources(&self, drawn: bool) -> Result<BTreeSet<(String, String)>, Error> {
        let spots = self.as_of_one_moment(|| self.read(quarters::spots_now))?;
        let passed = spots.iter().filter(|(_, spot)| spot.kind == SpotKind::Line && spot.sums.entries > 0);
        let mut lines: BTreeSet<_> =
            passed.map(|(_, spot)| (spot.source_name.clone(), spot.name.clone())).collect();
        if drawn {
            for (source, places) in self.drawn()? {
                let of_lines = places.into_iter().filter(|(kind, _)| *kind == PlaceKind::Line);
                lines.extend(of_lines.map(|(_, name)| (source.clone(), name)));
            }
        }
        Ok(lines)
    }

    /// What of `whole` is not counted and begins before `scanned`, for each of the sources that rows name.
    pub(super) fn gaps_of_rows(
        &self,
        query: &Query,
        rows: &Rows,
        whole: Span,
        scanned: i64,
        spots: &mut Spots,
    ) -> Result<Vec<Gapped>, Error> {
        let of_source = |source: &RowKey| match &source.source {
            None => self.gaps_before(query, whole, scanned, spots),
            Some(name) => {
                let query = Query { sources: vec![name.clone()], ..query.clone() };
                self.gaps_before(&query, whole, scanned, spots)
            }
        };
        rows.sources.iter().map(of_source).collect()
    }
}

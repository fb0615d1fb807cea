//! Counts of the ledger in buckets, at most so many at a time.

use footfall_config::shown_name;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Error, Query, Reader};
use footfall_serve::{Bucket, Counts};

/// Why counting up ended early.
enum Stop {
    /// There are enough buckets; on with this period.
    Enough(Timestamp),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What is asked for, in whole periods, until there are `limit` buckets; and with which period to go on.
pub(super) fn counts(reader: &Reader, asked: &Query, limit: usize) -> Result<Counts, Error> {
    let mut buckets: Vec<Bucket> = Vec::new();
    let read = reader.each_tally(asked, |tally| {
        if buckets.len() >= limit && buckets.last().is_some_and(|last| last.start < tally.from) {
            return Err(Stop::Enough(tally.from));
        }
        buckets.push(Bucket {
            start: tally.from,
            source: shown_name(&tally.source),
            line: tally.line,
            entered: tally.tally.entered,
            left: tally.tally.left,
            role: tally.standing.role,
            in_total: tally.standing.in_total,
            doubt: tally.doubt,
        });
        Ok(())
    });
    let next = match read {
        Ok(()) => None,
        Err(Stop::Enough(next)) => Some(next),
        Err(Stop::Failed(error)) => return Err(error),
    };
    Ok(Counts { buckets: in_order(buckets), next })
}

/// By start, source and line. Sources that are shown under one name are one.
fn in_order(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    fn key(bucket: &Bucket) -> (Timestamp, &str, &str, bool) {
        (bucket.start, &bucket.source, &bucket.line, bucket.in_total)
    }
    buckets.sort_by(|a, b| key(a).cmp(&key(b)));
    buckets.dedup_by(|next, last| {
        let is_same = key(next) == key(last);
        if is_same {
            last.entered += next.entered;
            last.left += next.left;
            last.doubt.absorb(next.doubt);
        }
        is_same
    });
    buckets
}

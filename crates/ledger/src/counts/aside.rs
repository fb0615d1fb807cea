//! What happens beside crossings, in order of time.

use crate::quarters::{Company, Quarter, Stretch};

/// A stay, or people who came in together.
pub(super) enum Aside<'a> {
    Visit(&'a Stretch),
    Company(&'a Company),
}

impl Aside<'_> {
    pub(super) fn at(&self) -> i64 {
        match self {
            Self::Visit(visit) => visit.from,
            Self::Company(company) => company.at,
        }
    }
}

/// What a quarter has beside crossings before `end`, by time.
pub(super) fn aside(quarter: &Quarter, end: i64) -> Vec<Aside<'_>> {
    let visits = quarter.visits.iter().map(Aside::Visit);
    let mut all: Vec<_> = visits.chain(quarter.companies.iter().map(Aside::Company)).collect();
    all.retain(|other| other.at() < end);
    all.sort_by_key(Aside::at);
    all
}

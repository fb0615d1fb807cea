//! What the interface answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All shops.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shops {
    /// By name.
    pub shops: Vec<Shop>,
    /// Messages that were put aside, as they mean nothing or were not that shop's to send.
    pub refused: u64,
    /// What is wrong at the office itself, in words.
    pub troubles: Vec<String>,
}

/// A shop, in short.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Shop {
    /// The name that it was enrolled under.
    pub shop: String,
    /// Its time zone.
    pub zone: String,
    /// When it was heard of last.
    #[schema(format = DateTime)]
    pub seen: Option<String>,
    /// Whether it has not been heard of for two minutes.
    pub silent: bool,
    /// The program's version there.
    pub version: Option<String>,
    /// Its sources, as it says.
    pub sources: Vec<SourceShown>,
    /// In since the shop's midnight.
    pub entered_today: u64,
    /// Out since the shop's midnight.
    pub left_today: u64,
    /// In on the same weekday a week ago, up to the same time of day.
    pub entered_week_ago: u64,
    /// Out, likewise.
    pub left_week_ago: u64,
    /// Spans of its ledgers that are missing, and asked for.
    pub gaps: u64,
    /// Spans that were missing, and of which something is lost.
    pub losses: u64,
    /// Entries that came under a name that another one has.
    pub conflicts: u64,
    /// About how many entries are on their way.
    pub behind: u64,
}

/// A source of a shop's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SourceShown {
    /// Its name.
    pub name: String,
    /// `good`, `poor`, `lost`, `starting` or `ended`.
    pub health: String,
    /// What is wrong, in words.
    pub problems: Vec<String>,
}

/// What stands behind a shop's counts.
#[derive(Deserialize)]
pub(super) struct Behind {
    pub(super) hours: Vec<Hour>,
    pub(super) days: Vec<Day>,
    pub(super) uncounted: Vec<Uncounted>,
    pub(super) ledgers: Vec<LedgerShown>,
    pub(super) gaps: Vec<Gap>,
}

/// A shop, with what stands behind its counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopDetail {
    /// In short.
    pub shop: Shop,
    /// Today, by line and hour.
    pub hours: Vec<Hour>,
    /// The last four weeks.
    pub days: Vec<Day>,
    /// For how long nobody counted today.
    pub uncounted: Vec<Uncounted>,
    /// Its ledgers.
    pub ledgers: Vec<LedgerShown>,
    /// What is missing, and what was lost; the newest first.
    pub gaps: Vec<Gap>,
}

/// A line's counts in an hour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Hour {
    /// When it began.
    #[schema(format = DateTime)]
    pub hour: String,
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// In.
    pub entered: u64,
    /// Out.
    pub left: u64,
    /// How many of them are expected not to have taken place.
    pub doubt: Option<f64>,
    /// What the line is for.
    pub role: String,
    /// Whether it is in the totals.
    pub in_total: bool,
}

/// A day's counts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Day {
    /// By the shop's calendar.
    #[schema(format = Date)]
    pub day: String,
    /// In.
    pub entered: u64,
    /// Out.
    pub left: u64,
    /// How many of them are expected not to have taken place.
    pub doubt: Option<f64>,
}

/// For how long nobody counted in an hour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Uncounted {
    /// When the hour began.
    #[schema(format = DateTime)]
    pub hour: String,
    /// The source's name.
    pub source: String,
    /// In seconds.
    pub seconds: f64,
}

/// A ledger of a shop's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerShown {
    /// Its identity.
    pub ledger: String,
    /// The last entry that is here.
    pub last: u64,
    /// Where it ends, as the shop says.
    pub head: u64,
    /// Up to where the hub has confirmed it.
    pub confirmed: u64,
    /// Until when was counted, as far as is known.
    #[schema(format = DateTime)]
    pub counted_until: Option<String>,
}

/// A span of a ledger that is, or was, missing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// The ledger's identity.
    pub ledger: String,
    /// The first number that is missing,
    pub first: u64,
    /// and the last one.
    pub last: u64,
    /// Since when it is known.
    #[schema(format = DateTime)]
    pub found: String,
    /// How often the shop was asked for it.
    pub asked: u64,
    /// When it was asked last.
    #[schema(format = DateTime)]
    pub asked_at: Option<String>,
    /// When the shop said what there is.
    #[schema(format = DateTime)]
    pub closed: Option<String>,
    /// Why some of it is missing for good.
    pub lost: Option<String>,
}

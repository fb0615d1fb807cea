//! What the interface answers.

use footfall_count::{CountInterval, Unsure};
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
    /// How many.
    #[serde(flatten)]
    pub ways: Ways,
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
    /// How many.
    #[serde(flatten)]
    pub ways: Ways,
}

/// In and out, with the ranges in which the true numbers lie with a probability of 95%.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(from = "Counted")]
pub struct Ways {
    /// In.
    pub entered: u64,
    /// The least that it may be,
    pub entered_low: u64,
    /// and the most.
    pub entered_high: u64,
    /// Out.
    pub left: u64,
    /// The least that it may be,
    pub left_low: u64,
    /// and the most.
    pub left_high: u64,
}

/// In and out, and how far that is in doubt, as the views have it.
#[derive(Deserialize)]
struct Counted {
    entered: u64,
    left: u64,
    entered_none: f64,
    entered_hidden: f64,
    left_none: f64,
    left_hidden: f64,
}

impl From<Counted> for Ways {
    fn from(counted: Counted) -> Self {
        let Counted { entered, left, entered_none, entered_hidden, left_none, left_hidden } = counted;
        let of_in = CountInterval::of(entered, Unsure { none: entered_none, hidden: entered_hidden });
        let of_out = CountInterval::of(left, Unsure { none: left_none, hidden: left_hidden });
        Self {
            entered,
            entered_low: of_in.low,
            entered_high: of_in.high,
            left,
            left_low: of_out.low,
            left_high: of_out.high,
        }
    }
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

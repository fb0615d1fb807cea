//! Hours, days, weeks and months of a shop's own calendar.

use jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};
use serde::{Deserialize, Serialize};

/// What counts are added up over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OfficePeriod)]
pub enum Period {
    /// Sixty minutes.
    #[default]
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday on.
    Week,
    /// From the first on.
    Month,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// When the period of `at` begins.
    pub(super) fn floor(self, at: &ZonedDateTime) -> Result<ZonedDateTime, jiff::Error> {
        match self {
            Self::Hour => {
                // Where clocks are set back an hour is there twice: it is the one that it was in.
                let into = i64::from(at.minute()) * 60 + i64::from(at.second());
                let start = at.timestamp() - SignedDuration::from_secs(into);
                let whole = Timestamp::from_second(start.as_second())?;
                Ok(whole.to_zoned_datetime(at.time_zone().clone()))
            }
            Self::Day => at.start_of_day(),
            Self::Week => {
                let days = i64::from(at.weekday().to_monday_zero_offset());
                at.checked_sub(days.days())?.start_of_day()
            }
            Self::Month => at.first_of_month()?.start_of_day(),
        }
    }

    /// When the period after the one that begins at `start` begins.
    pub(super) fn next(self, start: &ZonedDateTime) -> Result<ZonedDateTime, jiff::Error> {
        match self {
            Self::Hour => start.checked_add(1.hour()),
            Self::Day => start.checked_add(1.day())?.start_of_day(),
            Self::Week => start.checked_add(1.week())?.start_of_day(),
            Self::Month => start.checked_add(1.month())?.start_of_day(),
        }
    }
}

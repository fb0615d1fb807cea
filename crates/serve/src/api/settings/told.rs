//! Settings as they are told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AlertConfig, Role, Settings, SourceSetting, StaffSetting};

/// Settings as they stand in the configuration file.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Told {
    /// Sources that the file names.
    sources: Vec<Source>,
    tokens: Vec<Token>,
    /// Those who work there and are not counted.
    staff: Vec<Employee>,
    hours: Week,
    /// What somebody wants to be told of.
    alerts: Vec<AlertConfig>,
    /// Whether something has changed that is in effect only after a restart.
    needs_restart: bool,
}

/// When it is open on each day of the week, as `09:00-12:00, 13:00-18:30`; empty where it is closed.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Week {
    mon: String,
    tue: String,
    wed: String,
    thu: String,
    fri: String,
    sat: String,
    sun: String,
}

impl From<[String; 7]> for Week {
    fn from([mon, tue, wed, thu, fri, sat, sun]: [String; 7]) -> Self {
        Self { mon, tue, wed, thu, fri, sat, sun }
    }
}

impl From<Week> for [String; 7] {
    fn from(week: Week) -> Self {
        let Week { mon, tue, wed, thu, fri, sat, sun } = week;
        [mon, tue, wed, thu, fri, sat, sun]
    }
}

/// A source of the configuration.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceSetting)]
struct Source {
    name: String,
    /// Without its password.
    address: String,
    /// Whether it is counted now.
    is_running: bool,
}

/// Who may see or change what.
#[derive(Serialize, ToSchema)]
struct Token {
    name: String,
    role: Role,
}

/// Somebody who works there.
#[derive(Serialize, ToSchema)]
struct Employee {
    name: String,
    #[schema(value_type = String, format = DateTime)]
    since: String,
    /// When they are forgotten: clothes change.
    #[schema(value_type = String, format = DateTime)]
    expires: String,
}

impl From<Settings> for Told {
    fn from(settings: Settings) -> Self {
        let source = |SourceSetting { name, address, is_running }| Source {
            name,
            address: address.to_string(),
            is_running,
        };
        let employee = |StaffSetting { name, since, expires }| Employee {
            name,
            since: since.to_string(),
            expires: expires.to_string(),
        };
        Self {
            sources: settings.sources.into_iter().map(source).collect(),
            tokens: settings.tokens.into_iter().map(|(name, role)| Token { name, role }).collect(),
            staff: settings.staff.into_iter().map(employee).collect(),
            hours: settings.hours.into(),
            alerts: settings.alerts,
            needs_restart: settings.needs_restart,
        }
    }
}

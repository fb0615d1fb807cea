//! Settings as they are told.

use serde::Serialize;
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
    /// What somebody wants to be told of.
    alerts: Vec<AlertConfig>,
    /// Whether something has changed that is in effect only after a restart.
    needs_restart: bool,
}

/// A source of the configuration.
#[derive(Serialize, ToSchema)]
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
            alerts: settings.alerts,
            needs_restart: settings.needs_restart,
        }
    }
}

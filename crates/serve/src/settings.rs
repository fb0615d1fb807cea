//! Settings that their owner changes on the page: what there is, and what can become of it.

use std::sync::Arc;

use footfall_private::Place;
use jiff::Timestamp;

use crate::{AlertConfig, Role, TokenConfig};

/// Settings as they stand in the configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Sources that the configuration names, in its order.
    pub sources: Vec<SourceSetting>,
    /// Who may see and change what.
    pub tokens: Vec<(String, Role)>,
    /// Those who work there and are not counted.
    pub staff: Vec<StaffSetting>,
    /// When it is open, from Monday on, as `09:00-12:00, 13:00-18:30`; empty where it is closed.
    pub hours: [String; 7],
    /// What somebody wants to be told of.
    pub alerts: Vec<AlertConfig>,
    /// Whether something has changed that is in effect only after a restart.
    pub needs_restart: bool,
}

/// A source of the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSetting {
    /// Its name.
    pub name: String,
    /// Where it is; told without its password. Of a file its name alone.
    pub address: Place,
    /// Whether it is counted now.
    pub is_running: bool,
}

/// Somebody who works there.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffSetting {
    /// What they are called.
    pub name: String,
    /// When they were enrolled.
    pub since: Timestamp,
    /// When they are forgotten.
    pub expires: Timestamp,
}

/// What is to become of the settings.
#[derive(Clone, Debug)]
pub enum Change {
    /// One more source.
    AddSource {
        /// What it is to be called.
        name: String,
        /// Where it is.
        address: Place,
    },
    /// A source is elsewhere now. `***` in the address stands for the user and password that it has.
    MoveSource {
        /// Which.
        name: String,
        /// Where it is.
        address: Place,
    },
    /// A source is no longer counted.
    RemoveSource {
        /// Which.
        name: String,
    },
    /// One more token.
    AddToken(TokenConfig),
    /// A token is no longer accepted.
    RemoveToken {
        /// Whose.
        name: String,
    },
    /// It is open then, from Monday on; on days without hours it is closed.
    SetHours([String; 7]),
    /// Somebody wants to be told of one thing more.
    AddAlert(Box<AlertConfig>),
    /// Nobody is told of it any more.
    RemoveAlert {
        /// What it is called.
        name: String,
    },
    /// Somebody works there.
    Enrol {
        /// What they are called.
        name: String,
        /// How they look, each of unit length.
        looks: Vec<Arc<[f32]>>,
        /// For so many days.
        days: u16,
    },
    /// Somebody does not work there any more.
    Forget {
        /// What they are called.
        name: String,
    },
}

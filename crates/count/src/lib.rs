//! Directed lines, zones, and the people who really pass them.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same tracks give the
//! same crossings.

mod anchor;
mod confidence;
mod config;
mod counter;
mod crossing;
mod health;
mod interval;
mod line;
mod look;
mod newcomer;
mod path;
mod person;
mod relation;
mod role;
mod shape;
mod sight;
mod site;
mod staff;
mod stature;
mod visit;
mod visitors;
mod zone;

pub use anchor::{Anchor, AnchorError};
pub use config::{Config, ConfigError};
pub use counter::Counter;
pub use crossing::{Crossing, Direction, Reason, Tally};
pub use health::{Condition, HealthChange, Uncounted};
pub use interval::{CountInterval, Doubt};
pub use line::Line;
pub use role::Role;
pub use shape::{Kind as ShapeKind, ShapeError};
pub use site::{Day, Site};
pub use staff::{Employee, Staff};
pub use visit::{Visit, ZoneTally};
pub use visitors::{Visitor, VisitorConfig, Visitors};
pub use zone::{Mask, Zone};

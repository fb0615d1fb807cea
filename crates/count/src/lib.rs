//! Directed lines, zones, and the people who really pass them.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same tracks give the
//! same crossings.
//!
//! Somebody who walks from left to right over a line that is drawn upwards comes in:
//!
//! ```
//! use std::time::Duration;
//! use footfall_count::{Config, Counter, Direction, Line};
//! use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};
//!
//! let line: Line = "door:200,400,200,0".parse()?;
//! let mut counter = Counter::new(vec![line], Config::default())?;
//! let mut crossings = Vec::new();
//! for frame in 1..60_u32 {
//!     let bbox = Bbox::new(50.0 + 6.0 * f64::from(frame), 100.0, 40.0, 100.0);
//!     let tracked = TrackedBox { id: TrackId(1), bbox, confidence: 0.9, detection: 0 };
//!     let step = Step { tracks: vec![tracked], ..Step::default() };
//!     let time = frame * Duration::from_millis(40);
//!     crossings.extend(counter.step(frame.into(), time, &step, &Embeddings::default()));
//! }
//! crossings.extend(counter.finish());
//! assert_eq!(crossings.len(), 1);
//! assert_eq!(crossings[0].direction, Direction::In);
//! assert_eq!(counter.tallies()[0].entered, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod across;
mod anchor;
mod confidence;
mod config;
mod counter;
mod crossing;
mod follower;
mod groups;
mod health;
mod interval;
mod layout;
mod line;
mod look;
mod newcomer;
mod path;
mod person;
mod proposal;
mod relation;
mod role;
mod shape;
mod sighting;
mod site;
mod staff;
mod stature;
mod view;
mod visibility;
mod visible;
mod visit;
mod visitors;
mod zone;

pub use across::{
    Across, AcrossError, Answer, Elsewhere, Passage, Passing, SiteCamera, SiteConfig, SiteSums, Stay, Ticket,
    Travel, Why,
};
pub use anchor::{Anchor, AnchorError};
pub use config::{Config, ConfigError};
pub use counter::Counter;
pub use crossing::{Crossing, Direction, Reason, Tally};
pub use follower::{Follower, Seen};
pub use groups::{Group, GroupConfig, GroupTally};
pub use health::{Advice, Condition, HealthChange, Uncounted};
pub use interval::{CountInterval, Doubt, Unsure};
pub use layout::{Layout, LayoutError, PartLayout};
pub use line::Line;
pub use proposal::{Proposal, propose};
pub use role::Role;
pub use shape::{Kind as ShapeKind, ShapeError};
pub use site::{Day, Site};
pub use staff::{Employee, Staff};
pub use view::View;
pub use visibility::{Signs, Trail, Visibility, is_away};
pub use visible::{Ground, Uncountable, Visible};
pub use visit::{Visit, ZoneTally};
pub use visitors::{Arrival, Calibration, Estimate, Range, Visitor, VisitorConfig, Visitors, VisitorsMemory};
pub use zone::{Mask, Zone};

//! `bench cameras`: how many cameras one device carries, and how late their scenes are.
//!
//! The pipeline is the real one, with the real networks, tracker and counter; only the cameras are made up,
//! so that they cost next to nothing and have as many people as is wished.

mod args;
mod camera;
mod networks;
mod report;
mod scene;
mod search;

use std::sync::{Arc, PoisonError};

use footfall_count::{Counter, Line};
use footfall_pipeline::{BoxError, Lane, Outcome, Parts, Pipeline, Stop};
use footfall_track::Tracker;

pub use args::{CamerasArgs, FrameSize};
use camera::{Arrivals, Camera, Clocking, Schedule};
use networks::Networks;
pub(crate) use report::CamerasReport;
use report::Row;
use scene::{Scene, SharedScene};

use crate::{BuiltIn, Error, picture};

/// Everything that all tries have in common.
struct Rig<'a> {
    args: &'a CamerasArgs,
    sharing: args::Sharing,
    networks: Networks,
    scene: SharedScene,
}

/// Tries numbers of cameras, or the one that is named.
///
/// # Errors
/// When a network cannot be used, or a pipeline fails.
pub(crate) fn measure(
    args: &CamerasArgs,
    built_in: Option<BuiltIn<'_>>,
    say: &dyn Fn(&str),
) -> Result<CamerasReport, Error> {
    let runtime = crate::report::load(&args.host, say)?;
    let sharing = args.sharing(runtime.device());
    let networks = Networks::open(&runtime, args, sharing, built_in)?;
    let scene = Scene::new(&picture::load(&args.host.pictures)?, args.size, args.people.into())?;
    let mut report = CamerasReport::new(args, &runtime, sharing, networks.told.clone());
    let rig = Rig { args, sharing, networks, scene: Arc::new(scene) };
    let mut carries = |cameras: usize| {
        let row = rig.run(cameras)?;
        say(&row.words());
        let is_carried = row.is_carried;
        report.rows.push(row);
        Ok::<_, Error>(is_carried)
    };
    if let Some(cameras) = args.cameras.map(usize::from) {
        report.carried = if carries(cameras)? { cameras } else { 0 };
        report.may_carry_more = report.carried > 0;
    } else {
        let most = usize::from(args.at_most);
        report.carried = search::largest(most, carries)?;
        report.may_carry_more = report.carried == most;
    }
    Ok(report)
}

impl Rig<'_> {
    /// One pipeline over so many cameras.
    fn run(&self, cameras: usize) -> Result<Row, Error> {
        let schedule = Arc::new(Schedule::new(cameras, self.args.fps, self.args.seconds));
        let arrivals = Arrivals::default();
        let lane = |camera| self.lane(camera, &schedule, &arrivals).map_err(Error::Lane);
        let pipeline = Pipeline {
            lanes: (0..cameras).map(lane).collect::<Result<_, _>>()?,
            detectors: self.networks.detectors(&self.scene),
            embedders: self.networks.embedders(),
        };
        let outcome = succeeded(pipeline.run(&self.sharing.options(), &Stop::new()))?;
        let arrivals = std::mem::take(&mut *arrivals.lock().unwrap_or_else(PoisonError::into_inner));
        let offered = cameras as f64 * self.args.fps;
        Ok(Row::new(&schedule, offered, self.args.max_dropped, &arrivals, &outcome))
    }

    /// A camera with a tracker, and a counter with one line down the middle.
    fn lane(&self, camera: usize, schedule: &Arc<Schedule>, arrivals: &Arrivals) -> Result<Lane, BoxError> {
        let mut config = footfall_track::Config::of(self.args.preset());
        config.frame_rate = self.args.fps;
        if let Some(distance) = self.networks.max_cosine_distance {
            config.max_cosine_distance = distance as f32;
        }
        let line: Line = "middle:50%,0%,50%,100%".parse()?;
        let sink = Clocking { camera, schedule: Arc::clone(schedule), arrivals: Arc::clone(arrivals) };
        let parts = Parts {
            source: Box::new(Camera::new(camera, self.args.size, &self.scene, schedule)),
            tracker: Tracker::new(config)?,
            counter: Counter::new(vec![line], footfall_count::Config::default())?,
            sinks: vec![Box::new(sink)],
            inspectors: Vec::new(),
            sight: None,
        };
        Ok(Lane::new(format!("camera {camera}"), parts))
    }
}

/// The outcome, unless something in the run failed.
fn succeeded(mut outcome: Outcome) -> Result<Outcome, Error> {
    let of_a_lane = outcome.lanes.iter_mut().find_map(|lane| lane.error.take());
    outcome.error.take().or(of_a_lane).map_or(Ok(outcome), |error| Err(Error::Run(error)))
}

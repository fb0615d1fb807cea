//! The last people who passed a line: a small picture of each and how they look, in memory alone.
//!
//! Whoever counts hands a frame over and goes on: it is made a JPEG on the server's threads, and where these are
//! behind it is let go. Nothing of it is ever written down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use crate::live::View;
use crate::{Entry, Live, Passing};

/// So many are kept: as many as the page lists.
const MOST: usize = 64;
/// Frames that may wait to be made pictures: each holds its pixels.
const WAITING: usize = 8;
/// A picture is at most so many pixels wide.
const WIDTH: u32 = 320;
/// Of JPEG.
const QUALITY: u8 = 80;
/// How far around somebody is shown, in sizes of their box to each side.
const AROUND: f64 = 0.5;

/// What is kept of the last crossings.
#[derive(Default)]
pub(crate) struct Passings(Mutex<VecDeque<Kept>>);

struct Kept {
    source: String,
    passing: Passing,
    /// Empty until it is made; `None` where it cannot be.
    picture: watch::Receiver<Option<Bytes>>,
}

impl Passings {
    /// Keeps those of the sources of `live` from now on, on the current runtime.
    pub(crate) fn start(live: &Live) -> Arc<Self> {
        let passings = Arc::new(Self::default());
        let (sender, mut decided) = mpsc::channel::<Making>(WAITING);
        let keeping = passings.clone();
        live.tell_passings(move |source, view| {
            // Whoever counts never waits: without a place there is no picture.
            if let Ok(place) = sender.try_reserve() {
                place.send(keeping.keep(source, view));
            }
        });
        tokio::spawn(async move {
            while let Some(making) = decided.recv().await {
                // One that panicked is the log's business, and none of the others'.
                let _ = spawn_blocking(move || making.make()).await;
            }
        });
        passings
    }

    /// Notes who passed in a frame; gives what is left to do.
    fn keep(&self, source: &str, view: &Arc<View>) -> Making {
        let mut pictures = Vec::new();
        let mut kept = self.kept();
        for passing in &view.crossings {
            let (made, picture) = watch::channel(None);
            pictures.push(Wanted { bbox: passing.bbox, made });
            kept.push_back(Kept { source: source.to_owned(), passing: passing.clone(), picture });
        }
        let surplus = kept.len().saturating_sub(MOST);
        kept.drain(..surplus);
        Making { view: view.clone(), pictures }
    }

    /// Whether there is, or will be, a picture of a crossing, and whether it is known how they look.
    pub(crate) fn has(&self, entry: &Entry) -> (bool, bool) {
        self.find(entry, |kept| (true, kept.passing.look.is_some())).unwrap_or_default()
    }

    /// The picture of a crossing, as soon as it is made.
    pub(crate) async fn picture(&self, entry: &Entry) -> Option<Bytes> {
        let mut picture = self.find(entry, |kept| kept.picture.clone())?;
        let made = picture.wait_for(Option::is_some).await;
        made.ok().and_then(|made| made.clone())
    }

    /// How somebody looks who passed.
    pub(crate) fn look(&self, entry: &Entry) -> Option<Arc<[f32]>> {
        self.find(entry, |kept| kept.passing.look.clone()).flatten()
    }

    fn find<T>(&self, entry: &Entry, take: impl FnOnce(&Kept) -> T) -> Option<T> {
        let is = |kept: &&Kept| {
            let passing = &kept.passing;
            // Numbers begin anew with each run: of two runs the times differ.
            (&kept.source, &passing.line, passing.track, passing.frame)
                == (&entry.source, &entry.line, entry.track, entry.frame)
                && (passing.time - entry.time).abs() < 1e-5
        };
        self.kept().iter().rev().find(is).map(take)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pictures that are still to be made of a frame.
struct Making {
    view: Arc<View>,
    pictures: Vec<Wanted>,
}

struct Wanted {
    bbox: [f64; 4],
    made: watch::Sender<Option<Bytes>>,
}

impl Making {
    fn make(self) {
        for Wanted { bbox, made } in self.pictures {
            match self.view.picture.part(around(bbox), WIDTH, QUALITY) {
                Ok(jpeg) => drop(made.send_replace(Some(jpeg.into()))),
                Err(error) => tracing::warn!("a picture of a crossing could not be made: {error}"),
            }
        }
    }
}

/// A box with what is around it.
fn around([x, y, width, height]: [f64; 4]) -> [f64; 4] {
    let (dx, dy) = (AROUND * width.max(0.4 * height), AROUND * 0.5 * height);
    [x - dx, y - dy, width + 2.0 * dx, height + 2.0 * dy]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{MOST, Passings};
    use crate::live::View;
    use crate::{Entry, Passing, Picture, PortError};

    struct Area;

    impl Picture for Area {
        fn jpeg(&self, _: u32, _: u8) -> Result<Vec<u8>, PortError> {
            Err("the whole is not asked for".into())
        }

        fn part(&self, [x, ..]: [f64; 4], _: u32, _: u8) -> Result<Vec<u8>, PortError> {
            if x < 0.0 { Err("there is nothing there".into()) } else { Ok(vec![x as u8]) }
        }
    }

    fn view(frame: u64, at: f64) -> Arc<View> {
        let passing = Passing {
            line: "door".into(),
            track: frame,
            frame,
            time: frame as f64,
            bbox: [at, 0.0, 10.0, 10.0],
            look: (frame == 1).then(|| vec![1.0].into()),
        };
        Arc::new(View {
            frame,
            time: frame as f64,
            width: 100,
            height: 100,
            anchor: footfall_count::Anchor::Feet,
            windows: Vec::new(),
            people: Vec::new(),
            zones: Vec::new(),
            visitors: None,
            crossings: vec![passing],
            picture: Arc::new(Area),
        })
    }

    fn entry(frame: u64) -> Entry {
        Entry {
            sequence: 1,
            identity: String::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            source: "front".into(),
            line: "door".into(),
            direction: footfall_count::Direction::In,
            track: frame,
            frame,
            time: frame as f64,
            confidence: None,
            reasons: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_crossing_has_its_own_picture_and_the_oldest_make_room() {
        let passings = Passings::default();
        passings.keep("front", &view(1, 55.0)).make();
        passings.keep("front", &view(2, -50.0)).make();
        assert_eq!(passings.has(&entry(1)), (true, true));
        assert_eq!(passings.picture(&entry(1)).await.unwrap()[..], [50]);
        assert_eq!(passings.look(&entry(1)).unwrap()[..], [1.0]);
        assert_eq!(passings.picture(&entry(2)).await, None, "it could not be made");
        let of_another_run = Entry { time: 1.5, ..entry(1) };
        assert_eq!(passings.has(&of_another_run), (false, false));
        assert_eq!(passings.has(&Entry { source: "back".into(), ..entry(1) }), (false, false));
        (3..3 + MOST as u64).for_each(|frame| passings.keep("front", &view(frame, 9.0)).make());
        assert_eq!((passings.has(&entry(2)).0, passings.has(&entry(3)).0), (false, true));
    }
}

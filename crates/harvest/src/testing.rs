//! Pictures, scenes and candidates for tests.

use std::sync::Arc;
use std::time::Duration;

use footfall_count::Seen;
use footfall_pipeline::{Frame, Image, Look, Scene};
use footfall_track::{Bbox, Detection, Observations, TrackId, TrackedBox};

/// A grey picture.
pub(crate) fn painted(width: usize, height: usize, grey: impl Fn(usize, usize) -> u8) -> Image {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes: Vec<u8> = pixels.flat_map(|(x, y)| [grey(x, y); 3]).collect();
    Image::new(width, height, Arc::new(bytes)).unwrap()
}

/// A picture of 320x240, full of detail that is another in every frame.
pub(crate) fn busy(number: u64) -> Image {
    painted(320, 240, |x, y| {
        let cell = (x / 6 + 53 * (y / 6)) as u64;
        ((cell + 977 * number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
    })
}

/// Frame `number` of 10 a second, with a track for each (id, box, score).
pub(crate) fn scene(number: u64, image: Image, people: &[(u64, Bbox, f32)]) -> Scene {
    let detections = people.iter().map(|&(_, bbox, confidence)| Detection { bbox, confidence }).collect();
    let track = |(detection, &(id, bbox, confidence)): (usize, &(u64, Bbox, f32))| TrackedBox {
        id: TrackId(id),
        bbox,
        confidence,
        detection,
    };
    Scene {
        frame: Frame { number, time: Duration::from_millis(100 * (number - 1)), image },
        observations: Observations::without_appearance(detections),
        seen: Seen { tracks: people.iter().enumerate().map(track).collect(), ..Seen::default() },
        look: Look::default(),
    }
}

//! What the cameras see: people who sway, the same few frames over and over.

use std::sync::Arc;

use footfall_pipeline::Image;
use footfall_track::{Bbox, Detection};

use super::args::FrameSize;
use crate::{Error, picture};

/// Frames after which it begins anew: enough that each is read from memory rather than from a cache.
const FRAMES: usize = 16;
/// How far people sway to either side, in their widths.
const SWAY: f64 = 0.15;
/// A score that no tracker doubts.
const SCORE: f32 = 0.9;

/// Frames that were made beforehand, and where people are in each.
pub(crate) struct Scene {
    frames: Vec<(Image, Vec<Detection>)>,
}

/// One person: a piece of a picture, and the corner where it stands in the middle of its sway.
struct Person {
    look: Vec<u8>,
    width: usize,
    height: usize,
    left: f64,
    top: usize,
    phase: f64,
}

impl Scene {
    /// So many people, cut out of the pictures in turns, before the first picture; nobody in the dark without
    /// any.
    ///
    /// # Errors
    /// When no picture can be made of the size.
    pub(crate) fn new(pictures: &[Image], size: FrameSize, people: usize) -> Result<Self, Error> {
        let pictures: Vec<Vec<u8>> = pictures.iter().map(|picture| resize(picture, size)).collect();
        let ground = pictures.first().cloned().unwrap_or_else(|| vec![0; 3 * size.width * size.height]);
        let boxes =
            picture::people(&picture::of("the ground", size.width, size.height, ground.clone())?, people);
        let looks = pictures.iter().cycle();
        let people: Vec<_> = boxes
            .iter()
            .zip(looks)
            .enumerate()
            .map(|(index, (bbox, picture))| Person::cut(picture, size, bbox, index))
            .collect();
        let frame = |number: usize| {
            let mut bytes = ground.clone();
            let share = number as f64 / FRAMES as f64;
            let seen = people.iter().map(|person| person.draw(&mut bytes, size, share)).collect();
            Ok((picture::of("a frame", size.width, size.height, bytes)?, seen))
        };
        Ok(Self { frames: (0..FRAMES).map(frame).collect::<Result<_, Error>>()? })
    }

    /// The frame of this number, from any on.
    pub(crate) fn frame(&self, number: usize) -> &Image {
        &self.frames[number % self.frames.len()].0
    }

    /// Who is in a picture that [`Scene::frame`] gave; nobody in any other.
    pub(crate) fn people_in(&self, image: &Image) -> &[Detection] {
        let is_it = |(frame, _): &&(Image, _)| std::ptr::eq(frame.bytes(), image.bytes());
        self.frames.iter().find(is_it).map_or(&[], |(_, people)| people)
    }
}

impl Person {
    fn cut(picture: &[u8], size: FrameSize, bbox: &Bbox, index: usize) -> Self {
        let (left, top) = (bbox.x as usize, bbox.y as usize);
        let width = (bbox.width as usize).clamp(1, size.width - left);
        let height = (bbox.height as usize).clamp(1, size.height - top);
        let rows = (top..top + height).map(|y| 3 * (y * size.width + left));
        let look = rows.flat_map(|start| picture[start..start + 3 * width].iter().copied()).collect();
        // Not all to the same side at once.
        Self { look, width, height, left: left as f64, top, phase: (index as f64 * 0.618_034).fract() }
    }

    /// Draws the person where it is after this share of the scene, and tells where that is.
    fn draw(&self, bytes: &mut [u8], size: FrameSize, share: f64) -> Detection {
        let sway = SWAY * self.width as f64 * (std::f64::consts::TAU * (share + self.phase)).sin();
        let left = (self.left + sway).round().clamp(0.0, (size.width - self.width) as f64) as usize;
        for (row, look) in self.look.chunks_exact(3 * self.width).enumerate() {
            let start = 3 * ((self.top + row) * size.width + left);
            bytes[start..start + look.len()].copy_from_slice(look);
        }
        let bbox = Bbox::new(left as f64, self.top as f64, self.width as f64, self.height as f64);
        Detection { bbox, confidence: SCORE }
    }
}

/// The nearest pixels of the picture, BGR.
fn resize(image: &Image, size: FrameSize) -> Vec<u8> {
    let (width, height, bytes) = (image.width(), image.height(), image.bytes());
    let rows = (0..size.height).map(|y| y * height / size.height);
    rows.flat_map(|row| (0..size.width).map(move |x| 3 * (row * width + x * width / size.width)))
        .flat_map(|start| [bytes[start], bytes[start + 1], bytes[start + 2]])
        .collect()
}

/// Shared by cameras and detectors.
pub(crate) type SharedScene = Arc<Scene>;

#[cfg(test)]
mod tests {
    use super::{FRAMES, FrameSize, Scene, resize};
    use crate::picture;

    const SIZE: FrameSize = FrameSize { width: 320, height: 240 };

    fn scene(people: usize) -> Scene {
        Scene::new(&picture::load(&[]).unwrap(), SIZE, people).unwrap()
    }

    #[test]
    fn people_stand_inside_and_move_a_little_and_come_back() {
        let scene = scene(20);
        let mut moved = false;
        for number in 0..2 * FRAMES {
            let [now, next] = [number, number + 1].map(|number| scene.people_in(scene.frame(number)));
            assert_eq!(now.len(), 20);
            for (a, b) in now.iter().zip(next) {
                assert!(a.bbox.iou(&b.bbox) > 0.7, "{a:?} {b:?}");
                assert!(a.bbox.x >= 0.0 && a.bbox.right() <= 320.0 && a.bbox.bottom() <= 240.0);
                moved |= a.bbox != b.bbox;
            }
        }
        assert!(moved);
    }

    #[test]
    fn the_one_in_front_looks_the_same_in_every_frame() {
        let scene = scene(5);
        let look = |number: usize| {
            let image = scene.frame(number);
            let bbox = scene.people_in(image).last().unwrap().bbox;
            let (left, top, width) = (bbox.x as usize, bbox.y as usize, bbox.width as usize);
            let rows = top..top + bbox.height as usize;
            let pixels = rows.flat_map(|y| &image.bytes()[3 * (y * 320 + left)..][..3 * width]);
            pixels.copied().collect::<Vec<u8>>()
        };
        assert!((1..FRAMES).all(|number| look(number) == look(0)));
    }

    #[test]
    fn nobody_is_known_in_a_picture_from_elsewhere() {
        let scene = scene(3);
        let image = scene.frame(0);
        let copy = picture::of("copy", 320, 240, image.bytes().to_vec()).unwrap();
        assert_eq!(scene.people_in(&image.clone()).len(), 3, "clones share their bytes");
        assert!(scene.people_in(&copy).is_empty());
    }

    #[test]
    fn pictures_of_any_size_are_resized() {
        let image = picture::of("two", 2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let resized = resize(&image, FrameSize { width: 4, height: 2 });
        assert_eq!(resized, [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6].repeat(2));
        let small = resize(&image, FrameSize { width: 1, height: 1 });
        assert_eq!(small, [1, 2, 3]);
    }
}

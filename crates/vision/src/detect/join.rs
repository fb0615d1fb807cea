//! What was seen in several windows of one picture, as one.
//!
//! A box is judged by the closest window that holds it as a whole: what others see of it is left out. A box that a
//! window's edge cuts shows a part of somebody, whose feet may be elsewhere: where another window holds that place,
//! that one's word counts; where none does, the box is told apart, and is nobody to be followed.

use footfall_pipeline::{Found, Window};
use footfall_track::{Bbox, Detection};

use crate::Size;
use crate::detect::nms;

/// How near to a window's edge a box is cut by it, in pixels of the network's input.
const NEAR: f64 = 2.0;

/// Joins what was seen, each window's by falling score; the whole is by falling score too.
pub(super) fn join(seen: &[(Window, Vec<Detection>)], picture: Size, iou: f64, most: usize) -> Found {
    let mut found = Found::default();
    for (index, (window, detections)) in seen.iter().enumerate() {
        for detection in detections {
            let is_judged_elsewhere = seen.iter().enumerate().any(|(other, (judge, _))| {
                other != index
                    && is_closer((judge, other), (window, index))
                    && holds(judge, &detection.bbox, picture)
            });
            if is_judged_elsewhere {
                continue;
            }
            if holds(window, &detection.bbox, picture) {
                found.people.push(*detection);
            } else {
                found.cut.push(*detection);
            }
        }
    }
    // Whoever is seen as a whole in one window may be cut by the edge of another.
    let Found { people, cut } = &mut found;
    cut.retain(|part| !people.iter().any(|whole| is_part(&part.bbox, &whole.bbox)));
    found.people = nms::suppress(found.people, iou, most);
    found
}

/// Whether the first window sees more closely; of two alike the one that comes first does.
fn is_closer((a, a_index): (&Window, usize), (b, b_index): (&Window, usize)) -> bool {
    a.scale > 1.01 * b.scale || (a.scale >= 0.99 * b.scale && a_index < b_index)
}

/// Whether no edge of the window cuts the box; the picture's own border cuts nobody.
fn holds(window: &Window, bbox: &Bbox, picture: Size) -> bool {
    let near = NEAR / window.scale.max(1e-6);
    let (right, bottom) = (window.left + window.width, window.top + window.height);
    (window.left == 0 || bbox.x > window.left as f64 + near)
        && (window.top == 0 || bbox.y > window.top as f64 + near)
        && (right >= picture.width || bbox.right() < right as f64 - near)
        && (bottom >= picture.height || bbox.bottom() < bottom as f64 - near)
}

/// Whether most of one box lies in another.
fn is_part(part: &Bbox, whole: &Bbox) -> bool {
    let width = part.right().min(whole.right()) - part.x.max(whole.x);
    let height = part.bottom().min(whole.bottom()) - part.y.max(whole.y);
    width > 0.0 && height > 0.0 && width * height > 0.6 * part.area()
}

#[cfg(test)]
mod tests {
    use footfall_pipeline::Window;
    use footfall_track::{Bbox, Detection};

    use super::join;
    use crate::Size;

    const PICTURE: Size = Size::new(1000, 2000);

    fn window(left: usize, top: usize, width: usize, height: usize, scale: f64) -> Window {
        Window { left, top, width, height, scale }
    }

    fn detection(x: f64, y: f64, width: f64, height: f64, confidence: f32) -> Detection {
        Detection { bbox: Bbox::new(x, y, width, height), confidence }
    }

    #[test]
    fn the_closest_window_that_holds_somebody_is_believed() {
        let whole = detection(510.0, 310.0, 80.0, 200.0, 0.9);
        let close = detection(505.0, 305.0, 82.0, 205.0, 0.7);
        let (far, near) = (window(0, 0, 2000, 1000, 0.2), window(400, 200, 600, 500, 0.6));
        let found = join(&[(far, vec![whole]), (near, vec![close])], PICTURE, 0.6, 300);
        assert_eq!((found.people, found.cut), (vec![close], vec![]));
        // What it does not see there is not there.
        let found = join(&[(near, vec![]), (far, vec![whole])], PICTURE, 0.6, 300);
        assert!(found.people.is_empty() && found.cut.is_empty());
    }

    #[test]
    fn an_edge_cuts_whom_no_other_window_holds() {
        let left = window(400, 200, 600, 500, 0.5);
        let cut = detection(401.0, 300.0, 30.0, 200.0, 0.8);
        let alone = join(&[(left, vec![cut])], PICTURE, 0.6, 300);
        assert_eq!((alone.people.len(), alone.cut.len()), (0, 1));
        let beside = window(200, 200, 400, 500, 0.5);
        let whole = detection(350.0, 300.0, 81.0, 200.0, 0.6);
        let both = join(&[(left, vec![cut]), (beside, vec![whole])], PICTURE, 0.6, 300);
        assert_eq!((both.people, both.cut), (vec![whole], vec![]));
    }

    #[test]
    fn the_pictures_own_border_cuts_nobody() {
        let corner = window(0, 0, 600, 500, 0.5);
        let there = detection(-5.0, -3.0, 80.0, 200.0, 0.8);
        assert_eq!(join(&[(corner, vec![there])], PICTURE, 0.6, 300).people, [there]);
        let bottom = window(1400, 400, 600, 600, 0.5);
        let there = detection(1930.0, 810.0, 80.0, 200.0, 0.8);
        assert_eq!(join(&[(bottom, vec![there])], PICTURE, 0.6, 300).people, [there]);
    }
}

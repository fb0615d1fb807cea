//! How steeply a camera looks down, by the shapes of the people in its pictures.

use footfall_track::Bbox;

use crate::Anchor;

/// From where a camera sees people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// From the side, or from no more than about 45 degrees above.
    Side,
    /// From steeply above, about 50 to 75 degrees.
    Steep,
    /// From straight above.
    Down,
}

/// Fewer people than this say nothing.
const LEAST: usize = 8;
/// Nearer to the picture's edge than this, in pixels, a box may be cut off.
const EDGE: f64 = 3.0;
/// Median width of boxes over their height from which on a view is steep: upright people have 0.32 to 0.40 in seven
/// sequences from the side, 0.56 in a real clip from 60 degrees.
const STEEP: f64 = 0.48;
/// From which on it is straight down: made-up people have 0.55 to 0.81 from 65 degrees, 0.76 to 1.08 from 88.
const DOWN: f64 = 0.83;

impl View {
    /// By boxes of people in a picture of this width and height, all in pixels; none by too few of them. Those at
    /// the picture's edge say nothing.
    #[must_use]
    pub fn of<'a>(boxes: impl IntoIterator<Item = &'a Bbox>, width: f64, height: f64) -> Option<Self> {
        let is_whole = |bbox: &&Bbox| {
            bbox.x > EDGE && bbox.y > EDGE && bbox.right() < width - EDGE && bbox.bottom() < height - EDGE
        };
        let shapes = boxes.into_iter().filter(is_whole).map(|bbox| bbox.width / bbox.height);
        let mut shapes: Vec<f64> = shapes.filter(|shape| shape.is_finite()).collect();
        shapes.sort_by(f64::total_cmp);
        let median = *shapes.get(shapes.len() / 2).filter(|_| shapes.len() >= LEAST)?;
        Some(match median {
            DOWN.. => Self::Down,
            STEEP.. => Self::Steep,
            _ => Self::Side,
        })
    }

    /// The point of a person that is to pass lines.
    #[must_use]
    pub fn anchor(self) -> Anchor {
        if self == Self::Down { Anchor::Centre } else { Anchor::Feet }
    }

    /// Whether a detector is needed that has learnt to see people from above.
    #[must_use]
    pub fn is_overhead(self) -> bool {
        self >= Self::Steep
    }

    /// How to say it: "from the side".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Side => "from the side",
            Self::Steep => "steeply from above",
            Self::Down => "from straight above",
        }
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::View;

    /// What so many people say whose boxes are 50 high and so wide, at `x`.
    fn view(count: usize, width: f64, x: f64) -> Option<View> {
        View::of(&vec![Bbox::new(x, 100.0, width, 50.0); count], 640.0, 480.0)
    }

    #[test]
    fn wide_boxes_are_seen_from_above() {
        let views = [18.0, 23.0, 28.0, 40.0, 45.0, 60.0].map(|width| view(8, width, 100.0).unwrap());
        assert_eq!(views, [View::Side, View::Side, View::Steep, View::Steep, View::Down, View::Down]);
        assert_eq!(views.map(View::is_overhead), [false, false, true, true, true, true]);
    }

    #[test]
    fn few_people_and_those_at_the_edge_say_nothing() {
        assert_eq!(view(7, 18.0, 100.0), None);
        assert_eq!(view(100, 18.0, 0.0), None);
        assert_eq!(View::of(&[Bbox::new(9.0, 9.0, 0.0, 0.0); 20], 640.0, 480.0), None);
    }
}

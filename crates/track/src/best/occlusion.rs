//! Who stands in front of whom.

use crate::sighting::Sightings;

/// The greatest share of a sighting's box that another one in front of it covers, 0 to 1.
///
/// Of two who stand on the same floor the one whose feet are lower in the picture is nearer to the camera.
/// Sightings below `confidence` hide nobody: they may be nobody themselves.
pub(crate) fn hidden_share(sightings: &Sightings, index: usize, confidence: f32) -> f64 {
    let list = sightings.as_slice();
    let hidden = list[index].bbox;
    let mut greatest = 0.0;
    sightings.places().around(&hidden, 0.0).map(|index| &list[index]).for_each(|other| {
        let front = &other.bbox;
        if front.bottom() > hidden.bottom() && other.confidence >= confidence {
            let width = hidden.right().min(front.right()) - hidden.x.max(front.x);
            let height = hidden.bottom() - hidden.y.max(front.y);
            if width > 0.0 && height > 0.0 {
                greatest = f64::max(greatest, width * height);
            }
        }
    });
    (greatest / (hidden.width * hidden.height)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::hidden_share;
    use crate::sighting::Sightings;
    use crate::{Bbox, Detection};

    /// The share of the first that the others hide.
    fn hidden(boxes: &[(Bbox, f32)]) -> f64 {
        let detections: Vec<_> =
            boxes.iter().map(|&(bbox, confidence)| Detection { bbox, confidence }).collect();
        let mut sightings = Sightings::default();
        sightings.fill(&detections, 0.1);
        let first = sightings.as_slice().iter().position(|sighting| sighting.index == 0).unwrap();
        hidden_share(&sightings, first, 0.5)
    }

    #[test]
    fn those_with_lower_feet_hide_others() {
        let (behind, front) = (Bbox::new(0.0, 0.0, 40.0, 100.0), Bbox::new(20.0, 50.0, 40.0, 120.0));
        assert_eq!(hidden(&[(behind, 0.9), (front, 0.9)]), 0.25);
        assert_eq!(hidden(&[(front, 0.9), (behind, 0.9)]), 0.0);
        assert_eq!(hidden(&[(behind, 0.9), (front, 0.4)]), 0.0);
        assert_eq!(hidden(&[(behind, 0.9), (Bbox::new(50.0, 50.0, 40.0, 120.0), 0.9)]), 0.0);
    }

    #[test]
    fn the_one_who_hides_most_counts() {
        let behind = Bbox::new(0.0, 0.0, 40.0, 100.0);
        let (little, much) = (Bbox::new(-30.0, 50.0, 40.0, 120.0), Bbox::new(10.0, 0.0, 40.0, 120.0));
        assert_eq!(hidden(&[(behind, 0.9), (little, 0.9), (much, 0.9)]), 0.75);
    }
}

//! Whether people are large enough to be counted, told to people.

use std::fmt;

use footfall_count::Layout;
use footfall_pipeline::Window;

use crate::area::Area;
use crate::optics::Optics;
use crate::plan::{NEEDED, SMALL, around};
use crate::stature::Stature;

/// A person of fewer pixels in the picture has nothing to be told by.
const FEWEST: f64 = 32.0;
/// With less than this share of what they need in the network's input, people are missed too often.
const LEAST: f64 = 0.7;

/// How people show at a line or a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The line's or the zone's name.
    pub place: String,
    /// The height of all but the smallest fifth of the people there, in pixels of the picture.
    pub height: f64,
    /// The same in pixels of the network's input.
    pub in_input: f64,
}

impl Verdict {
    /// Whether they can be counted on.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.height >= FEWEST && self.in_input >= LEAST * NEEDED
    }

    /// How high they are, in words.
    #[must_use]
    pub fn found(&self) -> String {
        let few = if self.is_enough() { "" } else { ": too small to count on" };
        format!("people are {:.0} pixels high at `{}`{few}", self.height, self.place)
    }

    /// What to do where that is not enough.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        if self.height < FEWEST {
            return Some("put the camera nearer, or have it send a larger picture".to_owned());
        }
        let advice = format!(
            "the network sees them with {:.0} pixels: windows = \"auto\" or \"near\" in [detector], a shorter line, or a \
             larger input_size show more of them",
            self.in_input
        );
        (!self.is_enough()).then_some(advice)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.found())?;
        self.advice().map_or(Ok(()), |advice| write!(formatter, "; {advice}"))
    }
}

/// How people show at each line and zone at which enough were seen, by the windows in force.
#[must_use]
pub fn verdicts(optics: &Optics, layout: &Layout, stature: &Stature, windows: &[Window]) -> Vec<Verdict> {
    let lines = layout.lines.iter().map(|line| (line.name(), line.points()));
    let places = lines.chain(layout.zones.iter().map(|zone| (zone.name(), zone.corners())));
    places
        .filter_map(|(name, points)| {
            let place = Area::around(points)?;
            let usual = stature.height(place, 0.5)?;
            let height = stature.height_there(around(place, usual, 1.5), SMALL)?;
            let closest =
                |window: &&Window| Area::of(&window.bbox()).common(place.grown(1.0, 1.0, 1.0)).is_some();
            let scale = windows.iter().filter(closest).map(|window| window.scale).reduce(f64::max);
            let in_input = height * scale.unwrap_or_else(|| optics.scale());
            Some(Verdict { place: name.to_owned(), height, in_input })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use footfall_count::Layout;
    use footfall_track::{Bbox, Detection};

    use super::verdicts;
    use crate::{Optics, Stature};

    #[test]
    fn it_says_what_is_too_small_and_what_to_do() {
        let optics = Optics { picture: [1920, 1080], input: [480, 256], stride: 32, is_free: true };
        let lines = vec!["door:200,300,600,300".parse().unwrap(), "gate:1000,900,1500,900".parse().unwrap()];
        let layout = Layout { lines, ..Layout::default() };
        let mut stature = Stature::new(optics.picture);
        for step in 0..40 {
            let at = f64::from(step) * 9.0;
            let far = Bbox::new(210.0 + at, 280.0, 12.0, 31.0);
            let near = Bbox::new(1010.0 + at, 700.0, 80.0, 210.0);
            stature.add(&[far, near].map(|bbox| Detection { bbox, confidence: 0.8 }));
        }
        let found = verdicts(&optics, &layout, &stature, &[]);
        let [door, gate] = &found[..] else { panic!("{found:?}") };
        assert!(!door.is_enough() && gate.is_enough(), "{found:?}");
        assert!((28.0..34.0).contains(&door.height) && (7.0..8.5).contains(&door.in_input), "{door:?}");
        assert!(door.to_string().contains("at `door`: too small to count on"), "{door}");
        assert!(gate.to_string().ends_with("at `gate`"), "{gate}");
    }
}

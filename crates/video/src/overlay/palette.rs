//! Colours that people with any colour vision tell apart: Okabe and Ito, "Color Universal Design"
//! (2008), its blue, green and purple lightened for dark footage.

use footfall_count::Direction;
use footfall_track::TrackId;

use super::canvas::Colour;

pub(super) const WHITE: Colour = [255, 255, 255];
pub(super) const BLACK: Colour = [0, 0, 0];

const TRACKS: [Colour; 7] = [
    [233, 180, 86],  // sky blue
    [0, 159, 230],   // orange
    [200, 130, 225], // reddish purple
    [150, 200, 40],  // bluish green
    [30, 100, 235],  // vermilion
    [235, 120, 50],  // blue
    [66, 228, 240],  // yellow
];

/// The same track has the same colour in every frame; tracks that follow each other differ.
pub(super) fn of_track(id: TrackId) -> Colour {
    TRACKS[(id.0.wrapping_sub(1) % TRACKS.len() as u64) as usize]
}

/// `in` bluish, `out` reddish: apart for everyone.
pub(super) fn of_direction(direction: Direction) -> Colour {
    match direction {
        Direction::In => [255, 200, 80],
        Direction::Out => [60, 150, 255],
    }
}

/// Black or white, whichever stands out from `background` (ITU-R BT.601 luma).
pub(super) fn text_on(background: Colour) -> Colour {
    let [blue, green, red] = background.map(f32::from);
    if 0.114 * blue + 0.587 * green + 0.299 * red > 120.0 { BLACK } else { WHITE }
}

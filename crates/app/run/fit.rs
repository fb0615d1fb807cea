//! Whether what is configured over a source fits its picture, and how large that is for the detector.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use footfall_config::NamedSource;
use footfall_health::Grey;
use footfall_pipeline::SourceInfo;
use footfall_sight::Optics;
use footfall_track::Point;
use footfall_video::decode_picture;
use footfall_vision::Inputs;

/// What a detector of these inputs sees of pictures of this size.
pub(crate) fn optics(inputs: Inputs, width: usize, height: usize) -> Optics {
    let input = inputs.for_picture(width, height);
    Optics {
        picture: [width, height],
        input: [input.width, input.height],
        stride: inputs.stride().unwrap_or(1),
        is_free: inputs.stride().is_some(),
    }
}

/// The picture from set-up.
pub(crate) fn reference(path: &Path) -> anyhow::Result<Grey> {
    let name = path.display().to_string();
    let bytes = fs::read(path).with_context(|| format!("cannot read the reference picture {name}"))?;
    Ok(Grey::of(&decode_picture(&bytes, &name)?))
}

/// A line that no one in the picture can pass is most likely meant for another picture.
pub(super) fn warn_about_lines(watched: &NamedSource, info: &SourceInfo) {
    let (width, height) = (info.width as f64, info.height as f64);
    for line in &watched.layout.lines {
        let line = line.in_pixels(info.width, info.height);
        let beyond = |is_beyond: &dyn Fn(&Point) -> bool| line.points().iter().all(is_beyond);
        let outside = beyond(&|p| p.x < 0.0)
            || beyond(&|p| p.x > width)
            || beyond(&|p| p.y < 0.0)
            || beyond(&|p| p.y > height);
        if outside {
            tracing::warn!(
                "line \"{}\" lies outside of the {width}x{height} picture: nobody can pass it",
                line.name()
            );
        }
    }
    if watched.layout.counts_nothing() {
        tracing::warn!("no line was given: people are tracked but not counted (see --line)");
    }
}

//! Values of metadata from text; `None` where the text is not understood.

use crate::letterbox::Placement;
use crate::metadata::Task;
use crate::normalise::Colour;

pub(super) fn task(text: &str) -> Option<Task> {
    match text {
        "detect" => Some(Task::Detect),
        "embed" => Some(Task::Embed),
        _ => None,
    }
}

pub(super) fn colour(text: &str) -> Option<Colour> {
    match text {
        "bgr" => Some(Colour::Bgr),
        "rgb" => Some(Colour::Rgb),
        _ => None,
    }
}

pub(super) fn placement(text: &str) -> Option<Placement> {
    match text {
        "centre" => Some(Placement::Centre),
        "top-left" => Some(Placement::TopLeft),
        "stretch" => Some(Placement::Stretch),
        _ => None,
    }
}

pub(super) fn answer(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

pub(super) fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|&number| number > 0)
}

pub(super) fn triple(text: &str) -> Option<[f32; 3]> {
    let number = |text: &str| text.parse().ok().filter(|value: &f32| value.is_finite());
    list(text, number)?.try_into().ok()
}

pub(super) fn curve(text: &str) -> Option<[f64; 2]> {
    let number = |text: &str| text.parse().ok().filter(|value: &f64| value.is_finite());
    let [midpoint, scale] = list(text, number)?.try_into().ok()?;
    (scale > 0.0).then_some([midpoint, scale])
}

pub(super) fn list<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|item| parse(item.trim())).collect()
}

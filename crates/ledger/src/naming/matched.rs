//! Which shapes of two drawings are one and the same, by where they lie.

/// A line or zone as it was drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) name: String,
    /// Its points in pixels as JSON; empty where they are not known.
    pub(crate) outline: String,
}

/// Points of a shape that was renamed and touched up lie no farther from where they were than this share of its size.
const NEAR: f64 = 0.25;

/// The shapes of `before` that have another name in `after`, as pairs of names.
///
/// One that lies where exactly one lay before is that one, whatever both are called: so two may change names. One of
/// a new name that lies near one whose name is gone is that one, too, where `may_move`.
pub(crate) fn matched(before: &[Drawn], after: &[Drawn], may_move: bool) -> Vec<(String, String)> {
    let only = |drawn: &[Drawn], outline: &str| {
        let mut same = drawn.iter().enumerate().filter(|(_, shape)| shape.outline == outline);
        same.next().filter(|_| same.next().is_none()).map(|(index, _)| index)
    };
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (new, shape) in after.iter().enumerate().filter(|(_, shape)| !shape.outline.is_empty()) {
        if let (Some(old), Some(_)) = (only(before, &shape.outline), only(after, &shape.outline)) {
            pairs.push((old, new));
        }
    }
    let is_paired = |pairs: &[(usize, usize)], old: Option<usize>, new: Option<usize>| {
        pairs.iter().any(|pair| Some(pair.0) == old || Some(pair.1) == new)
    };
    let mut near = Vec::new();
    for (old, was) in before.iter().enumerate().filter(|_| may_move) {
        for (new, is) in after.iter().enumerate() {
            let is_gone = after.iter().all(|shape| shape.name != was.name);
            let is_new = before.iter().all(|shape| shape.name != is.name);
            let distance = distance(&was.outline, &is.outline).filter(|distance| *distance <= NEAR);
            if let Some(distance) = distance.filter(|_| is_gone && is_new) {
                near.push((distance, old, new));
            }
        }
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, old, new) in near {
        if !is_paired(&pairs, Some(old), Some(new)) {
            pairs.push((old, new));
        }
    }
    let named = |(old, new): (usize, usize)| (before[old].name.clone(), after[new].name.clone());
    pairs.into_iter().map(named).filter(|(from, to)| from != to).collect()
}

/// How far the farthest of a shape's points has moved, as a share of what the shape extends over; `None` where the two
/// have not as many points.
fn distance(was: &str, is: &str) -> Option<f64> {
    let points = |text: &str| serde_json::from_str::<Vec<[f64; 2]>>(text).ok();
    let (was, is) = (points(was)?, points(is)?);
    if was.len() != is.len() {
        return None;
    }
    let extent = |axis: usize| {
        let values = || was.iter().map(|point| point[axis]);
        values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
    };
    let size = extent(0).hypot(extent(1));
    let moved = was.iter().zip(&is).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).fold(0.0, f64::max);
    (size > 0.0).then(|| moved / size)
}

#[cfg(test)]
mod tests {
    use super::{Drawn, matched};

    const DOOR: &str = "[[384.0,576.0],[384.0,0.0]]";
    const BACK: &str = "[[10.0,0.0],[10.0,300.0]]";

    fn drawn(shapes: &[(&str, &str)]) -> Vec<Drawn> {
        let shape = |&(name, outline): &(&str, &str)| Drawn { name: name.into(), outline: outline.into() };
        shapes.iter().map(shape).collect()
    }

    fn pairs(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<(String, String)> {
        matched(&drawn(before), &drawn(after), true)
    }

    fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect()
    }

    #[test]
    fn what_lies_where_it_lay_is_the_same_under_any_name() {
        let before = [("door", DOOR), ("back", BACK)];
        assert_eq!(pairs(&before, &before), []);
        assert_eq!(pairs(&before, &[("front", DOOR), ("back", BACK)]), named(&[("door", "front")]));
        let swapped = [("back", DOOR), ("door", BACK)];
        assert_eq!(pairs(&before, &swapped), named(&[("door", "back"), ("back", "door")]));
        // The old name is given to another one at the same time.
        let given = [("front", DOOR), ("door", BACK)];
        assert_eq!(pairs(&[("door", DOOR)], &given), named(&[("door", "front")]));
    }

    #[test]
    fn what_was_renamed_and_touched_up_is_the_same_and_what_is_drawn_elsewhere_is_not() {
        let near = "[[380.0,570.0],[390.0,20.0]]";
        let before = [("door", DOOR), ("back", BACK)];
        assert_eq!(pairs(&before, &[("front", near), ("back", BACK)]), named(&[("door", "front")]));
        assert_eq!(pairs(&before, &[("door", near), ("back", BACK)]), [], "moved");
        let elsewhere = "[[600.0,576.0],[600.0,0.0]]";
        assert_eq!(pairs(&before, &[("gate", elsewhere), ("back", BACK)]), []);
        let longer = "[[384.0,576.0],[384.0,300.0],[384.0,0.0]]";
        assert_eq!(pairs(&before, &[("gate", longer)]), [], "another shape");
        assert_eq!(pairs(&[("door", "")], &[("front", "")]), [], "nothing is known of them");
        let twice = [("a", DOOR), ("b", DOOR)];
        assert_eq!(pairs(&twice, &[("c", DOOR), ("b", DOOR)]).len(), 1, "one is gone, one is new");
    }
}

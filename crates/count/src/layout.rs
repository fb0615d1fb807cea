//! What is drawn over a picture: lines, zones and masks.

use std::collections::BTreeSet;

use crate::{Line, Mask, Zone};

/// Lines, zones and masks of one source: in pixels, or as parts of the picture's width and height.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// What people pass.
    pub lines: Vec<Line>,
    /// Where people are.
    pub zones: Vec<Zone>,
    /// Where nobody is looked for.
    pub masks: Vec<Mask>,
}

/// A layout in part: what is `None` is left to another one, and an empty list says that there is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartLayout {
    /// Its lines.
    pub lines: Option<Vec<Line>>,
    /// Its zones.
    pub zones: Option<Vec<Zone>>,
    /// Its masks.
    pub masks: Option<Vec<Mask>>,
}

/// Why a layout cannot be counted over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Counts are kept under names.
    #[error("two lines are called \"{name}\": give each a name of its own")]
    Lines {
        /// The name.
        name: String,
    },
    /// Counts are kept under names.
    #[error("two zones are called \"{name}\": give each a name of its own")]
    Zones {
        /// The name.
        name: String,
    },
}

impl Layout {
    /// Refuses lines of one name, and zones of one name.
    ///
    /// # Errors
    /// With the first name that is there twice.
    pub fn check(&self) -> Result<(), LayoutError> {
        if let Some(name) = twice(self.lines.iter().map(Line::name)) {
            return Err(LayoutError::Lines { name });
        }
        twice(self.zones.iter().map(Zone::name)).map_or(Ok(()), |name| Err(LayoutError::Zones { name }))
    }

    /// Whether there is nothing to count: no line and no zone.
    #[must_use]
    pub fn counts_nothing(&self) -> bool {
        self.lines.is_empty() && self.zones.is_empty()
    }

    /// Whether some of it is relative to the picture's size.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.lines.iter().any(Line::is_relative)
            || self.zones.iter().any(Zone::is_relative)
            || self.masks.iter().any(Mask::is_relative)
    }

    /// All of it in pixels of a picture of this size.
    #[must_use]
    pub fn in_pixels(&self, width: usize, height: usize) -> Self {
        Self {
            lines: self.lines.iter().map(|line| line.in_pixels(width, height)).collect(),
            zones: self.zones.iter().map(|zone| zone.in_pixels(width, height)).collect(),
            masks: self.masks.iter().map(|mask| mask.in_pixels(width, height)).collect(),
        }
    }

    /// This one, which is in pixels of a picture of this size, but with everything that is where `before` has it
    /// written as it is there: relative to the picture or not.
    #[must_use]
    pub fn written_as(&self, before: &Self, (width, height): (usize, usize)) -> Self {
        fn keep<T: Clone + PartialEq>(drawn: &[T], before: &[T], in_pixels: impl Fn(&T) -> T) -> Vec<T> {
            let was = |shape: &T| before.iter().find(|old| in_pixels(old) == *shape).unwrap_or(shape).clone();
            drawn.iter().map(was).collect()
        }
        Self {
            lines: keep(&self.lines, &before.lines, |line| line.in_pixels(width, height)),
            zones: keep(&self.zones, &before.zones, |zone| zone.in_pixels(width, height)),
            masks: keep(&self.masks, &before.masks, |mask| mask.in_pixels(width, height)),
        }
    }

    /// What of it differs from another one: `lines`, `zones`, `masks`.
    pub fn differences(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let differs = [
            (self.lines != other.lines, "lines"),
            (self.zones != other.zones, "zones"),
            (self.masks != other.masks, "masks"),
        ];
        differs.into_iter().filter_map(|(differs, what)| differs.then_some(what))
    }
}

impl PartLayout {
    /// The whole layout, with the parts of `rest` that this one leaves to it.
    #[must_use]
    pub fn over(&self, rest: &Layout) -> Layout {
        fn own<T: Clone>(own: Option<&Vec<T>>, rest: &[T]) -> Vec<T> {
            own.map_or_else(|| rest.to_vec(), Clone::clone)
        }
        Layout {
            lines: own(self.lines.as_ref(), &rest.lines),
            zones: own(self.zones.as_ref(), &rest.zones),
            masks: own(self.masks.as_ref(), &rest.masks),
        }
    }

    /// What a command line says: lists without anything in them were not given.
    #[must_use]
    pub fn given(lines: &[Line], zones: &[Zone], masks: &[Mask]) -> Self {
        fn some<T: Clone>(list: &[T]) -> Option<Vec<T>> {
            (!list.is_empty()).then(|| list.to_vec())
        }
        Self { lines: some(lines), zones: some(zones), masks: some(masks) }
    }
}

fn twice<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = BTreeSet::new();
    names.find(|name| !seen.insert(*name)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Layout, LayoutError, PartLayout};

    fn layout() -> Layout {
        Layout {
            lines: vec!["door:50%,100%,50%,0%".parse().unwrap(), "gate:10%,0%,10%,33%".parse().unwrap()],
            zones: vec!["till:0%,0%,10%,0%,10%,70%".parse().unwrap()],
            masks: vec!["1,2,3,4,5,9".parse().unwrap()],
        }
    }

    #[test]
    fn what_nobody_has_moved_stays_relative() {
        let (now, size) = (layout(), (768, 576));
        let mut drawn = now.in_pixels(size.0, size.1);
        assert!(now.is_relative() && !drawn.is_relative());
        assert_eq!(drawn.written_as(&now, size), now);
        drawn.lines[0] = "door:380,576,384,0".parse().unwrap();
        let written = drawn.written_as(&now, size);
        assert_eq!(written.lines, [drawn.lines[0].clone(), now.lines[1].clone()]);
        assert_eq!(written.differences(&now).collect::<Vec<_>>(), ["lines"]);
    }

    #[test]
    fn a_name_is_there_once() {
        let mut twice = layout();
        twice.zones.push(twice.zones[0].clone());
        assert_eq!(twice.check(), Err(LayoutError::Zones { name: "till".into() }));
        twice.lines.push(twice.lines[1].clone());
        assert_eq!(twice.check(), Err(LayoutError::Lines { name: "gate".into() }));
        assert_eq!(layout().check(), Ok(()));
    }

    #[test]
    fn what_is_not_said_is_left_to_others_and_nothing_is_said_by_an_empty_list() {
        let none = PartLayout { lines: Some(Vec::new()), ..PartLayout::default() };
        let over = none.over(&layout());
        assert!(over.lines.is_empty() && !over.counts_nothing());
        assert_eq!((over.zones, over.masks), (layout().zones, layout().masks));
        assert_eq!(PartLayout::given(&[], &[], &[]).over(&layout()), layout());
    }
}

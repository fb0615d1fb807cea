//! Which of a network's classes are people.

use crate::ModelFault;
use crate::metadata::Metadata;

/// A class that is people, as somebody states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// By its number, from 0.
    Number(usize),
    /// By its name.
    Name(String),
}

impl Person {
    pub(crate) fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Number)
    }
}

/// What is known of a network's classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    /// Scores of each box, where it has one for each class.
    pub(super) count: Option<usize>,
    /// Whether the first is for no class at all.
    pub(super) has_background: bool,
    /// The class that is people in networks of this kind, where classes are not counted.
    pub(super) usual: Option<usize>,
}

/// The classes that are people, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct People {
    pub(super) numbers: Vec<usize>,
    pub(super) why: String,
}

/// Names under which people are known.
const NAMES: [&str; 6] = ["person", "people", "pedestrian", "human", "persons", "pedestrians"];

impl Classes {
    /// So many scores of each box, none of them for no class.
    pub(super) fn of(count: usize) -> Self {
        Self { count: Some(count), has_background: false, usual: None }
    }

    /// The class that is people in well-known sets of so many classes, and the set's name.
    fn known(self) -> Option<(usize, &'static str)> {
        match (self.count?, self.has_background) {
            (1, _) => Some((0, "the only one")),
            (2, true) => Some((1, "the only one beside the background")),
            (80, false) => Some((0, "COCO's 80 classes")),
            (81, _) => Some((1, "the background and COCO's 80 classes")),
            (90, _) => Some((0, "COCO's 90 numbers")),
            (91, _) => Some((1, "COCO's 90 numbers, from 1")),
            (92, _) => Some((1, "COCO's 90 numbers, from 1, and nothing")),
            (20, false) => Some((14, "the 20 classes of Pascal VOC")),
            (21, true) => Some((15, "the background and the 20 classes of Pascal VOC")),
            (365, false) => Some((0, "the 365 classes of Objects365")),
            _ => None,
        }
    }
}

impl People {
    /// By what is stated, else by the classes' names, else by how many there are.
    ///
    /// # Errors
    /// When nothing tells, or a stated class is not there.
    pub(super) fn new(metadata: &Metadata, classes: Classes) -> Result<Self, ModelFault> {
        let names = Names::new(metadata, classes);
        let people = match &metadata.class {
            Some(stated) => {
                let numbers: Result<Vec<_>, _> = stated.iter().map(|person| names.number(person)).collect();
                let origin = metadata.origin("class").map_or_else(String::new, ToString::to_string);
                Self { numbers: numbers?, why: origin }
            }
            None => names.people().or_else(|| Self::known(classes)).ok_or_else(|| names.ask())?,
        };
        match (people.numbers.iter().max(), classes.count) {
            (Some(&largest), Some(count)) if largest >= count => Err(names.missing(largest)),
            _ => Ok(people),
        }
    }

    fn known(classes: Classes) -> Option<Self> {
        if let Some((number, why)) = classes.known() {
            return Some(Self { numbers: vec![number], why: format!("as usual for {why}") });
        }
        let number = classes.usual.filter(|_| classes.count.is_none())?;
        Some(Self { numbers: vec![number], why: "as usual for such a network".to_owned() })
    }

    /// The highest score among people, of the scores of a box by class.
    pub(super) fn best(&self, score: impl Fn(usize) -> f32) -> f32 {
        self.numbers.iter().map(|&number| score(number)).fold(f32::NEG_INFINITY, f32::max)
    }

    /// Whether a box's class, a number that the network gives as a float, is people.
    pub(super) fn has(&self, label: f32) -> bool {
        self.numbers.iter().any(|&number| label == number as f32)
    }

    /// As people are told of it: `0`, or `0, 1`.
    pub(super) fn told(&self) -> String {
        self.numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// What a network's classes are called.
struct Names<'a> {
    list: &'a [String],
    /// How far a name's place is from the number of its class.
    shift: usize,
    classes: Classes,
    why: String,
}

impl<'a> Names<'a> {
    fn new(metadata: &'a Metadata, classes: Classes) -> Self {
        let names = metadata.names.as_deref().unwrap_or_default();
        // The background has a score, and often no name.
        let is_short = classes.has_background && classes.count == Some(names.len() + 1);
        let why =
            metadata.origin("names").map_or_else(String::new, |origin| format!("by its name, {origin}"));
        Self { list: names, shift: is_short.into(), classes, why }
    }

    fn number(&self, person: &Person) -> Result<usize, ModelFault> {
        let wanted = match person {
            Person::Number(number) => return Ok(*number),
            Person::Name(name) => name,
        };
        let place = self.list.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        place.map(|place| place + self.shift).ok_or_else(|| ModelFault::Ask {
            unknown: format!("which class {wanted:?} is, is not known: {}", self.told()),
            key: "class",
            example: "0".to_owned(),
        })
    }

    fn people(&self) -> Option<People> {
        let is_person = |name: &String| NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
        let numbers: Vec<usize> = (self.list.iter().enumerate())
            .filter(|(_, name)| is_person(name))
            .map(|(place, _)| place + self.shift)
            .collect();
        (!numbers.is_empty()).then(|| People { numbers, why: self.why.clone() })
    }

    fn ask(&self) -> ModelFault {
        let unknown = format!("which of its classes are people is not known: {}", self.told());
        ModelFault::Ask { unknown, key: "class", example: "0".to_owned() }
    }

    fn missing(&self, number: usize) -> ModelFault {
        let count = self.classes.count.unwrap_or_default();
        ModelFault::Ask {
            unknown: format!(
                "there is no class {number}: it has {count}, from 0 to {}",
                count.saturating_sub(1)
            ),
            key: "class",
            example: "0".to_owned(),
        }
    }

    fn told(&self) -> String {
        match (self.list, self.classes.count) {
            ([], Some(count)) => format!("it has {count}, without names"),
            ([], None) => "they have no names".to_owned(),
            (names, _) => format!("they are called {}", names.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Classes, People, Person};
    use crate::metadata::Metadata;

    fn named(names: &[&str]) -> Metadata {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Metadata { names: Some(names), ..Metadata::default() }
    }

    fn numbers(metadata: &Metadata, classes: Classes) -> Result<Vec<usize>, String> {
        People::new(metadata, classes).map(|people| people.numbers).map_err(|fault| fault.to_string())
    }

    #[test]
    fn well_known_sets_are_known_by_their_size() {
        let silent = Metadata::default();
        for (count, has_background, expected) in
            [(1, false, 0), (80, false, 0), (91, false, 1), (81, true, 1), (2, true, 1), (21, true, 15)]
        {
            let classes = Classes { count: Some(count), has_background, usual: None };
            assert_eq!(numbers(&silent, classes), Ok(vec![expected]), "{count}");
        }
        for count in [2, 7, 1000] {
            let asked = numbers(&silent, Classes::of(count)).unwrap_err();
            assert!(asked.contains("class = 0") && asked.contains(&count.to_string()), "{asked}");
        }
    }

    #[test]
    fn names_tell_and_a_statement_decides() {
        let mut metadata = named(&["car", "Person", "dog"]);
        assert_eq!(numbers(&metadata, Classes::of(3)), Ok(vec![1]));
        let with_background = Classes { count: Some(4), has_background: true, usual: None };
        assert_eq!(numbers(&metadata, with_background), Ok(vec![2]));
        metadata.class = Some(vec![Person::of("dog"), Person::of("0")]);
        assert_eq!(numbers(&metadata, Classes::of(3)), Ok(vec![2, 0]));
        metadata.class = Some(vec![Person::of("cat")]);
        assert!(numbers(&metadata, Classes::of(3)).unwrap_err().contains("car, Person, dog"));
        metadata.class = Some(vec![Person::of("3")]);
        assert!(numbers(&metadata, Classes::of(3)).unwrap_err().contains("from 0 to 2"));
        assert!(numbers(&named(&["car"]), Classes::of(2)).unwrap_err().contains("are called car"));
    }
}

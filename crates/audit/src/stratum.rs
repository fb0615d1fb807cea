//! What kinds of minutes there are.

use serde::{Deserialize, Serialize};

/// The time of day, by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HourType {
    /// From 22 to 6.
    Night,
    /// From 6 to 11.
    Morning,
    /// From 11 to 14.
    Midday,
    /// From 14 to 18.
    Afternoon,
    /// From 18 to 22.
    Evening,
}

/// How many people were in the picture at once, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Crowding {
    /// Nobody.
    Empty,
    /// One to three.
    Few,
    /// Four to nine.
    Several,
    /// Ten or more.
    Many,
}

/// How bright the picture was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Light {
    /// A mean grey level below [`Light::LIMIT`].
    Dim,
    /// All others.
    Bright,
}

/// A kind of minute. Minutes of one kind are drawn with the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stratum {
    /// When it was.
    pub hour: HourType,
    /// How many people there were.
    pub crowding: Crowding,
    /// How bright it was.
    pub light: Light,
}

impl HourType {
    /// All of them, by the clock.
    pub const ALL: [Self; 5] = [Self::Night, Self::Morning, Self::Midday, Self::Afternoon, Self::Evening];

    /// That of an hour of the day, 0 to 23.
    #[must_use]
    pub fn of(hour: u8) -> Self {
        match hour {
            6..11 => Self::Morning,
            11..14 => Self::Midday,
            14..18 => Self::Afternoon,
            18..22 => Self::Evening,
            _ => Self::Night,
        }
    }

    /// Its name: `midday`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Morning => "morning",
            Self::Midday => "midday",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }
}

impl Crowding {
    /// All of them, from the emptiest.
    pub const ALL: [Self; 4] = [Self::Empty, Self::Few, Self::Several, Self::Many];

    /// That of so many people in one picture.
    #[must_use]
    pub fn of(people: usize) -> Self {
        match people {
            0 => Self::Empty,
            1..4 => Self::Few,
            4..10 => Self::Several,
            _ => Self::Many,
        }
    }

    /// How much more often such minutes are drawn than those with few people.
    ///
    /// Errors grow with the number of people, so a sample tells most where there are many (Neyman, 1934).
    #[must_use]
    pub fn weight(self) -> f64 {
        match self {
            Self::Empty => 0.35,
            Self::Few => 1.0,
            Self::Several => 1.8,
            Self::Many => 2.7,
        }
    }
}

impl Light {
    /// Mean grey level, 0 to 255, from which a picture is bright.
    pub const LIMIT: f64 = 60.0;

    /// That of a mean grey level.
    #[must_use]
    pub fn of(level: f64) -> Self {
        if level < Self::LIMIT { Self::Dim } else { Self::Bright }
    }

    /// How much more often such minutes are drawn than bright ones.
    #[must_use]
    pub fn weight(self) -> f64 {
        match self {
            Self::Dim => 1.5,
            Self::Bright => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_and_every_crowd_has_its_kind() {
        let hours: Vec<_> = (0..24).map(HourType::of).collect();
        assert!(HourType::ALL.iter().all(|kind| hours.contains(kind)));
        assert_eq!((HourType::of(5), HourType::of(6)), (HourType::Night, HourType::Morning));
        assert_eq!((HourType::of(21), HourType::of(22)), (HourType::Evening, HourType::Night));
        let crowds: Vec<_> = (0..12).map(Crowding::of).collect();
        assert!(crowds.is_sorted() && Crowding::ALL.iter().all(|kind| crowds.contains(kind)));
        assert_eq!((Light::of(59.9), Light::of(60.0)), (Light::Dim, Light::Bright));
    }
}

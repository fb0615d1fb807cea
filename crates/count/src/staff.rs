//! Who works there, and is no visitor.

use std::sync::Arc;
use std::time::Duration;

use crate::visitors::cosine_distance;

/// Somebody who works there.
#[derive(Clone, Debug, PartialEq)]
pub struct Employee {
    /// What they are called.
    pub name: Arc<str>,
    /// Appearances, each of unit length.
    pub looks: Vec<Vec<f32>>,
    /// The time since the source's start from which they are not known any more.
    pub expires: Duration,
}

/// Those who work there, by how they look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Staff {
    employees: Vec<Employee>,
    max_cosine_distance: f64,
}

impl Staff {
    /// Whoever is within `max_cosine_distance`, 0 to 2, of a look of one of `employees` is the one whose look
    /// is nearest.
    #[must_use]
    pub fn new(employees: Vec<Employee>, max_cosine_distance: f64) -> Self {
        Self { employees, max_cosine_distance }
    }

    /// Who of them looks like `look`, which has unit length, at `time` since the source's start.
    #[must_use]
    pub fn recognise(&self, look: &[f32], time: Duration) -> Option<&Arc<str>> {
        let present = self.employees.iter().filter(|employee| time < employee.expires);
        let distances = present.map(|employee| {
            let distances = employee.looks.iter().map(|known| cosine_distance(known, look));
            (&employee.name, distances.fold(f64::INFINITY, f64::min))
        });
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (nearest.1 <= self.max_cosine_distance).then_some(nearest.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Employee, Staff};

    #[test]
    fn the_nearest_within_the_distance_is_recognised_until_they_expire() {
        let employee = |name: &str, looks: &[[f32; 2]], expires| Employee {
            name: name.into(),
            looks: looks.iter().map(|look| look.to_vec()).collect(),
            expires: Duration::from_secs(expires),
        };
        let employees =
            vec![employee("Anna", &[[1.0, 0.0], [0.0, 1.0]], 100), employee("Ben", &[[0.8, 0.6]], 50)];
        let staff = Staff::new(employees, 0.25);
        let at = |look: [f32; 2], seconds| {
            staff.recognise(&look, Duration::from_secs(seconds)).map(|name| &**name)
        };
        assert_eq!(at([0.6, 0.8], 0), Some("Ben"));
        assert_eq!(at([0.6, 0.8], 50), Some("Anna"), "Ben is not known any more");
        assert_eq!(at([0.0, 1.0], 99), Some("Anna"));
        assert_eq!(at([0.0, 1.0], 100), None);
        assert_eq!(at([-1.0, 0.0], 0), None);
    }
}

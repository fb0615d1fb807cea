//! Which lines belong together, by their names.

use super::{AcrossError, SiteCamera, SiteConfig};

/// A camera, or one line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    camera: usize,
    line: Option<String>,
}

/// The groups of a configuration, with cameras by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    overlap: Vec<Vec<Named>>,
    doors: Vec<Vec<Named>>,
}

impl Named {
    fn is(&self, camera: usize, line: &str) -> bool {
        self.camera == camera && self.line.as_deref().is_none_or(|own| own == line)
    }
}

impl Plan {
    pub(super) fn new(config: &SiteConfig, cameras: &[SiteCamera]) -> Result<Self, AcrossError> {
        config.check()?;
        let groups = |setting, groups: &[Vec<String>]| {
            let group =
                |names: &Vec<String>| names.iter().map(|name| named(setting, name, cameras)).collect();
            groups.iter().map(group).collect::<Result<Vec<Vec<_>>, _>>()
        };
        let overlap = groups("overlap", &config.overlap)?;
        // Lines of one camera see nobody twice.
        let is_one = |group: &Vec<Named>| group.iter().all(|named| named.camera == group[0].camera);
        if overlap.iter().any(is_one) {
            return Err(AcrossError::Alone { setting: "overlap" });
        }
        Ok(Self { overlap, doors: groups("doors", &config.doors)? })
    }

    /// Whether two lines of two cameras are said to see the same passages.
    pub(super) fn overlap(&self, a: (usize, &str), b: (usize, &str)) -> bool {
        let has = |group: &Vec<Named>, (camera, line)| group.iter().any(|named| named.is(camera, line));
        a.0 != b.0 && self.overlap.iter().any(|group| has(group, a) && has(group, b))
    }

    /// The shop that a line is a door of.
    pub(super) fn shop(&self, camera: usize, line: &str) -> Option<usize> {
        self.doors.iter().position(|group| group.iter().any(|named| named.is(camera, line)))
    }
}

fn named(setting: &'static str, name: &str, cameras: &[SiteCamera]) -> Result<Named, AcrossError> {
    if let Some(camera) = cameras.iter().position(|camera| camera.name == name) {
        return Ok(Named { camera, line: None });
    }
    let lines = cameras.iter().enumerate().flat_map(|(camera, SiteCamera { name: own, lines })| {
        lines
            .iter()
            .map(move |(line, _)| (format!("{own}/{line}"), Named { camera, line: Some(line.clone()) }))
    });
    let (known, all): (Vec<_>, Vec<_>) = lines.unzip();
    if let Some(place) = known.iter().position(|known| known == name) {
        return Ok(all[place].clone());
    }
    let names = cameras.iter().map(|camera| camera.name.clone()).chain(known);
    Err(AcrossError::Unknown { setting, name: name.to_owned(), known: names.collect::<Vec<_>>().join(", ") })
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::{Role, SiteCamera, SiteConfig};

    fn plan(overlap: &[&[&str]]) -> Result<Plan, String> {
        let names =
            |groups: &[&[&str]]| groups.iter().map(|g| g.iter().map(|&n| n.to_owned()).collect()).collect();
        let config = SiteConfig { overlap: names(overlap), ..SiteConfig::default() };
        let cameras = [("a", "door"), ("b", "door"), ("b", "gate"), ("c", "door")];
        let mut known: Vec<SiteCamera> = Vec::new();
        for (camera, line) in cameras {
            let line = (line.to_owned(), Role::Entrance);
            match known.iter_mut().find(|known| known.name == camera) {
                Some(known) => known.lines.push(line),
                None => known.push(SiteCamera { name: camera.to_owned(), lines: vec![line] }),
            }
        }
        Plan::new(&config, &known).map_err(|error| error.to_string())
    }

    #[test]
    fn a_camera_stands_for_all_its_lines() {
        let plan = plan(&[&["a", "b/gate"], &["a", "c"]]).unwrap();
        assert!(plan.overlap((0, "door"), (1, "gate")) && plan.overlap((2, "new"), (0, "door")));
        assert!(!plan.overlap((0, "door"), (1, "door")) && !plan.overlap((1, "gate"), (2, "door")));
        assert!(!plan.overlap((0, "door"), (0, "gate")));
    }

    #[test]
    fn names_that_are_nobodys_and_groups_of_one_are_refused() {
        let error = plan(&[&["a", "b/window"]]).unwrap_err();
        assert!(
            error.contains("\"b/window\"") && error.contains("a, b, c, a/door, b/door, b/gate"),
            "{error}"
        );
        assert!(plan(&[&["a"]]).is_err() && plan(&[&["b/door", "b/gate"]]).is_err());
    }
}

//! What a source is called in addresses.

use crate::names;

/// A name as a part of an address. Of names that fall together, all but the one that is such a part already
/// get a hash of the name: in whatever order they come, each keeps its address.
pub(super) fn of(name: &str, names: &[String]) -> String {
    let plain = slug(name);
    let is_alone = names.iter().all(|other| other == name || slug(other) != plain);
    if is_alone || plain == name { plain } else { format!("{plain}-{}", names::hash(name)) }
}

/// A name as a part of an address: letters, digits and single dashes.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "source".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::slug;
    use crate::{Live, SourceKind, SourceState};

    #[test]
    fn names_become_parts_of_addresses() {
        assert_eq!(slug("rtsp://10.0.0.7/Stream 1"), "rtsp-10-0-0-7-stream-1");
        assert_eq!(slug("../.."), "source");
        let state = || SourceState::new("Door", SourceKind::Live, 640, 480);
        let live = Live::new([state(), state(), state()]);
        assert_eq!([0, 1, 2].map(|i| live.id(i).unwrap()), ["door", "door-2", "door-3"]);
    }

    #[test]
    fn an_address_does_not_depend_on_the_order_of_sources() {
        let ids = |names: &[&str]| -> BTreeMap<String, String> {
            let states = names.iter().map(|name| SourceState::new(*name, SourceKind::Live, 640, 480));
            let live = Live::new(states);
            names
                .iter()
                .enumerate()
                .map(|(i, name)| ((*name).to_owned(), live.id(i).unwrap().to_owned()))
                .collect()
        };
        let names = ["入口", "出口", "Door", "door", "vtest.avi"];
        let (forth, back) = (ids(&names), ids(&[names[4], names[3], names[2], names[1], names[0]]));
        assert_eq!(forth, back);
        assert_eq!((&*forth["door"], &*forth["vtest.avi"]), ("door", "vtest-avi"));
        assert_eq!(forth.values().collect::<BTreeSet<_>>().len(), names.len(), "{forth:?}");
    }
}

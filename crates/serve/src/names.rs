//! Names as ids: what a line, a zone or a source is called in topics, subjects and identifiers elsewhere.
//!
//! People name a line 入口, `Ebene -1` or `Tür`. MQTT topics, subjects of NATS, ids of Home Assistant and
//! tools around Prometheus have letters and digits without accents, and `-`, in common: an id has nothing
//! else. It is made of the name alone, so that no other line changes it, and two names never share one.

use sha2::{Digest as _, Sha256};

/// A name of this many letters or fewer may be its own id.
const LONGEST: usize = 64;
/// Letters of an id that stand for the name, where a hash tells which it is.
const READABLE: usize = 40;
/// What separates them from the hash. With it no name that is its own id ends as others do.
const MARK: &str = "-x";
/// Digits of the hash.
const DIGITS: usize = 8;

/// The id of whatever is called `name`.
///
/// A name of letters and digits of ASCII, joined by `-`, is its own id. Any other is spelt with them as
/// well as it can be, followed by a hash of the name: `入口` is `Ru-Kou-x` and eight digits.
#[must_use]
pub fn id(name: &str) -> String {
    if is_plain(name) {
        return name.to_owned();
    }
    format!("{}{MARK}{}", spelt(name), hash(name)).trim_start_matches('-').to_owned()
}

/// What tells names apart that are spelt alike.
#[must_use]
pub fn hash(name: &str) -> String {
    crate::hex::hex(&Sha256::digest(name.as_bytes())[..DIGITS / 2])
}

/// Whether the name can be its own id.
fn is_plain(name: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_joined = !name.starts_with('-') && !name.ends_with('-');
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_usual) && is_joined && !looks_made(name)
}

/// Whether the name ends as an id that was made from another name.
fn looks_made(name: &str) -> bool {
    let marked = format!("-{name}");
    let hash = marked.rsplit_once(MARK).map(|(_, hash)| hash);
    hash.is_some_and(|h| h.len() == DIGITS && h.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// The name in letters and digits of ASCII, as far as there are any like it.
fn spelt(name: &str) -> String {
    let mut spelt = String::new();
    // More would be cut off: a letter becomes one or more.
    for piece in name.chars().take(READABLE).map(|letter| deunicode::deunicode_char(letter).unwrap_or("-")) {
        for letter in piece.chars() {
            if letter.is_ascii_alphanumeric() {
                spelt.push(letter);
            } else if !spelt.is_empty() && !spelt.ends_with('-') {
                spelt.push('-');
            }
        }
    }
    spelt.truncate(READABLE);
    spelt.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{LONGEST, id};

    #[test]
    fn plain_names_are_their_own_ids() {
        for name in ["door", "Door-1", "1", "main-entrance", "a--b", "cam-20261128", "box-xcafe", "X"] {
            assert_eq!(id(name), name);
        }
    }

    #[test]
    fn ids_are_those_of_before() {
        // They stand in other people's systems: another version of the spelling may not change them.
        for (name, expected) in [
            ("入口", "Ru-Kou-x1a793027"),
            ("Ebene -1", "Ebene-1-x7c85a6bd"),
            ("Tür", "Tur-x1cff8a95"),
            ("🚪", "door-xb9a770b7"),
            ("", "xe3b0c442"),
            ("   ", "x0aad7da7"),
            ("front_door", "front-door-xc1437808"),
            ("مدخل", "mdkhl-x21f1a03e"),
        ] {
            assert_eq!(id(name), expected);
        }
    }

    #[test]
    fn names_that_look_alike_have_ids_of_their_own() {
        let long = |last: char| format!("{}{last}", "n".repeat(12_000));
        let made = id("入口");
        let names = [
            "入口",
            "出口",
            "東口",
            "西口",
            "Вход",
            "Зона",
            "입구",
            "출구",
            "مدخل",
            "مخرج",
            "🚪",
            "🛗",
            "Ebene +1",
            "Ebene -1",
            "Ebene 1",
            "Ebene-1",
            "1",
            "-1",
            "+1",
            "café",
            "cafè",
            "cafe",
            "cafe\u{301}",
            "Door",
            "door",
            "DOOR",
            "Door 1",
            "Door-1",
            "Door_1",
            "Door  1",
            " Door 1",
            "Door 1 ",
            "Door\u{a0}1",
            "A/B",
            "A B",
            "AB",
            "A+B",
            "A#B",
            "A.B",
            "a.b",
            "Nord (links)",
            "Nord [links]",
            "Tür",
            "Tur",
            "Tor",
            "",
            " ",
            "#",
            "+",
            "$",
            "-",
            "--",
            "*",
            ">",
            "unnamed",
            "x",
            &made,
            &id(&made),
        ];
        let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
        names.extend([long('a'), long('b'), "n".repeat(LONGEST), "n".repeat(LONGEST + 1)]);
        let mut ids = BTreeMap::new();
        for name in names {
            let id = id(&name);
            assert!(!id.is_empty() && id.len() <= LONGEST, "{id}");
            assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{id}");
            assert!(!id.starts_with('-') && !id.ends_with('-'), "{id}");
            if let Some(other) = ids.insert(id.clone(), name.clone()) {
                panic!("{other:?} and {name:?} are both {id}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_two_names_share_an_id(a in "[-xX0-9a-f ]{0,12}|.{0,20}", b in "[-xX0-9a-f ]{0,12}|.{0,20}") {
            prop_assert_eq!(a == b, id(&a) == id(&b), "{} and {}", id(&a), id(&b));
            // An id that somebody gives as a name is taken for what it looks like.
            prop_assert!(id(&id(&a)) == id(&a) || id(&id(&a)) != id(&b));
        }
    }
}

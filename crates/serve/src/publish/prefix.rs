//! Names that somebody sets, in the alphabets of those who receive them.

use crate::ServeError;

/// Topics and subjects have room for more, and nothing else has use for it.
const LONGEST: usize = 200;

/// The first part of MQTT topics: one level or more.
pub(super) fn topic(setting: &'static str, name: &str) -> Result<(), ServeError> {
    let problem = if name.is_empty() {
        "must not be empty: it is the first part of all topics"
    } else if name.contains(['#', '+']) {
        "has # or +, which stand for any topic in MQTT and are in none"
    } else if name.starts_with('$') {
        "begins with $: such topics are the broker's own"
    } else if name.starts_with('/') || name.ends_with('/') || name.contains("//") {
        "has an empty level: / stands between two names"
    } else if name.chars().any(is_unfit) {
        "has a character that MQTT does not take in topics: it does not take control characters"
    } else {
        return fits(setting, name);
    };
    refuse(setting, name, problem)
}

/// The first token of NATS subjects.
pub(super) fn subject(setting: &'static str, name: &str) -> Result<(), ServeError> {
    let problem = if name.starts_with('$') || name == "_INBOX" {
        "begins as the subjects that are the server's own"
    } else if let Some(problem) = token(name) {
        problem
    } else {
        return fits(setting, name);
    };
    refuse(setting, name, problem)
}

/// The name of a stream, which may become a folder of the server's.
pub(super) fn stream(setting: &'static str, name: &str) -> Result<(), ServeError> {
    let problem = if name.contains(['/', '\\']) {
        "has a slash, which the names of streams do not"
    } else if let Some(problem) = token(name) {
        problem
    } else {
        return fits(setting, name);
    };
    refuse(setting, name, problem)
}

/// What keeps a name from being one token of a subject.
fn token(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("must not be empty")
    } else if name.contains(['*', '>']) {
        Some("has * or >, which stand for any subject in NATS and are in none")
    } else if name.contains('.') || name.contains(char::is_whitespace) {
        Some("has a dot or a space, which part the tokens of NATS: it is one token")
    } else if name.chars().any(is_unfit) {
        Some("has a control character, which NATS does not take")
    } else {
        None
    }
}

/// Control characters, and those that are none.
fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe
}

fn fits(setting: &'static str, name: &str) -> Result<(), ServeError> {
    if name.len() <= LONGEST {
        return Ok(());
    }
    let problem = format!("has {} bytes: {LONGEST} are the most", name.len());
    Err(ServeError::Setting { setting, problem })
}

fn refuse(setting: &'static str, name: &str, problem: &str) -> Result<(), ServeError> {
    let problem = if name.is_empty() { problem.to_owned() } else { format!("{name:?} {problem}") };
    Err(ServeError::Setting { setting, problem })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, stream, subject, topic};

    #[test]
    fn what_a_receiver_refuses_is_refused_here() {
        let long = "n".repeat(LONGEST + 1);
        for name in
            ["", "#", "a/+", "a#", "/a", "a/", "a//b", "$SYS", "$share/a", "a\0", "a\nb", "a\u{ffff}", &long]
        {
            assert!(topic("publish.mqtt.prefix", name).is_err(), "{name:?}");
        }
        for name in ["footfall", "a/b/c", "büro", "my site", "a.b", "-", "入口"] {
            topic("publish.mqtt.prefix", name).unwrap();
        }
        for name in ["", "a.b", "a b", "a\tb", "*", "a>", "$JS", "$x", "_INBOX", "a\0", "a\u{a0}b", &long] {
            assert!(subject("publish.nats.prefix", name).is_err(), "{name:?}");
        }
        for name in ["footfall", "büro", "a-b_c", "a/b", "入口"] {
            subject("publish.nats.prefix", name).unwrap();
        }
        for name in ["", "a.b", "a b", "a/b", "a\\b", "*", "a\0", &long] {
            assert!(stream("publish.nats.stream", name).is_err(), "{name:?}");
        }
        stream("publish.nats.stream", "FOOTFALL").unwrap();
    }
}

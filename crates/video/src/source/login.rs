//! User and password of an address, where they are kept apart from it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::{env, fs};

use super::userinfo::{authority, escaped, legible, login, userinfo};
use crate::VideoError;

/// `location` as it is to be opened now: with what the environment has for each `${NAME}` in it, and with the
/// user and password in the file `file`, if there is one.
///
/// A variable that stands where an address has its user and password holds them as they are, and is escaped:
/// either of them, or `user:password`. So is `user:password` of a variable that has `user:password@host`.
/// Everywhere else, above all where a variable is the whole address, its text is taken as if it stood there.
///
/// # Errors
/// When the environment has no such variable, or the file cannot be read or holds no `user:password`.
pub(super) fn with_secrets(location: &OsStr, file: Option<&Path>) -> Result<OsString, VideoError> {
    let Some(text) = location.to_str() else { return Ok(location.to_owned()) };
    let filled = filled(text, variable)?;
    let Some((scheme, rest)) = filled.split_once("://") else { return Ok(filled.into()) };
    let (user, place) = userinfo(rest);
    let user = match file {
        Some(file) => Some(login(&read(file)?)),
        None => user.map(legible),
    };
    Ok(user.map_or_else(|| filled.clone(), |user| format!("{scheme}://{user}@{place}")).into())
}

fn variable(name: &str) -> Result<String, VideoError> {
    // The system's error has the value in it.
    env::var(name).map_err(|_| VideoError::Variable { name: name.to_owned() })
}

/// `text` with the `value` of each `${NAME}` in it.
fn filled(text: &str, value: impl Fn(&str) -> Result<String, VideoError>) -> Result<String, VideoError> {
    let start = text.find("://").map_or(text.len(), |at| at + "://".len());
    let (user, place) = userinfo(&text[start..]);
    let user_ends = user.map_or(start, |user| start + user.len());
    let host_ends = text.len() - place.len() + authority(place).len();
    let (mut filled, mut done) = (String::new(), 0);
    while let Some((from, name, to)) = placeholder(text, done) {
        filled += &text[done..from];
        let value = value(name)?;
        let value = if (start..user_ends).contains(&from) {
            let is_part = user.is_some_and(|user| user.contains(':'));
            if is_part { escaped(&value) } else { login(&value) }
        } else if (start..host_ends).contains(&from)
            && let Some((user, host)) = value.rsplit_once('@')
        {
            format!("{}@{host}", login(user))
        } else {
            value
        };
        filled += &value;
        done = to;
    }
    Ok(filled + &text[done..])
}

/// The next `${NAME}` of `text` from `start` on: where it begins, its name, and where it has ended.
fn placeholder(text: &str, start: usize) -> Option<(usize, &str, usize)> {
    let from = start + text[start..].find("${")?;
    let length = text[from..].find('}')?;
    Some((from, &text[from + 2..from + length], from + length + 1))
}

/// The first line, `user:password`.
fn read(path: &Path) -> Result<String, VideoError> {
    let open = |source| VideoError::Login { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(open)?;
    match text.lines().next() {
        Some(line) if line.contains(':') => Ok(line.to_owned()),
        _ => Err(VideoError::NoLogin { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;

    use proptest::prelude::*;

    use super::{filled, with_secrets};
    use crate::VideoError;

    #[test]
    fn a_file_brings_user_and_password_and_may_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("login");
        let place =
            |text: &str| with_secrets(OsStr::new(text), Some(&path)).map(|p| p.into_string().unwrap());
        assert!(matches!(place("rtsp://cam/1"), Err(VideoError::Login { .. })));
        fs::write(&path, "me:p@ss/w:rd\nanything else\n").unwrap();
        assert_eq!(place("rtsp://cam/1?a=b").unwrap(), "rtsp://me:p%40ss%2Fw%3Ard@cam/1?a=b");
        assert_eq!(place("rtsp://cam/a@b").unwrap(), "rtsp://me:p%40ss%2Fw%3Ard@cam/a@b");
        fs::write(&path, "you:other").unwrap();
        assert_eq!(place("rtsp://old:one@cam/1").unwrap(), "rtsp://you:other@cam/1");
        assert_eq!(place("0").unwrap(), "0", "a camera of this machine asks for nothing");
        fs::write(&path, "nothing\nhere:now").unwrap();
        let error = place("rtsp://cam/1").unwrap_err().to_string();
        assert!(error.contains("user:password") && !error.contains("nothing"), "{error}");
    }

    #[test]
    fn a_variable_is_filled_in_or_missed_by_its_name() {
        let place = |text: &str| with_secrets(OsStr::new(text), None).map(|p| p.into_string().unwrap());
        let package = env!("CARGO_PKG_NAME");
        assert_eq!(place("rtsp://${CARGO_PKG_NAME}@cam").unwrap(), format!("rtsp://{package}@cam"));
        let error = place("rtsp://${FOOTFALL_NO_SUCH_THING}@cam").unwrap_err().to_string();
        assert!(error.contains("FOOTFALL_NO_SUCH_THING"), "{error}");
        assert_eq!(place("a$b{c}.mp4").unwrap(), "a$b{c}.mp4");
        assert_eq!(place("rtsp://me:p#ss@cam/1").unwrap(), "rtsp://me:p%23ss@cam/1");
    }

    #[test]
    fn what_is_filled_in_is_escaped_where_the_user_stands() {
        let fill = |text: &str| {
            let value = |name: &str| {
                let known = [
                    ("USER", "a b"),
                    ("PASS", "p#?/%@:é"),
                    ("LOGIN", "a:p#:s"),
                    ("HOST", "cam:554"),
                    ("ALL", "a:p#ss@cam"),
                    ("URL", "rtsp://a:p%23ss@cam/1"),
                    ("DIR", "clips/a b#1"),
                    ("QUERY", "x=1&y=/"),
                ];
                Ok(known.into_iter().find(|(known, _)| *known == name).unwrap().1.to_owned())
            };
            filled(text, value).unwrap()
        };
        let pass = "p%23%3F%2F%25%40%3A%C3%A9";
        assert_eq!(fill("rtsp://${USER}:${PASS}@cam/1"), format!("rtsp://a%20b:{pass}@cam/1"));
        assert_eq!(fill("http://me:${PASS}@${HOST}/a@b"), format!("http://me:{pass}@cam:554/a@b"));
        assert_eq!(fill("rtsp://${LOGIN}@cam"), "rtsp://a:p%23%3As@cam");
        assert_eq!(fill("rtsp://${PASS}@cam"), "rtsp://p%23%3F%2F%25%40:%C3%A9@cam", "user:password");
        assert_eq!(fill("rtsp://${ALL}:8/1"), "rtsp://a:p%23ss@cam:8/1");
        assert_eq!(fill("${URL}"), "rtsp://a:p%23ss@cam/1");
        assert_eq!(fill("${DIR}/x.mp4"), "clips/a b#1/x.mp4");
        assert_eq!(fill("http://cam/?${QUERY}#${USER}"), "http://cam/?x=1&y=/#a b");
    }

    /// An address as FFmpeg takes it apart: user, password, and the rest.
    fn taken_apart(address: &str) -> (String, String, String) {
        let (_, rest) = address.split_once("://").unwrap();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let at = rest[..end].rfind('@').unwrap();
        let bytes = &rest.as_bytes()[..at];
        let (mut decoded, mut index) = (Vec::new(), 0);
        while index < bytes.len() {
            if bytes[index] == b'%' {
                let two = std::str::from_utf8(&bytes[index + 1..index + 3]).unwrap();
                decoded.push(u8::from_str_radix(two, 16).unwrap());
                index += 3;
            } else {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
        let decoded = String::from_utf8(decoded).unwrap();
        let (user, password) = decoded.split_once(':').unwrap();
        (user.to_owned(), password.to_owned(), rest[at + 1..].to_owned())
    }

    proptest! {
        #[test]
        fn any_password_arrives(user in "[a-zA-Z0-9 #?/%@é+]{1,12}", password in "\\PC{0,20}", typed in any::<bool>()) {
            let expected = (user.clone(), password.clone(), "cam:554/1?a=b@c".to_owned());
            let both = format!("{user}:{password}");
            let value = |name: &str| Ok(match name {
                "U" => user.clone(),
                "P" => password.clone(),
                "BOTH" => both.clone(),
                _ => format!("{both}@cam"),
            });
            for template in ["rtsp://${U}:${P}@cam:554/1?a=b@c", "rtsp://${BOTH}@cam:554/1?a=b@c", "rtsp://${ALL}:554/1?a=b@c"] {
                let address = filled(template, value).unwrap();
                // Going over it as something typed changes nothing.
                let address = if typed { with_secrets(OsStr::new(&address), None).unwrap().into_string().unwrap() } else { address };
                prop_assert_eq!(taken_apart(&address), expected.clone(), "{}", template);
            }
        }
    }
}

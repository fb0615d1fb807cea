//! User and password of an address, where they are kept apart from it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::{env, fs};

use crate::VideoError;

/// `location` as it is to be opened now: with what the environment has for each `${NAME}` in it, and with the
/// user and password in the file `login`, if there is one.
///
/// # Errors
/// When the environment has no such variable, or the file cannot be read or holds no `user:password`.
pub(super) fn with_secrets(location: &OsStr, login: Option<&Path>) -> Result<OsString, VideoError> {
    let location = match location.to_str() {
        Some(text) if text.contains("${") => filled(text)?.into(),
        _ => location.to_owned(),
    };
    match (login, location.to_str().and_then(|text| text.split_once("://"))) {
        (Some(path), Some((scheme, rest))) => {
            let (user, password) = read(path)?;
            let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            Ok(format!("{scheme}://{}:{}@{place}", escaped(&user), escaped(&password)).into())
        }
        _ => Ok(location),
    }
}

fn filled(text: &str) -> Result<String, VideoError> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = rest.split_once("${").and_then(|(before, after)| {
        let (name, after) = after.split_once('}')?;
        Some((before, name, after))
    }) {
        let value =
            env::var(name).map_err(|source| VideoError::Variable { name: name.to_owned(), source })?;
        filled += before;
        filled += &value;
        rest = after;
    }
    Ok(filled + rest)
}

fn read(path: &Path) -> Result<(String, String), VideoError> {
    let open = |source| VideoError::Login { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(open)?;
    let parts = text.trim_end_matches(['\r', '\n']).split_once(':');
    let (user, password) = parts.ok_or_else(|| VideoError::NoLogin { path: path.to_owned() })?;
    Ok((user.to_owned(), password.to_owned()))
}

/// Percent-encoded, as an address wants it (RFC 3986).
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;

    use super::with_secrets;
    use crate::VideoError;

    #[test]
    fn a_file_brings_user_and_password_and_may_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("login");
        let place =
            |text: &str| with_secrets(OsStr::new(text), Some(&path)).map(|p| p.into_string().unwrap());
        assert!(matches!(place("rtsp://cam/1"), Err(VideoError::Login { .. })));
        fs::write(&path, "me:p@ss/w:rd\n").unwrap();
        assert_eq!(place("rtsp://cam/1?a=b").unwrap(), "rtsp://me:p%40ss%2Fw%3Ard@cam/1?a=b");
        fs::write(&path, "you:other").unwrap();
        assert_eq!(place("rtsp://old:one@cam/1").unwrap(), "rtsp://you:other@cam/1");
        assert_eq!(place("0").unwrap(), "0", "a camera of this machine asks for nothing");
        fs::write(&path, "nothing").unwrap();
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
    }
}

//! Addresses that come from the page.

use footfall_serve::SetupError;

use super::refused;

/// What a source may be that is added on the page: no file, which would be one of this machine.
const SCHEMES: [&str; 4] = ["rtsp", "rtsps", "http", "https"];

/// An address that may come from the page.
pub(super) fn checked(address: &str) -> Result<&str, SetupError> {
    let address = address.trim();
    let is_address = address.split_once("://").is_some_and(|(scheme, rest)| {
        SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) && !rest.is_empty()
    });
    let is_number = !address.is_empty() && address.len() < 4 && address.bytes().all(|b| b.is_ascii_digit());
    if address.chars().any(|c| c.is_control() || c.is_whitespace()) || !(is_address || is_number) {
        return refused(
            "an address begins with rtsp://, rtsps://, http:// or https://, or is a camera's number, as 0",
        );
    }
    Ok(address)
}

/// The address with the login of the one before where it says `***`, if it is the same machine's: a password is told
/// to nobody else.
pub(super) fn with_login(address: &str, before: &str) -> Result<String, SetupError> {
    let Some((scheme, rest)) = address.split_once("://***@") else {
        if address.contains("***") {
            return refused("write out what *** stands for");
        }
        return Ok(address.to_owned());
    };
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    match before.split_once("://").and_then(|(_, old)| old.rsplit_once('@')) {
        Some((login, old)) if host(old) == host(rest) && !rest.contains("***") => {
            Ok(format!("{scheme}://{login}@{rest}"))
        }
        _ => refused(
            "for another machine, or another part of the address that is hidden, write the user and password anew",
        ),
    }
}

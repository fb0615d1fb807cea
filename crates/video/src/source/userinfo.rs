//! The part of an address that holds user and password (RFC 3986).

/// The user information of an address without its scheme, and what comes after it: `me:secret` and `cam/1` of
/// `me:secret@cam/1`.
///
/// A password that was typed as it is may have `/`, `?` or `#` in it, where an address has its path, query or
/// fragment: what is before these is a host and a port, or else the password goes on until one follows an `@`.
pub(super) fn userinfo(rest: &str) -> (Option<&str>, &str) {
    let authority = authority(rest);
    let at = match authority.rfind('@') {
        None if !is_host(authority) => rest.match_indices('@').map(|(at, _)| at).find(|&at| {
            let host = self::authority(&rest[at + 1..]);
            !host.is_empty() && is_host(host)
        }),
        at => at,
    };
    at.map_or((None, rest), |at| (Some(&rest[..at]), &rest[at + 1..]))
}

/// Up to the path, query or fragment.
pub(super) fn authority(rest: &str) -> &str {
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}

/// Whether it can be a host with or without a port; a `${NAME}` can be anything.
fn is_host(text: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) || port.contains("${");
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_address = host.starts_with('[') && host.ends_with(']');
    let is_name = |c: char| c.is_alphanumeric() || ".-_${}%".contains(c);
    is_port(port) && (is_address || host.chars().all(is_name))
}

/// Percent-encoded, whatever it holds.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    encoded(text, |at| plain(text.as_bytes()[at]))
}

/// `user:password` with both escaped: a colon in the password is part of it.
pub(super) fn login(text: &str) -> String {
    match text.split_once(':') {
        Some((user, password)) => format!("{}:{}", escaped(user), escaped(password)),
        None => escaped(text),
    }
}

/// User information as somebody has typed it, with what cannot stand there escaped. What was escaped already
/// stays.
pub(super) fn legible(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_escape =
        |at: usize| bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    encoded(text, |at| match bytes[at] {
        b'%' => is_escape(at),
        byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&byte),
    })
}

fn encoded(text: &str, stays: impl Fn(usize) -> bool) -> String {
    let encode = |(at, byte): (usize, u8)| {
        if stays(at) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().enumerate().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::{legible, userinfo};

    #[test]
    fn a_user_stands_before_the_host() {
        for (rest, user, place) in [
            ("cam/1", None, "cam/1"),
            ("cam:554/a@b", None, "cam:554/a@b"),
            ("[::1]:554/a@b", None, "[::1]:554/a@b"),
            ("me@cam", Some("me"), "cam"),
            ("me:secret@cam/a@b?c@d", Some("me:secret"), "cam/a@b?c@d"),
            ("me:p@ss@cam:8/1", Some("me:p@ss"), "cam:8/1"),
            ("me:p#ss@cam/1", Some("me:p#ss"), "cam/1"),
            ("me:p/s?s@10.0.0.7:554/a@b", Some("me:p/s?s"), "10.0.0.7:554/a@b"),
            ("${LOGIN}@${HOST}/1", Some("${LOGIN}"), "${HOST}/1"),
            ("${HOST}:${PORT}/a@b", None, "${HOST}:${PORT}/a@b"),
            ("me:p", None, "me:p"),
            ("", None, ""),
        ] {
            assert_eq!(userinfo(rest), (user, place), "{rest}");
        }
    }

    #[test]
    fn what_was_typed_is_escaped_once() {
        assert_eq!(legible("me:p%23s!$"), "me:p%23s!$");
        assert_eq!(legible("me:p#s/s?@ %é%4"), "me:p%23s%2Fs%3F%40%20%25%C3%A9%254");
    }
}

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

/// An address without its user information, and that as somebody would type it: `user:password`. `None` where there is
/// no password, or where it is a variable of the environment.
///
/// The first colon parts them in both forms; a user with a colon in it stays in the address.
#[must_use]
pub fn part_login(address: &str) -> Option<(String, String)> {
    let (scheme, rest) = address.split_once("://")?;
    let (user, place) = userinfo(rest);
    let (user, password) = user.filter(|user| !user.contains("${"))?.split_once(':')?;
    let (user, password) = (decoded(user)?, decoded(password)?);
    let is_a_line = |text: &str| !text.contains(['\n', '\r']);
    let can_be_kept = !user.contains(':') && is_a_line(&user) && is_a_line(&password);
    can_be_kept.then(|| (format!("{scheme}://{place}"), format!("{user}:{password}")))
}

/// With `%41` as `A`; a percent sign that begins no such thing stays. `None` where that is no text.
fn decoded(text: &str) -> Option<String> {
    let (bytes, mut plain, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let two = bytes.get(at + 1..at + 3).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let value = two
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        let value = value.filter(|_| bytes[at] == b'%');
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8(plain).ok()
}

fn encoded(text: &str, stays: impl Fn(usize) -> bool) -> String {
    let encode = |(at, byte): (usize, u8)| {
        if stays(at) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().enumerate().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::{legible, login, part_login, userinfo};

    #[test]
    fn a_login_is_parted_from_its_address_and_put_back() {
        let part = |address: &str| part_login(address);
        let both = |bare: &str, typed: &str| Some((bare.to_owned(), typed.to_owned()));
        assert_eq!(
            part("rtsp://me:p%40ss%2Fw%3Ard@cam:554/1?a=b"),
            both("rtsp://cam:554/1?a=b", "me:p@ss/w:rd")
        );
        assert_eq!(part("rtsp://me:p#ss@cam/1"), both("rtsp://cam/1", "me:p#ss"));
        assert_eq!(part("rtsp://me:100%@cam/1"), both("rtsp://cam/1", "me:100%"));
        for address in
            ["rtsp://cam/1", "rtsp://me@cam/1", "rtsp://${LOGIN}@cam", "rtsp://a:${P}@cam", "0", "a.mp4"]
        {
            assert_eq!(part(address), None, "{address}");
        }
        assert_eq!(part("rtsp://a%3Ab:c@cam"), None, "the first colon would part it elsewhere");
        let (_, typed) = part("rtsp://me:p%25%20%C3%A9@cam").unwrap();
        assert_eq!(login(&typed), "me:p%25%20%C3%A9");
    }

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

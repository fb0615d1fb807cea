//! Addresses as they may be shown: a scheme, a host and a port always, and of the rest what is known to be no
//! secret.

use std::borrow::Cow;
use std::ffi::OsStr;

/// What stands for something hidden.
const HIDDEN: &str = "***";

/// Keys whose values choose among a camera's streams, and tell nobody anything.
const HARMLESS: &str = " cam camera ch channel channelno chn codec compression format fps framerate height profile proto \
                        protocol quality rate resolution rotation src stream streamno streamtype subtype track \
                        trackid transport type unicast videocodec width ";

/// What stands before a secret in a path: `/token/abc`.
const SECRET: &str = " apikey auth credential credentials key keys login pass passwd password pwd secret session sig \
                      signature token tokens user username usr ";

/// A longer word of letters and digits mixed is likelier a key than a name.
const LONGEST_WORD: usize = 15;

/// `location` as it may be shown.
///
/// An address loses its user and password (`rtsp://***@host/...`), the values of its query but those of keys that
/// choose a stream, and in its path what looks like a login or a key. A password may hold any character, slashes
/// and question marks typed by hand included: all up to the last `@`, at worst too much, is hidden. A path of this
/// machine is shown as it is, unless it looks like an address without its scheme.
#[must_use]
pub fn shown(location: &OsStr) -> String {
    let text = location.to_string_lossy();
    let Some((scheme, rest)) = address(&text) else { return without_scheme(&text) };
    format!("{scheme}://{}", place(&without_user(rest)))
}

/// Scheme and rest, of an address.
fn address(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_scheme.then_some((scheme, rest))
}

/// What has no scheme is a path, unless it looks like an address that somebody has mistyped.
fn without_scheme(text: &str) -> String {
    if let Some((scheme, rest)) = mistyped(text) {
        return format!("{scheme}:/{}", place(&without_user(rest)));
    }
    match text.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => return format!("{HIDDEN}@{}", place(host)),
        _ => {}
    }
    match text.find('?') {
        Some(query) if text[query..].contains('=') => {
            format!("{}{}", &text[..query], query_of(&text[query..]))
        }
        _ => text.to_owned(),
    }
}

/// Scheme and rest, of an address with one slash too few.
fn mistyped(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(":/")?;
    let is_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    is_scheme.then_some((scheme, rest))
}

/// A host and what comes after it.
fn place(rest: &str) -> String {
    let path = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(path);
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    format!("{}{}{}", host_of(host), path_of(path), query_of(query))
}

fn without_user(rest: &str) -> Cow<'_, str> {
    match rest.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("{HIDDEN}@{host}")),
        None => Cow::Borrowed(rest),
    }
}

/// A host and a port, after a user that is hidden; of which the user may have been escaped together with its `@`.
fn host_of(text: &str) -> String {
    let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
    let plain = decoded(host);
    let (user, host) = plain.rsplit_once('@').map_or((user, host), |(_, host)| (Some(HIDDEN), host));
    let is_plain = host.chars().all(|c| c.is_alphanumeric() || ".-_:[]${}%".contains(c));
    let host = if is_plain { host } else { HIDDEN };
    user.map_or_else(|| host.to_owned(), |user| format!("{user}@{host}"))
}

fn path_of(path: &str) -> String {
    let mut before = "";
    let parts = path.split('/').map(|part| {
        let is_secret = is_in(SECRET, before);
        before = part;
        if part.is_empty() || !is_secret { segment(part) } else { HIDDEN.to_owned() }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn segment(text: &str) -> String {
    if hides_something(text) || text.contains([':', '@']) {
        HIDDEN.to_owned()
    } else if text.contains('=') {
        pairs(text, &['&', ';', ',', '_'], false)
    } else if looks_random(text) {
        HIDDEN.to_owned()
    } else {
        text.to_owned()
    }
}

fn query_of(query: &str) -> String {
    pairs(query, &['?', '#', '&', ';'], true)
}

/// Pairs of a key and a value, with what stands between them as it is. A word without a key is hidden where
/// `bare` says so, and where it may be the rest of a value that is hidden.
fn pairs(text: &str, separators: &[char], bare: bool) -> String {
    let mut shown = String::new();
    let mut was_hidden = bare;
    for piece in text.split_inclusive(separators) {
        let (piece, separator) = match piece.char_indices().next_back() {
            Some((at, last)) if separators.contains(&last) => piece.split_at(at),
            _ => (piece, ""),
        };
        match piece.split_once('=') {
            Some((key, value)) => {
                let (pair, is_hidden) = pair(key, value);
                was_hidden = is_hidden || bare;
                shown += &pair;
            }
            None if piece.is_empty() => {}
            None if was_hidden => shown += HIDDEN,
            None => shown += &segment(piece),
        }
        shown += separator;
    }
    shown
}

/// One pair, and whether something of it is hidden. Without a value it may be a key in base 64.
fn pair(key: &str, value: &str) -> (String, bool) {
    let is_name = key.len() <= 24 && key.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]".contains(c));
    let is_plain = value.len() <= 24 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    if is_in(HARMLESS, key) && is_plain && !looks_random(value) {
        (format!("{key}={value}"), false)
    } else if is_name && !value.trim_start_matches('=').is_empty() {
        (format!("{key}={HIDDEN}"), true)
    } else {
        (HIDDEN.to_owned(), true)
    }
}

/// Whether `words`, with a space around each, have this one.
fn is_in(words: &str, word: &str) -> bool {
    !word.is_empty() && !word.contains(' ') && words.contains(&format!(" {} ", word.to_ascii_lowercase()))
}

/// Whether it was escaped and has characters in it that part an address.
fn hides_something(text: &str) -> bool {
    let decoded = decoded(text);
    decoded != text && decoded.contains(['@', ':', '=', '&', '?', '/', '#', ';'])
}

/// Whether it looks like a key that somebody drew at random.
fn looks_random(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_hex = digits.len() > LONGEST_WORD && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            let has = |is: fn(&u8) -> bool| word.bytes().any(|b| is(&b));
            let turns =
                word.as_bytes().windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
            word.len() > LONGEST_WORD
                && has(u8::is_ascii_alphabetic)
                && (has(u8::is_ascii_digit) || turns.count() > 2)
        })
}

/// Without its percent escapes, also where these were escaped themselves.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..4 {
        if !text.contains('%') {
            break;
        }
        text = decoded_once(&text);
    }
    text
}

fn decoded_once(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut decoded, mut index) = (Vec::with_capacity(bytes.len()), 0);
    while index < bytes.len() {
        let two = bytes.get(index + 1..index + 3).and_then(|two| std::str::from_utf8(two).ok());
        match two.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if bytes[index] == b'%' => {
                decoded.push(byte);
                index += 3;
            }
            _ => {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests;

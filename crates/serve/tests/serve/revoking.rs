//! What goes on ends with what it was asked for with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use footfall_serve::{Config, Role, TokenConfig, new_token};

use crate::api::client;
use crate::common::{PATIENCE, Site};

const STREAMS: [&str; 3] =
    ["/api/v1/events", "/api/v1/sources/door/live", "/api/v1/sources/door/stream.mjpeg"];

/// An answer that goes on, after its head.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(site: &Site, path: &str, credential: &str) -> Self {
        let mut stream = TcpStream::connect(site.server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{credential}\r\n\r\n")
            .unwrap();
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            stream.read_line(&mut head).unwrap();
        }
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        Self(stream)
    }

    /// Waits for its end, however much comes before.
    fn end(mut self) {
        self.0.read_to_end(&mut Vec::new()).expect("it ends");
    }

    /// Waits for something more.
    fn goes_on(&mut self) {
        assert!(self.0.read(&mut [0; 64]).unwrap() > 0);
    }
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

/// The cookie of a session that is begun with `token`.
fn session(site: &Site, token: &str) -> String {
    let request = client().post(site.url("/api/v1/session")).header("Content-Type", "application/json");
    let response = request.send(format!("{{\"token\":\"{token}\"}}")).unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn with_tokens(tokens: &[&TokenConfig]) -> Config {
    Config { tokens: tokens.iter().copied().cloned().collect(), ..Config::default() }
}

#[test]
fn streams_end_with_their_token_and_those_of_others_go_on() {
    let (leaving, leaves) = new_token("leaving", Role::Read).unwrap();
    let (staying, stays) = new_token("staying", Role::Read).unwrap();
    let site = Site::start(|config| config.tokens = vec![leaves.clone(), stays.clone()]);
    site.show(1, 0);
    let cookie = format!("Cookie: {}", session(&site, &leaving));
    let open = |credential: &str| STREAMS.map(|path| Stream::open(&site, path, credential));
    let ending = [open(&bearer(&leaving)), open(&cookie)];
    let mut others = open(&bearer(&staying));
    site.server.tokens().replace(&with_tokens(&[&stays])).unwrap();
    ending.into_iter().flatten().for_each(Stream::end);
    let status = |credential: &str| {
        let (name, value) = credential.split_once(": ").unwrap();
        client().get(site.url("/api/v1/sources")).header(name, value).call().unwrap().status().as_u16()
    };
    assert_eq!([status(&bearer(&leaving)), status(&cookie), status(&bearer(&staying))], [401, 401, 200]);
    site.cross(2);
    others.iter_mut().for_each(Stream::goes_on);

    // A token that comes back lets in again, and its session was not forgotten.
    site.server.tokens().replace(&with_tokens(&[&leaves, &stays])).unwrap();
    assert_eq!([status(&bearer(&leaving)), status(&cookie)], [200, 200]);
}

#[test]
fn signing_out_ends_the_sessions_streams_and_no_others() {
    let (token, config) = new_token("wall", Role::Read).unwrap();
    let site = Site::start(|serve| serve.tokens = vec![config]);
    site.show(1, 0);
    let (mine, other) = (session(&site, &token), session(&site, &token));
    let open = |cookie: &str| STREAMS.map(|path| Stream::open(&site, path, &format!("Cookie: {cookie}")));
    let (ending, mut others) = (open(&mine), open(&other));
    let response = client().delete(site.url("/api/v1/session")).header("Cookie", &mine).call().unwrap();
    assert_eq!(response.status().as_u16(), 204);
    ending.into_iter().for_each(Stream::end);
    site.cross(2);
    others.iter_mut().for_each(Stream::goes_on);
}

#[test]
fn what_was_open_to_all_ends_with_the_first_token() {
    let site = Site::start(|_| ());
    site.show(1, 0);
    let ending = STREAMS.map(|path| Stream::open(&site, path, "X: y"));
    let (_, config) = new_token("wall", Role::Read).unwrap();
    site.server.tokens().replace(&with_tokens(&[&config])).unwrap();
    ending.into_iter().for_each(Stream::end);
    assert_eq!(client().get(site.url("/api/v1/sources")).call().unwrap().status().as_u16(), 401);
}

#[test]
fn tokens_that_cannot_be_used_change_nothing() {
    let (token, config) = new_token("wall", Role::Read).unwrap();
    let site = Site::start(|serve| serve.tokens = vec![config.clone()]);
    let broken = TokenConfig { sha256: "12".to_owned(), ..config };
    assert!(site.server.tokens().replace(&with_tokens(&[&broken])).is_err());
    let wide = Config { address: Some("0.0.0.0:1".parse().unwrap()), ..Config::default() };
    assert!(site.server.tokens().replace(&wide).unwrap_err().to_string().contains("footfall token"));
    let request =
        client().get(site.url("/api/v1/sources")).header("Authorization", format!("Bearer {token}"));
    assert_eq!(request.call().unwrap().status().as_u16(), 200);
}

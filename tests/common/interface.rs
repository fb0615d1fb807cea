//! The HTTP interface of a running program: where it is, and what it answers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::footfall;
use super::running::Running;

/// Nothing here takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// The address of the page, once the program says so.
pub fn address(running: &mut Running) -> String {
    let said = running.wait_for("the page is at ");
    let url = said.split_whitespace().last().unwrap();
    url.split("://").nth(1).unwrap().trim_end_matches('/').to_owned()
}

/// A token, and its entry for a configuration.
pub fn token(name: &str, role: &str) -> (String, String) {
    let made = footfall().args(["token", name, "--role", role]).output().unwrap();
    let said = String::from_utf8(made.stderr).unwrap();
    let entry = &said[said.find("[[serve.token]]").unwrap()..said.find("\n\nThe token").unwrap()];
    (String::from_utf8(made.stdout).unwrap().trim().to_owned(), format!("{entry}\n"))
}

/// The first line of an answer, and what comes after it.
pub fn get(address: &str, path: &str, token: &str) -> (String, BufReader<TcpStream>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    write!(stream, "{head}Authorization: Bearer {token}\r\n\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    (line, stream)
}

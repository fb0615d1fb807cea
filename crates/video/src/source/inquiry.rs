//! Why a stream could not be opened: OpenCV does not say, so whoever should have sent it is asked.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use footfall_private::shown;

use super::userinfo::{authority, userinfo};

/// Longest time for a connection, and for an answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// A first line is no longer.
const LINE: usize = 200;

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inquiry {
    /// The name of the host stands for no machine.
    NoHost(String),
    /// The machine says that nothing listens there.
    NothingListens(String),
    /// The machine does not answer.
    Silent(String),
    /// It asks for a user and a password; whether any were given.
    Login {
        /// Whether the address, or the file beside it, has them.
        given: bool,
    },
    /// It answers with this status.
    Status(u16),
    /// Nothing that explains it.
    Unknown,
}

impl fmt::Display for Inquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost(host) => write!(f, "there is no machine {host}: the name is not known here"),
            Self::NothingListens(place) => {
                write!(f, "nothing listens at {place}: is the port right, and is it switched on?")
            }
            Self::Silent(place) => {
                write!(f, "{place} does not answer: is it on, and on this network?")
            }
            Self::Login { given: true } => {
                f.write_str("it answered 401, which is for a wrong user or password: check both")
            }
            Self::Login { given: false } => f.write_str(
                "it asks for a user and a password: put them into a file as user:password, and name that as login_file",
            ),
            Self::Status(404) => f.write_str("it answered 404: it has no such stream; check what comes after the host"),
            Self::Status(status) => write!(f, "it answered {status}"),
            Self::Unknown => f.write_str("it answers, but sent no video that can be read"),
        }
    }
}

/// Asks whoever is at `address`, without telling them the login.
pub(super) fn ask(address: &str) -> Inquiry {
    let Some((scheme, rest)) = address.split_once("://") else { return Inquiry::Unknown };
    let (user, place) = userinfo(rest);
    let host = authority(place);
    let port = match scheme {
        "rtsp" => 554,
        "http" => 80,
        "rtsps" => 322,
        "https" => 443,
        "rtmp" => 1935,
        _ => return Inquiry::Unknown,
    };
    let host = if has_port(host) { host.to_owned() } else { format!("{host}:{port}") };
    // What was taken for the host may be part of a password.
    let told = shown(OsStr::new(&format!("{scheme}://{host}"))).split_off(scheme.len() + "://".len());
    let stream = match connect(&host, told.clone()) {
        Ok(stream) => stream,
        Err(inquiry) => return inquiry,
    };
    let question = match scheme {
        "rtsp" => format!("DESCRIBE rtsp://{place} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"),
        "http" => {
            let path = &place[authority(place).len()..];
            let slash = if path.starts_with('/') { "" } else { "/" };
            format!("GET {slash}{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", authority(place))
        }
        _ => return Inquiry::Unknown,
    };
    match status(stream, &question) {
        Ok(Some(401 | 403)) => Inquiry::Login { given: user.is_some() },
        Ok(Some(status)) if status >= 300 => Inquiry::Status(status),
        Ok(_) => Inquiry::Unknown,
        Err(_) => Inquiry::Silent(told),
    }
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether anybody listens at this port of a machine.
///
/// # Errors
/// Why nobody can be reached.
pub fn listens(host: &str, port: u16) -> Result<(), Inquiry> {
    connect((host, port), format!("{host}:{port}")).map(drop)
}

/// A connection to a place that is called `told`.
fn connect(place: impl ToSocketAddrs, told: String) -> Result<TcpStream, Inquiry> {
    let Ok(addresses) = place.to_socket_addrs() else {
        return Err(Inquiry::NoHost(told.rsplit_once(':').map_or(&*told, |(name, _)| name).to_owned()));
    };
    let mut is_refused = false;
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => is_refused |= error.kind() == io::ErrorKind::ConnectionRefused,
        }
    }
    Err(if is_refused { Inquiry::NothingListens(told) } else { Inquiry::Silent(told) })
}

/// The status of an answer, if it has one; whoever gives it letter by letter is not waited for.
fn status(mut stream: TcpStream, question: &str) -> io::Result<Option<u16>> {
    let end = Instant::now() + PATIENCE;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(question.as_bytes())?;
    let (mut line, mut byte) = (Vec::new(), [0]);
    while line.len() < LINE {
        let left = end.saturating_duration_since(Instant::now());
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        if left.is_zero() || stream.read(&mut byte)? == 0 || byte == *b"\n" {
            break;
        }
        line.push(byte[0]);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(line.split(' ').nth(1).and_then(|status| status.parse().ok()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::{Inquiry, ask};

    /// Somebody who answers once with this, and what they were asked.
    fn answers(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = [0; 1000];
            let length = stream.read(&mut question).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&question[..length]).into_owned()
        });
        (place, asked)
    }

    #[test]
    fn what_is_answered_is_told_and_no_login_is() {
        for (answer, expected) in [
            ("RTSP/1.0 401 Unauthorized\r\n\r\n", Inquiry::Login { given: true }),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", Inquiry::Login { given: true }),
            ("RTSP/1.0 404 Not Found\r\n\r\n", Inquiry::Status(404)),
            ("RTSP/1.0 200 OK\r\n\r\n", Inquiry::Unknown),
            ("what?", Inquiry::Unknown),
            ("", Inquiry::Unknown),
        ] {
            let (place, asked) = answers(answer);
            assert_eq!(ask(&format!("rtsp://me:hunter2@{place}/live?x=1")), expected, "{answer}");
            let asked = asked.join().unwrap();
            assert!(asked.starts_with(&format!("DESCRIBE rtsp://{place}/live?x=1 RTSP/1.0\r\n")), "{asked}");
            assert!(!asked.contains("hunter2"), "{asked}");
        }
        let (place, asked) = answers("HTTP/1.0 401 Unauthorized\r\n\r\n");
        assert_eq!(ask(&format!("http://{place}?a=b")), Inquiry::Login { given: false });
        assert!(asked.join().unwrap().starts_with("GET /?a=b HTTP/1.1\r\n"));
    }

    #[test]
    fn who_is_not_there_is_told_apart() {
        let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(ask(&format!("rtsp://{place}/a")), Inquiry::NothingListens(place.to_string()));
        assert_eq!(ask("http://no-such-host.invalid/a"), Inquiry::NoHost("no-such-host.invalid".into()));
        assert_eq!(ask("srt://127.0.0.1:1"), Inquiry::Unknown);
    }
}

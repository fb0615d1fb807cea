//! A broker that speaks MQTT 3.1.1 and nothing else, and is as moody as a test wants it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What it does with whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mood {
    /// It closes the connection at longer packets, as those of 3.1.1 do.
    pub(crate) longest: usize,
    /// It closes the connection after so many publications: an outage.
    pub(crate) patience: usize,
}

/// A topic and a payload.
type Taken = (String, Vec<u8>);

/// A broker, and what it has heard.
pub(crate) struct OldBroker {
    pub(crate) port: u16,
    /// Topics and payloads that it said it has.
    pub(crate) taken: Arc<Mutex<Vec<Taken>>>,
    /// Publications of any kind, taken or not.
    pub(crate) sent: Arc<AtomicU64>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl OldBroker {
    pub(crate) fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (taken, sent) = (Arc::default(), Arc::default());
        let broker = Self { port, taken, sent, connections: Arc::default() };
        let (taken, sent, connections) =
            (broker.taken.clone(), broker.sent.clone(), broker.connections.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::Relaxed);
                let (taken, sent) = (taken.clone(), sent.clone());
                // One at a time is enough for one client.
                serve(stream.unwrap(), mood, &taken, &sent);
            }
        });
        broker
    }
}

/// Serves until somebody has had enough.
fn serve(mut stream: TcpStream, mood: Mood, taken: &Mutex<Vec<Taken>>, sent: &AtomicU64) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let (_, connect) = packet(&mut stream)?;
    // Behind the protocol's name, with its length.
    if connect[6] != 4 {
        stream.write_all(&[0x20, 2, 0, 1]).ok()?;
        return None;
    }
    stream.write_all(&[0x20, 2, 0, 0]).ok()?;
    let mut left = mood.patience;
    loop {
        let (kind, body) = packet(&mut stream)?;
        match kind >> 4 {
            3 => {
                sent.fetch_add(1, Ordering::Relaxed);
                if body.len() > mood.longest || left == 0 {
                    return None;
                }
                left -= 1;
                let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
                let topic = String::from_utf8(body[2..2 + length].to_vec()).unwrap();
                let number = &body[2 + length..4 + length];
                taken.lock().unwrap().push((topic, body[4 + length..].to_vec()));
                stream.write_all(&[0x40, 2, number[0], number[1]]).ok()?;
            }
            12 => stream.write_all(&[0xd0, 0]).ok()?,
            _ => return None,
        }
    }
}

/// The next packet's first byte and what is behind its length.
fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte).ok()?;
    let kind = byte[0];
    let (mut length, mut shift) = (0, 0);
    loop {
        stream.read_exact(&mut byte).ok()?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] < 0x80 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((kind, body))
}

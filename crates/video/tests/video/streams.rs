//! Addresses, against a server of one answer.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use footfall_pipeline::Kind;
use footfall_video::{SourceOptions, open_source};

use crate::clips::{drain, encoded, numbered, numbers, write_clip};

/// Answers every request on a port of its own with `head` and `body`, until it is asked for `/stop`.
fn serve(head: String, body: Vec<u8>) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let length = connection.read(&mut request).unwrap_or(0);
            if request[..length].starts_with(b"GET /stop") {
                return;
            }
            // The client may have seen enough before all is sent.
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&body));
        }
    });
    (port, server)
}

fn stop(port: u16, server: JoinHandle<()>) {
    std::net::TcpStream::connect(("127.0.0.1", port))
        .unwrap()
        .write_all(b"GET /stop HTTP/1.0\r\n\r\n")
        .unwrap();
    server.join().unwrap();
}

#[test]
fn a_stream_without_a_length_is_live_until_it_breaks_off() {
    let mut body = Vec::new();
    for number in 1..=30 {
        let picture = encoded(&numbered(160, 120, number), ".jpg");
        write!(body, "--b\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", picture.len()).unwrap();
        body.extend(picture);
        body.extend(b"\r\n");
    }
    let head = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n";
    let (port, server) = serve(head.to_owned(), body);
    let address = format!("http://me:secret@127.0.0.1:{port}/camera.mjpg");
    let mut source = open_source(&address, &SourceOptions::default()).unwrap();
    assert_eq!(source.info().kind, Kind::Live);
    assert_eq!(source.info().name, format!("http://***@127.0.0.1:{port}/camera.mjpg"));
    assert_eq!(source.info().frames, None);
    let (frames, error) = drain(&mut *source);
    stop(port, server);
    let shown = numbers(&frames);
    assert!(shown.len() >= 20 && shown.is_sorted(), "{shown:?}");
    assert!(frames.is_sorted_by_key(|frame| frame.time));
    assert_eq!(frames[0].time.as_nanos(), 0);
    let error = error.unwrap();
    assert!(error.contains(&format!("broke off after frame {}", frames.len())), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn a_file_that_the_server_stops_sending_ends_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 25.0, 60));
    let mut body = std::fs::read(&path).unwrap();
    let head =
        format!("HTTP/1.0 200 OK\r\nContent-Type: video/x-msvideo\r\nContent-Length: {}\r\n\r\n", body.len());
    body.truncate(body.len() / 2);
    let (port, server) = serve(head, body);
    let mut source =
        open_source(format!("http://127.0.0.1:{port}/clip.avi"), &SourceOptions::default()).unwrap();
    let (frames, error) = drain(&mut *source);
    stop(port, server);
    assert!((10..50).contains(&frames.len()), "{} frames", frames.len());
    assert!(error.unwrap().contains("of its 60 frames came"));
}

#[test]
fn a_file_behind_an_address_is_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 25.0, 20));
    let body = std::fs::read(&path).unwrap();
    let head =
        format!("HTTP/1.0 200 OK\r\nContent-Type: video/x-msvideo\r\nContent-Length: {}\r\n\r\n", body.len());
    let (port, server) = serve(head, body);
    let mut source =
        open_source(format!("http://127.0.0.1:{port}/clip.avi"), &SourceOptions::default()).unwrap();
    assert_eq!((source.info().kind, source.info().frames), (Kind::Recorded, Some(20)));
    let (frames, error) = drain(&mut *source);
    stop(port, server);
    assert_eq!((numbers(&frames), error), ((1..=20).collect(), None));
}

#[test]
fn an_address_that_gives_one_picture_is_asked_again_and_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for (number, connection) in (1..).zip(listener.incoming()) {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let length = connection.read(&mut request).unwrap_or(0);
            if request[..length].starts_with(b"GET /stop") {
                return;
            }
            let picture = encoded(&numbered(160, 120, number), ".jpg");
            let head = format!(
                "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
                picture.len()
            );
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&picture));
        }
    });
    let options = SourceOptions { camera_rate: Some(50.0), ..SourceOptions::default() };
    let mut source = open_source(format!("http://127.0.0.1:{port}/snapshot.jpg"), &options).unwrap();
    let info = source.info().clone();
    assert_eq!((info.kind, info.width, info.height, info.frame_rate), (Kind::Live, 160, 120, Some(50.0)));
    let frames: Vec<_> = (0..6).map(|_| source.next_frame().unwrap().unwrap()).collect();
    stop(port, server);
    let shown = numbers(&frames);
    assert!(shown.windows(2).all(|pair| pair[0] < pair[1]), "each is a new one: {shown:?}");
    assert!(frames.is_sorted_by(|a, b| a.time < b.time && a.number + 1 == b.number));
    assert!(source.next_frame().is_err(), "a server that is gone is an error");
}

//! A collector hears what a worker and the office do, in OpenTelemetry's own words.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rustix::process::{Pid, Signal, kill_process};

use crate::common::footfall;
use crate::house::{House, cut};
use crate::servers::{PATIENCE, Running, until};

/// Takes what it is told for as long as the test goes on.
struct Collector {
    url: String,
    told: Receiver<ExportTraceServiceRequest>,
}

impl Collector {
    fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, told) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || {
                    let mut stream = BufReader::new(stream);
                    while let Some(request) = request(&mut stream) {
                        if sender.send(request).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, told }
    }

    /// Spans of the program called `service`, until there is one called `last`.
    fn hear(&self, service: &str, last: &str) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        while !spans.iter().any(|span| span.name == last) {
            let told = self.told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {last}: {spans:?}"));
            for of_program in told.resource_spans {
                let resource = format!("{:?}", of_program.resource.unwrap().attributes);
                assert!(resource.contains("service.name") && resource.contains(service), "{resource}");
                spans.extend(of_program.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        spans
    }
}

/// The next request of a connection, which is answered.
fn request(stream: &mut BufReader<TcpStream>) -> Option<ExportTraceServiceRequest> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    assert!(head.starts_with("POST /v1/traces "), "{head}");
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
    stream.get_mut().write_all(answer).ok()?;
    Some(ExportTraceServiceRequest::decode(&*body).unwrap())
}

/// The span called `name`, which is a part of `whole`, if that is given.
fn part<'a>(spans: &'a [Span], name: &str, whole: Option<&Span>) -> &'a Span {
    let is_it =
        |span: &&Span| span.name == name && whole.is_none_or(|whole| span.parent_span_id == whole.span_id);
    let found = spans.iter().find(is_it);
    found.unwrap_or_else(|| {
        panic!("no {name} in {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>())
    })
}

#[test]
fn a_worker_tells_of_each_recording_and_of_the_parts_of_its_work() {
    let (mut house, collector) = (House::new(), Collector::open());
    cut(&house.recordings().join("a.avi"), 0, 20);
    house.tell(&collector.url);
    house.submit().success();
    house.work_until_empty().success();
    let spans = collector.hear("footfall worker", "recording");
    let recording = part(&spans, "recording", None);
    assert!(format!("{:?}", recording.attributes).contains("rec/a.avi"), "{recording:?}");
    for name in ["take", "fetch", "count", "write down"] {
        let span = part(&spans, name, Some(recording));
        assert!(recording.start_time_unix_nano <= span.start_time_unix_nano, "{name}");
        assert!(span.end_time_unix_nano <= recording.end_time_unix_nano, "{name}");
        assert_eq!(span.trace_id, recording.trace_id, "{name}");
    }
    // A collector that is away is nobody's trouble.
    cut(&house.recordings().join("b.avi"), 30, 20);
    house.tell("http://127.0.0.1:9");
    house.submit().success();
    house.work_until_empty().success();
    assert_eq!(house.status()["done"], 2);
    house.tell("ftp://127.0.0.1");
    house.work_until_empty().failure(2, &["telemetry.otlp", "http://HOST:4318"]);
}

#[test]
fn the_office_tells_of_what_it_keeps() {
    let (house, collector) = (House::new(), Collector::open());
    let config = house.folder.path().join("office.toml");
    let text = format!(
        "[hub]\nurl = '{}'\n[database]\nurl = '{}'\n[serve]\naddress = '127.0.0.1:0'\n[telemetry]\notlp = '{}'\n",
        house.hub.url(),
        house.postgres.url(),
        collector.url
    );
    std::fs::write(&config, text).unwrap();
    let mut command = footfall();
    command.args(["office", "--config"]).arg(&config);
    let mut office = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    // Nobody keeps what comes before the office has made its stream.
    let refused = "SELECT 1 FROM office.refused LIMIT 1";
    until("a message", || {
        let mut hub = TcpStream::connect(house.hub.url().trim_start_matches("nats://")).unwrap();
        hub.write_all(b"CONNECT {}\r\nPUB office.berlin.entries 7\r\nno JSON\r\nPING\r\n").unwrap();
        let mut said = BufReader::new(hub).lines().map_while(Result::ok);
        assert!(said.any(|line| line == "PONG"));
        house.number(refused)
    });
    kill_process(Pid::from_child(&office.0), Signal::TERM).unwrap();
    let spans = collector.hear("footfall office", "messages");
    let messages = part(&spans, "messages", None);
    part(&spans, "keep", Some(messages));
    part(&spans, "confirm", Some(messages));
    assert!(office.0.wait().unwrap().success());
}

//! Debian's mosquitto, which can be stopped and started, and somebody who hears all that it is told.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use mqtt3::{Client, Event, MqttOptions, Packet, QoS};
use rustix::process::{Pid, Signal, kill_process};

/// Nothing here takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// A broker that keeps what it has while it is stopped.
pub struct Broker {
    pub port: u16,
    settings: std::path::PathBuf,
    process: Option<Child>,
}

impl Broker {
    /// At a free port, with its files in `folder`.
    pub fn start(folder: &Path) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let settings = folder.join("mosquitto.conf");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\n\
             user root\nmax_queued_messages 0\nmax_inflight_messages 1000\n",
            folder.display()
        );
        fs::write(&settings, text).unwrap();
        let mut broker = Self { port, settings, process: None };
        broker.start_again();
        broker
    }

    /// Starts a stopped one, and waits until it listens.
    pub fn start_again(&mut self) {
        let mut command = Command::new("/usr/sbin/mosquitto");
        command.arg("-c").arg(&self.settings).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().expect("scripts/test installs mosquitto"));
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(Instant::now() < end, "mosquitto does not listen");
            thread::yield_now();
        }
    }

    /// Asks it to end, as an administrator would, and waits until it has.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            kill_process(Pid::from_child(&process), Signal::TERM).unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A message: its topic, and what is in it.
pub type Message = (String, Vec<u8>);

/// All messages under `topics`, for somebody who comes back after the broker was lost and has missed nothing.
pub fn listen(port: u16, topics: &'static str) -> Receiver<Message> {
    let (sender, heard) = channel();
    let mut options = MqttOptions::new("the-test", ("127.0.0.1", port));
    options.set_clean_session(false).set_keep_alive(5);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut connection) = Client::builder(options).capacity(10).build();
    let (ready, is_ready) = channel();
    thread::spawn(move || {
        for event in connection.iter() {
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    client.subscribe(topics, QoS::AtLeastOnce).unwrap();
                }
                Ok(Event::Incoming(Packet::SubAck(_))) => drop(ready.send(())),
                Ok(Event::Incoming(Packet::Publish(p))) => {
                    let topic = String::from_utf8(p.topic.to_vec()).unwrap();
                    if sender.send((topic, p.payload.to_vec())).is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                // It is asked again, and again, until it is there.
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    });
    is_ready.recv_timeout(PATIENCE).expect("the broker answers");
    heard
}

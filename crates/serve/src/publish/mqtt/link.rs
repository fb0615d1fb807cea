//! A connection to a broker: MQTT 5, which says why something is refused, or 3.1.1 where that is all the
//! broker speaks.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use mqtt3::{AsyncClient as Client3, EventLoop as Loop3};
use mqtt5::{AsyncClient as Client5, EventLoop as Loop5};
use tokio::time::timeout;

use super::Publication;
use crate::PortError;
use crate::publish::receiver::{Lost, Sent, Verdict};

/// So many are on their way at once.
const WINDOW: usize = 50;

/// Packets of more bytes go alone.
const LONG: usize = 2048;

/// A connection. It is never taken up again: whatever happens to it, the next one starts from the ledger.
pub(super) struct Link {
    client: Client,
    patience: Duration,
    /// Packets of more bytes are not taken, where the broker says so.
    longest: Option<usize>,
}

enum Client {
    Five(Client5, Box<Loop5>),
    Three(Client3, Box<Loop3>),
}

/// Publications that go together, as many at once as are let. A long one, which may be over a limit of the broker's,
/// goes alone: it is known then what the broker closes the connection at, and nothing else is sent twice.
fn together(publications: &[Publication]) -> impl Iterator<Item = &[Publication]> {
    let is_long = |publication: &Publication| publication.bytes() > LONG;
    publications.chunk_by(move |a, b| is_long(a) == is_long(b)).flat_map(move |alike| {
        let are_long = alike.first().is_some_and(is_long);
        alike.chunks(if are_long { 1 } else { alike.len().max(1) })
    })
}

/// Why there is no connection by MQTT 5.
pub(super) enum Unreached {
    /// The broker does not know it: it says so, or closes the connection without words of MQTT 5.
    Older(PortError),
    /// Anything else.
    Other(PortError),
}

/// What has happened on a connection.
enum Happened {
    /// It stands; packets of more bytes are not taken.
    Connected(Option<u32>),
    /// A publication left under this number.
    Sent(u16),
    /// What left under this number was answered.
    Answered(u16, Verdict),
    /// Nothing of interest.
    Other,
}

impl Link {
    /// Connects by MQTT 5.
    pub(super) async fn five(options: mqtt5::MqttOptions, patience: Duration) -> Result<Self, Unreached> {
        let (client, mut events) = Client5::builder(options).capacity(2 * WINDOW).build();
        let first = async {
            loop {
                if let Happened::Connected(longest) = of_five(events.poll().await.map_err(unreached)?) {
                    return Ok(longest.map(|bytes| bytes as usize));
                }
            }
        };
        let longest = timeout(patience, first).await.map_err(|_| Unreached::Other(silence()))??;
        Ok(Self { client: Client::Five(client, Box::new(events)), patience, longest })
    }

    /// Connects by MQTT 3.1.1.
    pub(super) async fn three(
        options: mqtt3::MqttOptions,
        network: mqtt3::NetworkOptions,
        patience: Duration,
    ) -> Result<Self, PortError> {
        let (client, mut events) = Client3::builder(options).capacity(2 * WINDOW).build();
        events.set_network_options(network);
        let client = Client::Three(client, Box::new(events));
        let mut link = Self { client, patience, longest: None };
        loop {
            if let Happened::Connected(_) = link.happened().await.map_err(|lost| lost.error)? {
                return Ok(link);
            }
        }
    }

    /// Sends these in order, and waits for what the broker says to each.
    pub(super) async fn publish(&mut self, publications: &[Publication]) -> Sent {
        let mut verdicts = Vec::with_capacity(publications.len());
        for some in together(publications) {
            let mut answers = vec![None; some.len()];
            let lost = self.publish_some(some, &mut answers).await.err();
            // Of what comes behind one without an answer it is not told what became of it.
            verdicts.extend(answers.into_iter().map_while(|answer| answer));
            if lost.is_some() {
                return Sent { verdicts, lost };
            }
        }
        Sent { verdicts, lost: None }
    }

    async fn publish_some(
        &mut self,
        some: &[Publication],
        answers: &mut [Option<Verdict>],
    ) -> Result<(), Lost> {
        let mut waiting = some.iter().enumerate();
        // In the order in which they leave, which is that in which they are given their numbers.
        let mut leaving = VecDeque::new();
        let mut on_their_way: Vec<(u16, usize)> = Vec::new();
        loop {
            // The next one leaves as soon as one has arrived. If all waited for all, so would the broker: its system
            // holds back short answers until it hears from us.
            while leaving.len() + on_their_way.len() < WINDOW
                && let Some((index, publication)) = waiting.next()
            {
                match self.longest {
                    Some(longest) if publication.bytes() > longest => {
                        let reason = format!("it is longer than the {longest} bytes that the broker takes");
                        answers[index] = Some(Verdict::refused(true, reason));
                    }
                    _ => {
                        self.client.queue(publication)?;
                        leaving.push_back(index);
                    }
                }
            }
            if leaving.is_empty() && on_their_way.is_empty() {
                return Ok(());
            }
            match self.happened().await? {
                Happened::Sent(number) => {
                    on_their_way.extend(leaving.pop_front().map(|index| (number, index)));
                }
                Happened::Answered(number, verdict) => {
                    if let Some(at) = on_their_way.iter().rposition(|(sent, _)| *sent == number) {
                        answers[on_their_way.remove(at).1] = Some(verdict);
                    }
                }
                Happened::Connected(_) | Happened::Other => {}
            }
        }
    }

    /// The next thing that happens, within reason.
    async fn happened(&mut self) -> Result<Happened, Lost> {
        timeout(self.patience, self.client.poll()).await.map_err(|_| Lost::from(silence()))?
    }

    /// Keeps the connection alive until it is lost.
    pub(super) async fn idle(&mut self) -> PortError {
        loop {
            if let Err(lost) = self.client.poll().await {
                return lost.error;
            }
        }
    }

    /// Says good-bye.
    pub(super) async fn leave(mut self) {
        let asked = match &self.client {
            Client::Five(client, _) => client.try_disconnect().is_ok(),
            Client::Three(client, _) => client.try_disconnect().is_ok(),
        };
        if asked {
            // The end of the connection is what was asked for.
            let _ = timeout(self.patience, self.idle()).await;
        }
    }
}

impl Client {
    fn queue(&self, publication: &Publication) -> Result<(), PortError> {
        let Publication { topic, retain, payload } = publication.clone();
        match self {
            Self::Five(client, _) => {
                client.try_publish(topic, payload, mqtt5::PublishOptions::at_least_once().retain(retain))?;
            }
            Self::Three(client, _) => {
                client.try_publish(topic, payload, mqtt3::PublishOptions::at_least_once().retain(retain))?;
            }
        }
        Ok(())
    }

    async fn poll(&mut self) -> Result<Happened, Lost> {
        match self {
            Self::Five(_, events) => events.poll().await.map(of_five).map_err(lost_five),
            Self::Three(_, events) => events.poll().await.map(of_three).map_err(lost_three),
        }
    }
}

fn of_five(event: mqtt5::Event) -> Happened {
    use mqtt5::{Event, Outgoing, Packet, PubAckReason};
    match event {
        Event::Incoming(Packet::ConnAck(ack)) => {
            Happened::Connected(ack.properties.and_then(|known| known.max_packet_size))
        }
        Event::Incoming(Packet::PubAck(ack)) => {
            let said = ack.properties.and_then(|known| known.reason_string);
            let verdict = match ack.reason {
                PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Verdict::Taken,
                reason => {
                    let certain =
                        matches!(reason, PubAckReason::TopicNameInvalid | PubAckReason::PayloadFormatInvalid);
                    let said = said.map_or_else(String::new, |said| format!(": {said}"));
                    Verdict::refused(certain, format!("the broker says {reason:?}{said}"))
                }
            };
            Happened::Answered(ack.pkid, verdict)
        }
        Event::Outgoing(Outgoing::Publish(number)) => Happened::Sent(number),
        _ => Happened::Other,
    }
}

fn of_three(event: mqtt3::Event) -> Happened {
    use mqtt3::{Event, Outgoing, Packet};
    match event {
        Event::Incoming(Packet::ConnAck(_)) => Happened::Connected(None),
        // In 3.1.1 a broker has no words to refuse with.
        Event::Incoming(Packet::PubAck(ack)) => Happened::Answered(ack.pkid, Verdict::Taken),
        Event::Outgoing(Outgoing::Publish(number)) => Happened::Sent(number),
        _ => Happened::Other,
    }
}

fn silence() -> PortError {
    "the broker does not answer".into()
}

fn unreached(error: mqtt5::ConnectionError) -> Unreached {
    use mqtt5::{ConnectReturnCode, ConnectionError};
    match &error {
        // The answer of 3.1.1 is shorter than that of 5, and reads as if its end was missing.
        ConnectionError::MqttState(_)
        | ConnectionError::ConnectionRefused(
            ConnectReturnCode::RefusedProtocolVersion | ConnectReturnCode::UnsupportedProtocolVersion,
        ) => Unreached::Older(error.into()),
        _ => Unreached::Other(error.into()),
    }
}

fn lost_five(error: mqtt5::ConnectionError) -> Lost {
    use mqtt5::{ConnectionError, StateError};
    let closed = match &error {
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Io(error)) => is_closed(error),
        // Whatever else the broker does to a connection that stands; an answer that cannot be read, too.
        ConnectionError::MqttState(state) => !matches!(state, StateError::AwaitPingResp),
        _ => false,
    };
    Lost { error: error.into(), closed }
}

fn lost_three(error: mqtt3::ConnectionError) -> Lost {
    use mqtt3::{ConnectionError, StateError};
    let closed = match &error {
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Io(error)) => is_closed(error),
        ConnectionError::MqttState(state) => !matches!(state, StateError::AwaitPingResp),
        _ => false,
    };
    Lost { error: error.into(), closed }
}

/// Whether the other end has closed the connection: who does so before it has read everything resets it.
fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

//! A publisher's life: one connection after the other, with longer and longer pauses while they fail.

use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::delivery::Delivery;
use super::reading::Reading;
use super::receiver::Receiver;
use crate::PortError;
use crate::server::end_of;

/// Publishes until the reading ends.
pub(super) async fn run(mut reading: Reading, mut receiver: impl Receiver) {
    let mut backoff = Backoff::new(reading.pace());
    let mut delivery = Delivery::new(0);
    loop {
        let known = reading.position();
        if !reading.claim().await {
            return;
        }
        // Another ledger may be in the place of the one before.
        if reading.position() != known {
            delivery = Delivery::new(reading.position());
        }
        let (began, from) = (Instant::now(), delivery.taken());
        let Err(error) = connection(&mut receiver, &mut reading, &mut delivery, &mut backoff).await else {
            return;
        };
        // A broker that lets in whoever comes and then takes nothing is one that fails. One that was there
        // for long, or took something, has begun to fail just now.
        if delivery.taken() > from || began.elapsed() > reading.pace().longest_pause {
            backoff.reset();
        }
        if pause(&reading, &mut backoff, &error).await {
            return;
        }
    }
}

/// Says what went wrong, and waits until it is time for another try; whether the end has come first.
pub(super) async fn pause(reading: &Reading, backoff: &mut Backoff, error: &PortError) -> bool {
    let (error, pause) = (error.to_string(), backoff.next_pause());
    let (name, seconds) = (reading.name(), pause.as_secs_f64());
    if reading.reporter().failed(&error) {
        tracing::warn!("{name}: {error}; trying again in {seconds:.1} s, and less and less often");
    } else {
        tracing::debug!("{name}: {error}; trying again in {seconds:.1} s");
    }
    tokio::select! {
        () = sleep(pause) => false,
        () = end_of(reading.ended()) => true,
    }
}

/// Connects, and sends until the connection is lost or the reading ends.
async fn connection(
    receiver: &mut impl Receiver,
    reading: &mut Reading,
    delivery: &mut Delivery,
    backoff: &mut Backoff,
) -> Result<(), PortError> {
    if receiver.connect(reading).await? {
        reading.reporter().up();
    }
    reading.hurry();
    let mut told: Option<Instant> = None;
    loop {
        // The connection is kept alive while there is nothing to send.
        let look = tokio::select! {
            look = reading.look(delivery.tried(), delivery.wanted()) => look?,
            lost = receiver.idle() => return Err(lost),
        };
        let Some(look) = look else { break };
        // Counts cost more than crossings. While one look with crossings follows the other they are told at times, and
        // after the last of them once more.
        let is_hurried =
            !look.entries.is_empty() && told.is_some_and(|at| at.elapsed() < reading.pace().look_every);
        if !is_hurried {
            receiver.tell(reading).await?;
            told = Some(Instant::now());
        }
        delivery.deliver(receiver, reading, look, backoff).await?;
    }
    receiver.leave().await
}

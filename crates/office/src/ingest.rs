//! From the hub into the database: read, commit, and only then tell the hub that it may forget.

use std::time::Instant;

use async_nats::jetstream::{AckKind, Message};
use tracing::Instrument as _;

use crate::OfficeError;
use crate::hub::{Hub, PATIENCE};
use crate::keep::{Fate, Keeper, Letter};
use crate::shared::Shared;
use crate::silence::Silence;

/// Reads until the office ends, or the hub or the database is lost.
pub(crate) async fn run(shared: &Shared) -> Result<(), OfficeError> {
    let database = shared.database.connect().await?;
    let mut hub = Hub::connect(&shared.config.hub, &database).await?;
    let mut keeper = Keeper::new(database, hub.stream(), &shared.config.hub.prefix);
    let mut silence = Silence::new(Instant::now());
    shared.works("ingest");
    while !shared.is_over() {
        let messages = hub.next().await?;
        if messages.is_empty() {
            look(&mut hub, &mut silence).await?;
            continue;
        }
        silence.ends();
        let letters: Vec<_> = messages.iter().map(letter).collect::<Result<_, _>>()?;
        let sequence = letters.last().map_or(0, |letter| letter.sequence);
        let span = tracing::info_span!("messages", count = letters.len(), sequence);
        let kept = async {
            let fates = keeper.keep(&letters).instrument(tracing::info_span!("keep")).await?;
            confirm(&messages, fates).instrument(tracing::info_span!("confirm")).await
        };
        if let Err(error) = kept.instrument(span).await {
            give_back(&messages).await;
            return Err(error);
        }
        shared.figures.kept(&letters);
    }
    Ok(())
}

/// Looks now and then whether nothing comes because there is nothing.
///
/// # Errors
/// When there was something for too long: then the reader is to be made anew.
async fn look(hub: &mut Hub, silence: &mut Silence) -> Result<(), OfficeError> {
    let now = Instant::now();
    if !silence.is_to_look(now) {
        return Ok(());
    }
    let messages = hub.waiting().await?;
    if !silence.is_too_long(now, messages) {
        return Ok(());
    }
    hub.forget_reader().await?;
    let words = format!("it gives nothing, and has {messages} messages: its reader is made anew");
    Err(OfficeError::Hub { doing: "read from it", source: words.into() })
}

/// Tells the hub what it may forget.
async fn confirm(messages: &[Message], fates: Vec<Fate>) -> Result<(), OfficeError> {
    for (message, fate) in messages.iter().zip(fates) {
        // Whatever the hub does not hear of, it gives to us again, and that adds nothing.
        let answer = match fate {
            Fate::Kept => AckKind::Ack,
            Fate::Later => AckKind::Nak(Some(PATIENCE)),
        };
        message.ack_with(answer).await.map_err(OfficeError::hub("confirm what was kept"))?;
    }
    Ok(())
}

/// What was read and could not be kept is to come again at once, not after the reader's patience.
async fn give_back(messages: &[Message]) {
    for message in messages {
        // Without the hub it comes again by itself.
        if message.ack_with(AckKind::Nak(None)).await.is_err() {
            return;
        }
    }
}

fn letter(message: &Message) -> Result<Letter, OfficeError> {
    let info = message.info().map_err(OfficeError::hub("read from it"))?;
    let (subject, payload) = (message.subject.to_string(), message.payload.to_vec());
    Ok(Letter { subject, payload, sequence: info.stream_sequence })
}

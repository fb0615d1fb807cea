//! One source's live picture: encoded once for all who look, and not at all while nobody does.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::PictureConfig;
use crate::api::Scene;
use crate::live::{Shown, Source};

/// What separates the parts of a live stream.
pub(crate) const BOUNDARY: &str = "footfall";

/// A frame as it goes to viewers. All share the bytes.
#[derive(Clone)]
pub(crate) struct Encoded {
    /// Two parts of a multipart stream: the scene as JSON, then the picture as JPEG.
    parts: Bytes,
    /// Where the second begins.
    picture_part: usize,
    /// Where the JPEG itself begins; it ends with the line break that ends its part.
    jpeg: usize,
}

impl Encoded {
    fn new(scene: &[u8], jpeg: &[u8]) -> Self {
        let head = |kind: &str, length: usize| {
            format!("--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n")
        };
        let mut parts = Vec::with_capacity(scene.len() + jpeg.len() + 256);
        parts.extend_from_slice(head("application/json", scene.len()).as_bytes());
        parts.extend_from_slice(scene);
        parts.extend_from_slice(b"\r\n");
        let picture_part = parts.len();
        parts.extend_from_slice(head("image/jpeg", jpeg.len()).as_bytes());
        let start = parts.len();
        parts.extend_from_slice(jpeg);
        parts.extend_from_slice(b"\r\n");
        Self { parts: parts.into(), picture_part, jpeg: start }
    }

    /// The scene's part and the picture's.
    pub(crate) fn both(&self) -> Bytes {
        self.parts.clone()
    }

    /// The picture's part alone.
    pub(crate) fn part(&self) -> Bytes {
        self.parts.slice(self.picture_part..)
    }

    /// The JPEG.
    pub(crate) fn jpeg(&self) -> Bytes {
        self.parts.slice(self.jpeg..self.parts.len() - 2)
    }
}

/// The newest frame of a source as viewers get it. Who is slow misses frames, and holds up nobody.
pub(crate) struct Feed {
    source: Arc<Source>,
    config: PictureConfig,
    newest: watch::Sender<Option<Encoded>>,
    wanted: Notify,
}

impl Feed {
    /// Starts on the current runtime.
    pub(crate) fn start(source: Arc<Source>, config: PictureConfig) -> Arc<Self> {
        let feed = Arc::new(Self { source, config, newest: watch::Sender::new(None), wanted: Notify::new() });
        tokio::spawn(feed.clone().run());
        feed
    }

    /// The newest frame, if there is one, and those from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Encoded>> {
        let mut receiver = self.newest.subscribe();
        receiver.mark_changed();
        self.wanted.notify_one();
        receiver
    }

    /// The newest frame, as soon as there is one.
    pub(crate) async fn snapshot(&self) -> Option<Encoded> {
        let mut frames = self.watch();
        frames.wait_for(Option::is_some).await.ok().and_then(|frame| frame.clone())
    }

    async fn run(self: Arc<Self>) {
        let mut frames = self.source.newest();
        let mut pace = interval(Duration::from_secs_f64(1.0 / self.config.rate));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            self.wait_for_viewers(&mut frames).await;
            if frames.changed().await.is_err() {
                return;
            }
            let shown = frames.borrow_and_update().clone();
            if let Some(frame) = self.encode(shown).await {
                self.newest.send_replace(Some(frame));
            }
        }
    }

    /// Whoever comes after a time without viewers gets the newest frame at once, and none from before.
    async fn wait_for_viewers(&self, frames: &mut watch::Receiver<Option<Shown>>) {
        if self.newest.receiver_count() > 0 {
            return;
        }
        self.newest.send_replace(None);
        while self.newest.receiver_count() == 0 {
            self.wanted.notified().await;
        }
        if frames.borrow().is_some() {
            frames.mark_changed();
        }
    }

    async fn encode(&self, shown: Option<Shown>) -> Option<Encoded> {
        let shown = shown?;
        let (width, quality) = (self.config.width, self.config.quality);
        let work = move || {
            let scene = serde_json::to_vec(&Scene::new(&shown))?;
            let jpeg = shown.view.picture.jpeg(width, quality)?;
            Ok::<_, crate::PortError>(Encoded::new(&scene, &jpeg))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(frame)) => Some(frame),
            Ok(Err(error)) => {
                tracing::warn!("a picture of {} cannot be shown: {error}", self.source.id);
                None
            }
            Err(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoded;

    #[test]
    fn every_part_says_how_long_it_is() {
        let encoded = Encoded::new(b"{}", b"\xff\xd8\xff\xd9");
        let text = String::from_utf8_lossy(&encoded.both()).into_owned();
        assert!(text.starts_with(
            "--footfall\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}\r\n--"
        ));
        assert!(
            encoded
                .part()
                .starts_with(b"--footfall\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff")
        );
        assert_eq!(encoded.jpeg(), &b"\xff\xd8\xff\xd9"[..]);
    }
}

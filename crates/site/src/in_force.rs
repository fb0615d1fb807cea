//! The lines, zones and masks of a run that are in force: the one owner of them.
//!
//! The page draws, and the configuration file is changed by hand: both bring what they want here, and are told what
//! comes of it. What the page has saved comes back by the file, and is known here already.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use footfall_config::NamedSource;
use footfall_count::Layout;
use footfall_serve::{Drawing, Saved, SetupError};

use crate::reread::Rereads;

/// What is in force over each source of a run, in the order of its lanes.
#[derive(Clone)]
pub struct InForce {
    over: Arc<Mutex<Vec<OverSource>>>,
    rereads: Rereads,
}

/// What is drawn over one source.
struct OverSource {
    /// As the command line and the file say.
    configured: Layout,
    /// As it is counted: some of it may be relative to the picture.
    layout: Layout,
    /// Rises with every change: who changes says which one they have seen.
    revision: u64,
    /// Who is told of every change.
    listener: Option<Listener>,
}

type Listener = Box<dyn Fn(&Layout) + Send>;

impl InForce {
    /// What is configured for these sources.
    #[must_use]
    pub fn new(sources: &[NamedSource]) -> Self {
        let watched = |source: &NamedSource| OverSource {
            configured: source.layout.clone(),
            layout: source.layout.clone(),
            revision: 1,
            listener: None,
        };
        let over = Arc::new(Mutex::new(sources.iter().map(watched).collect()));
        Self { over, rereads: Rereads::default() }
    }

    /// What comes of reading the configuration again.
    #[must_use]
    pub fn rereads(&self) -> &Rereads {
        &self.rereads
    }

    /// Tells `listener` what is in force over the source at `index`, now and after every change.
    pub fn listen(&self, index: usize, listener: impl Fn(&Layout) + Send + 'static) {
        let watched = &mut self.lock()[index];
        listener(&watched.layout);
        watched.listener = Some(Box::new(listener));
    }

    /// What is in force over the source at `index`, as it is written: some of it may be relative.
    #[must_use]
    pub fn drawing(&self, index: usize) -> Drawing {
        let watched = &self.lock()[index];
        Drawing { revision: watched.revision, layout: watched.layout.clone() }
    }

    /// Puts what somebody has drawn over the source at `index` in force, in a picture of this `size`: `save` is given
    /// what was and what will be, then `apply` brings it to whoever counts, in the picture's pixels, before anybody
    /// else can change anything. Gives the drawing in the picture's pixels.
    ///
    /// # Errors
    /// When it was drawn over something else than what is in force now, or cannot be saved: then nothing changes.
    pub fn draw(
        &self,
        index: usize,
        drawn: Drawing,
        size: Option<(usize, usize)>,
        save: impl FnOnce(&Layout, &Layout) -> Result<Saved, SetupError>,
        apply: impl FnOnce(&Layout),
    ) -> Result<(Drawing, Saved), SetupError> {
        let watched = &mut self.lock()[index];
        if drawn.revision != watched.revision {
            return Err(SetupError::Stale { current: watched.revision });
        }
        let layout =
            size.map_or_else(|| drawn.layout.clone(), |size| drawn.layout.written_as(&watched.layout, size));
        let saved = save(&watched.layout, &layout)?;
        if saved == Saved::File {
            watched.configured.clone_from(&layout);
        }
        watched.set(layout);
        let layout = size.map_or(drawn.layout, |(width, height)| watched.layout.in_pixels(width, height));
        apply(&layout);
        Ok((Drawing { revision: watched.revision, layout }, saved))
    }

    /// Takes what the configuration says now of the source at `index`. Where that has changed it is in force, also
    /// over what was drawn and could not be saved; gives what of it is new.
    ///
    /// Where something is, or other settings have changed (`is_due`), `apply` brings what is in force to whoever
    /// counts, before anybody else can change anything.
    pub fn configure(
        &self,
        index: usize,
        layout: &Layout,
        is_due: bool,
        apply: impl FnOnce(&Layout),
    ) -> Vec<&'static str> {
        let watched = &mut self.lock()[index];
        let mut differences = Vec::new();
        if watched.configured != *layout {
            watched.configured.clone_from(layout);
            differences.extend(layout.differences(&watched.layout));
        }
        if !differences.is_empty() {
            watched.set(layout.clone());
        }
        if is_due || !differences.is_empty() {
            apply(&watched.layout);
        }
        differences
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OverSource>> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OverSource {
    fn set(&mut self, layout: Layout) {
        self.layout = layout;
        self.revision += 1;
        if let Some(listener) = &self.listener {
            listener(&self.layout);
        }
    }
}

//! A window that shows scenes as they come.

use footfall_pipeline::{BoxError, Image, Scene, Sink, SourceInfo};
use opencv::core::{Mat, Vec3b};
use opencv::highgui::{
    WINDOW_GUI_NORMAL, WINDOW_KEEPRATIO, WINDOW_NORMAL, WND_PROP_VISIBLE, destroy_window,
    get_window_property, imshow, named_window, resize_window, wait_key,
};

use crate::error::Doing as _;
use crate::{Overlay, OverlayConfig, VideoError};

const ESCAPE: i32 = 27;

/// Shows each drawn scene in a window.
///
/// `q`, Esc and closing the window call the `stop` that [`PreviewSink::open`] was given, once; scenes
/// that still come are taken and no longer shown.
pub struct PreviewSink {
    title: String,
    overlay: Overlay,
    stop: Option<Box<dyn FnOnce() + Send>>,
    /// The toolkit belongs to the thread that first uses it, which is the one that writes.
    shown: bool,
}

impl PreviewSink {
    /// A window for what `source` gives; it appears with the first scene.
    ///
    /// # Errors
    /// Without a display: the toolkit would end the whole process.
    pub fn open(
        source: &SourceInfo,
        config: &OverlayConfig,
        stop: impl FnOnce() + Send + 'static,
    ) -> Result<Self, VideoError> {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
            return Err(VideoError::NoDisplay);
        }
        Ok(Self {
            title: format!("footfall: {}", source.name),
            overlay: Overlay::new(*config),
            stop: Some(Box::new(stop)),
            shown: false,
        })
    }

    /// Shows the overlay's picture; whether the user still wants to see more.
    fn show(&mut self, size: &Image) -> opencv::Result<bool> {
        let (rows, columns) = (size.height() as i32, size.width() as i32);
        if !self.shown {
            named_window(&self.title, WINDOW_NORMAL | WINDOW_KEEPRATIO | WINDOW_GUI_NORMAL)?;
            resize_window(&self.title, columns, rows)?;
            self.shown = true;
        }
        let mat = Mat::new_rows_cols_with_bytes::<Vec3b>(rows, columns, self.overlay.rendered())?;
        imshow(&self.title, &mat)?;
        let key = wait_key(1)?;
        let asked = key >= 0 && [ESCAPE, i32::from(b'q')].contains(&(key & 0xff));
        Ok(!asked && get_window_property(&self.title, WND_PROP_VISIBLE)? >= 1.0)
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.shown) {
            // The user may have closed it already.
            let _ = destroy_window(&self.title);
        }
    }
}

impl Sink for PreviewSink {
    fn name(&self) -> String {
        "preview window".to_owned()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        if self.stop.is_none() {
            return Ok(());
        }
        self.overlay.render(scene)?;
        if !self.show(&scene.frame.image).doing(|| "show the preview window".to_owned())? {
            self.close();
            if let Some(stop) = self.stop.take() {
                stop();
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), BoxError> {
        self.close();
        Ok(())
    }
}

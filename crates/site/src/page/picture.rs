//! Frames as pictures that the server can send.

use footfall_pipeline::Image;
use footfall_serve::{Picture, PortError};

/// A frame's pixels.
pub(super) struct FramePicture(pub(super) Image);

impl Picture for FramePicture {
    fn jpeg(&self, width: u32, quality: u8) -> Result<Vec<u8>, PortError> {
        Ok(footfall_video::jpeg(&self.0, width as usize, quality)?)
    }

    fn part(&self, area: [f64; 4], width: u32, quality: u8) -> Result<Vec<u8>, PortError> {
        Ok(footfall_video::jpeg_of_part(&self.0, area, width as usize, quality)?)
    }
}

//! Which program's file it is.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::Error;

/// A form of file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelKind {
    /// One JSON object with `images` and `annotations`.
    CocoAnnotations,
    /// A JSON list of `image_id`, `category_id`, `bbox` and `score`.
    CocoResults,
    /// A folder of text files, one a picture, as `yolo ... save_txt` writes them.
    Yolo,
    /// CSV with `x_min,y_min,x_max,y_max`, as supervision's `CSVSink` writes it.
    Supervision,
    /// XML, for videos or for images.
    Cvat,
    /// A JSON list of tasks.
    LabelStudio,
}

/// What is read to tell: more than the head of any of these files.
const HEAD: usize = 64 << 10;

impl LabelKind {
    /// Tells by what is in the file; `None` for MOT text and JSON lines, and for `-`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(path: &Path) -> Result<Option<Self>, Error> {
        if path.as_os_str() == "-" {
            return Ok(None);
        }
        let about = std::fs::metadata(path).map_err(|source| Error::read(path, source))?;
        if about.is_dir() {
            return Ok(Some(Self::Yolo));
        }
        // A pipe can be read once only, by whoever reads it.
        if !about.is_file() {
            return Ok(None);
        }
        let mut head = Vec::new();
        let file = File::open(path).map_err(|source| Error::read(path, source))?;
        file.take(HEAD as u64).read_to_end(&mut head).map_err(|source| Error::read(path, source))?;
        Ok(Self::of_text(String::from_utf8_lossy(&head).trim_start_matches('\u{feff}').trim_start()))
    }

    fn of_text(head: &str) -> Option<Self> {
        if head.starts_with('<') {
            return Some(Self::Cvat);
        }
        if head.starts_with("x_min,") || head.starts_with("\"x_min\",") {
            return Some(Self::Supervision);
        }
        if let Some(list) = head.strip_prefix('[') {
            let is_results = list.contains("\"image_id\"") || list.trim_start().starts_with(']');
            return Some(if is_results { Self::CocoResults } else { Self::LabelStudio });
        }
        let object = head.strip_prefix('{')?;
        let first = object.trim_start().strip_prefix('"')?.split('"').next()?;
        let is_coco = ["info", "licenses", "images", "annotations", "categories", "videos", "type"];
        is_coco.contains(&first).then_some(Self::CocoAnnotations)
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CocoAnnotations => "COCO annotations",
            Self::CocoResults => "COCO results",
            Self::Yolo => "YOLO labels",
            Self::Supervision => "supervision's CSV",
            Self::Cvat => "CVAT's XML",
            Self::LabelStudio => "Label Studio's JSON",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LabelKind;

    #[test]
    fn a_file_is_told_by_its_head() {
        use LabelKind::{CocoAnnotations, CocoResults, Cvat, LabelStudio, Supervision};
        for (head, kind) in [
            ("<?xml version=\"1.0\"?>\n<annotations>", Some(Cvat)),
            ("x_min,y_min,x_max,y_max,class_id,confidence,tracker_id\n", Some(Supervision)),
            ("[{\"image_id\": 1, \"bbox\": [1,2,3,4]}]", Some(CocoResults)),
            ("[]", Some(CocoResults)),
            ("[{\"id\":1,\"annotations\":[", Some(LabelStudio)),
            ("{\n \"images\": [", Some(CocoAnnotations)),
            ("{\"frame\":1,\"detections\":[]}", None),
            ("{\"detections\":[],\"frame\":1}", None),
            ("1,-1,10,20,30,40,0.9", None),
            ("", None),
        ] {
            assert_eq!(LabelKind::of_text(head), kind, "{head}");
        }
    }
}

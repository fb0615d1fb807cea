//! Detector families: networks whose outputs are decoded alike.

use footfall_track::Detection;

use crate::detect::nanodet::NanoDet;
use crate::detect::recipe::Recipe;
use crate::detect::yolox::Yolox;
use crate::metadata::Metadata;
use crate::session::Model;
use crate::signature::Signature;
use crate::{Error, ModelFault, Size};

/// How to feed a detector and to read what it says.
pub(super) trait Family: Send {
    /// The name that `footfall.family` gives it.
    fn name(&self) -> &'static str;

    /// What to do to pictures, as published with the family or as the metadata says.
    fn recipe(&self, metadata: &Metadata) -> Recipe;

    /// Runs the network on its input of `shape` [1, 3, height, width] and appends everyone whose
    /// score is at least `floor`, cell by cell. Boxes are in input pixels.
    ///
    /// # Errors
    /// When the network does not run or its outputs are not of the expected shape.
    fn run(
        &self,
        model: &mut Model,
        shape: [usize; 4],
        floor: f32,
        found: &mut Vec<Detection>,
    ) -> Result<(), Error>;
}

/// The family that the metadata names, else the only one that knows such inputs and outputs.
///
/// # Errors
/// When there is none, or more than one.
pub(super) fn of(signature: &Signature, metadata: &Metadata) -> Result<Box<dyn Family>, ModelFault> {
    match metadata.family.as_deref() {
        Some(NanoDet::NAME) => return Ok(Box::new(NanoDet::new(signature, metadata)?)),
        Some(Yolox::NAME) => return Ok(Box::new(Yolox::new(signature, metadata)?)),
        Some(_) => return Err(unknown(signature, metadata, &[NanoDet::NAME, Yolox::NAME])),
        None => {}
    }
    match (NanoDet::new(signature, metadata), Yolox::new(signature, metadata)) {
        (Ok(nanodet), Err(_)) => Ok(Box::new(nanodet)),
        (Err(_), Ok(yolox)) => Ok(Box::new(yolox)),
        _ => Err(unknown(signature, metadata, &[NanoDet::NAME, Yolox::NAME])),
    }
}

fn unknown(signature: &Signature, metadata: &Metadata, known: &[&str]) -> ModelFault {
    ModelFault::Family {
        known: known.join(", "),
        named: metadata.family.clone().unwrap_or_else(|| "(none)".to_owned()),
        ports: signature.to_string(),
    }
}

/// One cell of a detector's pyramid: its column and row, and the pixels between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) column: usize,
    pub(super) row: usize,
    pub(super) stride: usize,
}

/// All cells, level by level, row by row.
pub(super) fn cells(input: Size, strides: &[usize]) -> impl Iterator<Item = Cell> {
    strides.iter().flat_map(move |&stride| {
        let columns = input.width / stride;
        (0..input.height / stride)
            .flat_map(move |row| (0..columns).map(move |column| Cell { column, row, stride }))
    })
}

/// How many cells there are.
pub(super) fn cell_count(input: Size, strides: &[usize]) -> usize {
    strides.iter().map(|stride| (input.height / stride) * (input.width / stride)).sum()
}

#[cfg(test)]
mod tests {
    use super::{cell_count, cells, of};
    use crate::metadata::Metadata;
    use crate::signature::{Port, Signature};
    use crate::{ModelFault, Size};

    fn port(name: &str, shape: &[i64]) -> Port {
        Port { name: name.to_owned(), is_f32: true, shape: shape.to_vec() }
    }

    fn signature(input: &[i64], outputs: &[(&str, &[i64])]) -> Signature {
        let outputs = outputs.iter().map(|(name, shape)| port(name, shape)).collect();
        Signature { inputs: vec![port("images", input)], outputs }
    }

    fn named(family: &str) -> Metadata {
        Metadata { family: Some(family.to_owned()), ..Metadata::default() }
    }

    #[test]
    fn inputs_and_outputs_tell_the_family() {
        let check = |input: &[i64], outputs: &[(&str, &[i64])], expected: Option<&str>| {
            let family = of(&signature(input, outputs), &Metadata::default());
            assert_eq!(family.as_ref().ok().map(|f| f.name()), expected, "{outputs:?}");
        };
        check(&[1, 3, -1, -1], &[("scores", &[1, -1]), ("boxes", &[1, -1, 44])], Some("nanodet"));
        check(&[1, 3, 416, 416], &[("output", &[1, 3549, 85])], Some("yolox"));
        check(&[1, 3, 640, 640], &[("output", &[1, 8400, 6])], Some("yolox"));
        // YOLOv8, YOLOv5, a classifier, boxes without scores, bins that make no four sides.
        check(&[1, 3, 640, 640], &[("output0", &[1, 84, 8400])], None);
        check(&[1, 3, 640, 640], &[("output0", &[1, 25200, 85])], None);
        check(&[1, 3, 224, 224], &[("logits", &[1, 1000])], None);
        check(&[1, 3, -1, -1], &[("boxes", &[1, -1, 44])], None);
        check(&[1, 3, -1, -1], &[("scores", &[1, -1]), ("boxes", &[1, -1, 45])], None);
        // Any size: the shape alone would fit too many.
        check(&[1, 3, -1, -1], &[("output", &[1, -1, 85])], None);
    }

    #[test]
    fn a_name_in_the_metadata_decides_but_must_fit() {
        let any_size = signature(&[1, 3, -1, -1], &[("output", &[1, -1, 85])]);
        assert_eq!(of(&any_size, &named("yolox")).ok().unwrap().name(), "yolox");
        assert!(matches!(of(&any_size, &named("nanodet")), Err(ModelFault::Ports { .. })));
    }

    #[test]
    fn a_stranger_is_refused_with_what_was_seen() {
        let stranger = signature(&[1, 3, 640, 640], &[("output0", &[1, 84, -1])]);
        let fault = of(&stranger, &named("yolov8")).err().unwrap().to_string();
        for part in ["nanodet, yolox", "yolov8", "images [1, 3, 640, 640]", "output0 [1, 84, ?]"] {
            assert!(fault.contains(part), "{fault}");
        }
    }

    #[test]
    fn cells_come_level_by_level_row_by_row() {
        let input = Size::new(32, 64);
        let all: Vec<_> = cells(input, &[16, 32]).map(|cell| (cell.column, cell.row, cell.stride)).collect();
        let fine = (0..2).flat_map(|row| (0..4).map(move |column| (column, row, 16)));
        let expected: Vec<_> = fine.chain([(0, 0, 32), (1, 0, 32)]).collect();
        assert_eq!(all, expected);
        assert_eq!(cell_count(input, &[16, 32]), 10);
    }
}

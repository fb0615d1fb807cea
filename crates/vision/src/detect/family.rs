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

    /// Runs the network on `planes` of `shape` [1, 3, height, width] and appends everyone whose
    /// score is at least `floor`, cell by cell. Boxes are in input pixels.
    ///
    /// # Errors
    /// When the network does not run or its outputs are not of the expected shape.
    fn run(
        &self,
        model: &mut Model,
        shape: [usize; 4],
        planes: &[f32],
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

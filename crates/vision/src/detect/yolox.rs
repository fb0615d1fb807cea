//! YOLOX: anchor-free boxes, relative to their cells (Ge et al. 2021).
//!
//! One output [1, N, 5 + classes], not decoded, as YOLOX's own export writes it: x, y, log width and
//! log height in strides, objectness, and a probability for each class; N cells, level by level. An
//! export that decodes them itself (`decode_in_inference`) looks the same from outside: it cannot be
//! told from this one, and its boxes would be wrong.

use footfall_track::{Bbox, Detection};

use crate::detect::family::{Cell, Family, cell_count, cells};
use crate::detect::recipe::Recipe;
use crate::letterbox::Placement;
use crate::metadata::Metadata;
use crate::normalise::Colour;
use crate::session::Model;
use crate::signature::Signature;
use crate::{Error, ModelFault, Size};

const STRIDES: [usize; 3] = [8, 16, 32];
/// Person, of COCO's classes.
const CLASS: usize = 0;

/// As published: raw BGR bytes on grey.
const RECIPE: Recipe = Recipe {
    colour: Colour::Bgr,
    mean: [0.0; 3],
    std: [1.0; 3],
    placement: Placement::TopLeft,
    pad: 114,
    stride: 32,
};

/// A YOLOX of any number of classes, the first of which is persons.
pub(super) struct Yolox {
    output: String,
    strides: Vec<usize>,
    /// Numbers a cell: 5 + classes.
    width: usize,
}

impl Yolox {
    pub(super) const NAME: &str = "yolox";

    /// # Errors
    /// When the model does not have one such output, with a row for each cell of its input.
    pub(super) fn new(signature: &Signature, metadata: &Metadata) -> Result<Self, ModelFault> {
        let fault = || signature.fault("one float output [1, cells of strides 8, 16 and 32, 5 + classes]");
        let [_, _, height, width] = signature.pictures()?;
        let [output] = signature.outputs.as_slice() else { return Err(fault()) };
        let &[_, rows, numbers] = output.shape.as_slice() else { return Err(fault()) };
        let strides = metadata.strides.clone().unwrap_or_else(|| STRIDES.to_vec());
        let fits = match (usize::try_from(height), usize::try_from(width), usize::try_from(rows)) {
            (Ok(height), Ok(width), Ok(rows)) => rows == cell_count(Size::new(height, width), &strides),
            // With free dimensions, a shape alone says too little to tell YOLOX from others.
            _ => metadata.family.as_deref() == Some(Self::NAME),
        };
        match usize::try_from(numbers) {
            Ok(numbers) if numbers > 5 && output.is_f32 && fits => {
                Ok(Self { output: output.name.clone(), strides, width: numbers })
            }
            _ => Err(fault()),
        }
    }

    /// Appends everyone from `floor` up: `rows` [N, 5 + classes] of all cells of an input of this size.
    fn decode(&self, rows: &[f32], input: Size, floor: f32, found: &mut Vec<Detection>) {
        for (row, cell) in rows.chunks_exact(self.width).zip(cells(input, &self.strides)) {
            let confidence = row[4] * row[5 + CLASS];
            if confidence >= floor {
                found.push(Detection { bbox: bbox(row, cell), confidence });
            }
        }
    }
}

/// The box of one cell: its centre relative to the cell's corner, its size as a logarithm.
fn bbox(row: &[f32], cell: Cell) -> Bbox {
    let stride = cell.stride as f64;
    let x = (f64::from(row[0]) + cell.column as f64) * stride;
    let y = (f64::from(row[1]) + cell.row as f64) * stride;
    let (width, height) = (f64::from(row[2]).exp() * stride, f64::from(row[3]).exp() * stride);
    Bbox::new(x - width / 2.0, y - height / 2.0, width, height)
}

impl Family for Yolox {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn recipe(&self, metadata: &Metadata) -> Recipe {
        RECIPE.or(metadata)
    }

    fn run(
        &self,
        model: &mut Model,
        shape: [usize; 4],
        floor: f32,
        found: &mut Vec<Detection>,
    ) -> Result<(), Error> {
        let input = Size::new(shape[2], shape[3]);
        let count = cell_count(input, &self.strides);
        model.run(shape, [self.output.as_str()], |[rows]| {
            rows.expect_shape(&self.output, &[1, count, self.width])?;
            self.decode(rows.values, input, floor, found);
            Ok(())
        })
    }
}

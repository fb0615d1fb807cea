//! Detector families: networks whose outputs are decoded alike.

use footfall_track::Detection;

use crate::detect::people::People;
use crate::detect::recipe::Usual;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

/// What is known of a network of some family.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    /// The name that the key `family` gives it.
    pub(super) name: &'static str,
    /// How it was recognised.
    pub(super) why: String,
    /// What to do to pictures, as published with the family.
    pub(super) usual: Usual,
    /// The names of the outputs that [`Family::decode`] takes, in its order.
    pub(super) outputs: Vec<String>,
    /// The classes that are people.
    pub(super) people: People,
    /// Whether several of its boxes may be of one person, until overlapping ones are suppressed.
    pub(super) has_doubles: bool,
    /// What else there is to tell of it.
    pub(super) facts: Vec<Fact>,
}

/// How to read what a detector says.
pub(super) trait Family: Send {
    /// What is known of the network.
    fn known(&self) -> &Known;

    /// Appends everyone whose score is at least `floor`, in the network's order, by the outputs of a run on an
    /// input of this size. Boxes are in input pixels.
    ///
    /// # Errors
    /// When the outputs are not of the expected shape.
    fn decode(
        &self,
        outputs: &[Tensor<'_>],
        input: Size,
        floor: f32,
        found: &mut Vec<Detection>,
    ) -> Result<(), ModelFault>;
}

/// One cell of a detector's pyramid: its column and row, and the pixels between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) column: usize,
    pub(super) row: usize,
    pub(super) stride: usize,
}

/// All cells, level by level, row by row. Where a stride does not divide a side, the rest has a cell of its own.
pub(super) fn cells(input: Size, strides: &[usize]) -> impl Iterator<Item = Cell> {
    strides.iter().flat_map(move |&stride| {
        let columns = input.width.div_ceil(stride);
        (0..input.height.div_ceil(stride))
            .flat_map(move |row| (0..columns).map(move |column| Cell { column, row, stride }))
    })
}

/// How many cells there are.
pub(super) fn cell_count(input: Size, strides: &[usize]) -> usize {
    strides.iter().map(|stride| input.height.div_ceil(*stride) * input.width.div_ceil(*stride)).sum()
}

#[cfg(test)]
mod tests {
    use super::{cell_count, cells};
    use crate::Size;

    #[test]
    fn cells_come_level_by_level_row_by_row() {
        let input = Size::new(32, 64);
        let all: Vec<_> = cells(input, &[16, 32]).map(|cell| (cell.column, cell.row, cell.stride)).collect();
        let fine = (0..2).flat_map(|row| (0..4).map(move |column| (column, row, 16)));
        let coarse = (0..2).map(|column| (column, 0, 32));
        assert_eq!(all, fine.chain(coarse).collect::<Vec<_>>());
        assert_eq!(cell_count(input, &[16, 32]), all.len());
        assert_eq!(cell_count(input, &[64]), 1, "the rest has a cell of its own");
    }
}

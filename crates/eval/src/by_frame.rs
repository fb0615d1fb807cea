//! Rows by their frame.

use crate::range::FrameRange;

/// Some rows in the order of their frames; within a frame they keep the order that they came in. The rows stay where
/// they are.
pub(crate) struct ByFrame<'a, T> {
    rows: &'a [T],
    /// Rows of the frames that matter, by rising frame.
    order: Vec<usize>,
    /// Where each frame's begin in `order`, and where the last one's end.
    starts: Vec<usize>,
}

impl<'a, T> ByFrame<'a, T> {
    /// The rows of the frames of a range.
    pub(crate) fn of(rows: &'a [T], range: FrameRange, frame: impl Fn(&T) -> u64) -> Self {
        let place = |row: &T| {
            Some(frame(row)).filter(|&frame| range.contains(frame)).map(|f| (f - range.first) as usize)
        };
        let mut starts = vec![0; range.count() as usize + 1];
        for place in rows.iter().filter_map(place) {
            starts[place + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut order = vec![0; starts.last().copied().unwrap_or_default()];
        let mut next = starts.clone();
        for (index, row) in rows.iter().enumerate() {
            if let Some(place) = place(row) {
                order[next[place]] = index;
                next[place] += 1;
            }
        }
        Self { rows, order, starts }
    }

    /// Number of frames.
    pub(crate) fn frames(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of frame `index` of the range, from 0.
    pub(crate) fn frame(&self, index: usize) -> impl Iterator<Item = &'a T> {
        self.order[self.starts[index]..self.starts[index + 1]].iter().map(|&row| &self.rows[row])
    }

    /// Puts copies of them into `into`, in the place of what is there.
    pub(crate) fn collect(&self, index: usize, into: &mut Vec<T>)
    where
        T: Copy,
    {
        into.clear();
        into.extend(self.frame(index));
    }
}

#[cfg(test)]
mod tests {
    use super::ByFrame;
    use crate::range::FrameRange;

    #[test]
    fn rows_of_a_frame_keep_their_order() {
        let rows = [(3, 'a'), (2, 'b'), (9, 'c'), (3, 'd'), (1, 'e'), (2, 'f')];
        let by_frame = ByFrame::of(&rows, FrameRange { first: 2, last: 4 }, |row| row.0);
        let of = |index| by_frame.frame(index).map(|row| row.1).collect::<String>();
        assert_eq!((0..by_frame.frames()).map(of).collect::<Vec<_>>(), ["bf", "ad", ""]);
    }
}

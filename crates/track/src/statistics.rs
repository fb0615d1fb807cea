//! What a few numbers have in common.

/// The lower median of values, of which there is one at least; changes their order.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

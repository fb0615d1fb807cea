//! Whether auditors see the same.

/// Krippendorff's alpha for numbers (Krippendorff, 2011): 1 where all auditors gave the same answers, 0 where they
/// agree no more than answers that are dealt out by chance, below 0 where less.
///
/// Each item is one thing that was counted, with an answer of each auditor who counted it. Items with a single
/// answer say nothing. `alpha = 1 - D_o / D_e`, with the mean squared difference of two answers to one item and of
/// any two answers. Nothing where no item has two answers; 1 where all answers are the same number.
#[must_use]
pub fn agreement(items: &[Vec<f64>]) -> Option<f64> {
    let shared: Vec<&Vec<f64>> = items.iter().filter(|item| item.len() > 1).collect();
    let answers: Vec<f64> = shared.iter().flat_map(|item| item.iter().copied()).collect();
    if answers.is_empty() {
        return None;
    }
    let observed: f64 = shared.iter().map(|item| differences(item) / (item.len() - 1) as f64).sum();
    let expected = differences(&answers) / (answers.len() - 1) as f64;
    Some(if expected == 0.0 { 1.0 } else { 1.0 - observed / expected })
}

/// The sum of squared differences over all ordered pairs: `2 n sum (v - mean)^2`.
fn differences(values: &[f64]) -> f64 {
    let number = values.len() as f64;
    let mean = values.iter().sum::<f64>() / number;
    2.0 * number * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::agreement;

    /// Krippendorff's own example of 4 observers and 12 units, for which he gives 0.849 (interval).
    #[test]
    fn it_is_the_published_one() {
        let units: [&[f64]; 12] = [
            &[1.0, 1.0, 1.0],
            &[2.0, 2.0, 3.0, 2.0],
            &[3.0, 3.0, 3.0, 3.0],
            &[3.0, 3.0, 3.0, 3.0],
            &[2.0, 2.0, 2.0, 2.0],
            &[1.0, 2.0, 3.0, 4.0],
            &[4.0, 4.0, 4.0, 4.0],
            &[1.0, 1.0, 2.0, 1.0],
            &[2.0, 2.0, 2.0, 2.0],
            &[5.0, 5.0, 5.0],
            &[1.0, 1.0],
            &[3.0],
        ];
        let alpha = agreement(&units.map(<[f64]>::to_vec)).unwrap();
        assert!((alpha - 0.849).abs() < 5e-4, "{alpha}");
    }

    #[test]
    fn one_auditor_agrees_with_nobody_and_equals_agree() {
        assert_eq!(agreement(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(agreement(&[vec![2.0, 2.0], vec![2.0, 2.0]]), Some(1.0));
        assert!(agreement(&[vec![1.0, 2.0], vec![2.0, 1.0]]).unwrap() < 0.0);
    }
}

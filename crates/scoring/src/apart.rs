//! True and counted crossings that cannot meet: most likely they are not of one recording.

use footfall_eval::counting::Passage;

use crate::case::{Case, Pair};

/// Where true and counted crossings tell of different lines or times.
pub(crate) fn apart(case: &Case, lines_are_known: bool, tolerance: f64) -> Vec<String> {
    let of = |side: fn(&Pair) -> &Vec<Passage>| {
        let lines = case.lines.iter().filter(move |(_, pair)| !side(pair).is_empty());
        let names: Vec<&str> = lines.clone().map(|(name, _)| name.as_str()).collect();
        let times = lines.flat_map(move |(_, pair)| side(pair)).map(|passage| passage.time);
        let ends = times.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(t), high.max(t)));
        (names, ends)
    };
    let (true_lines, (first, last)) = of(|pair| &pair.truth);
    let (counted_lines, (from, to)) = of(|pair| &pair.counted);
    if true_lines.is_empty() {
        return vec!["the ground truth has no crossing on these lines".to_owned()];
    }
    if counted_lines.is_empty() {
        return vec!["nothing was counted: every true crossing is missed".to_owned()];
    }
    let mut notes = Vec::new();
    if !lines_are_known && true_lines.iter().all(|name| !counted_lines.contains(name)) {
        notes.push(format!(
            "true and counted crossings have no line in common: {} and {}",
            true_lines.join(", "),
            counted_lines.join(", ")
        ));
    }
    if from > last + tolerance || to < first - tolerance {
        notes.push(format!(
            "true and counted crossings have no time in common: true ones are from {first:.1} to {last:.1} s, counted \
             ones from {from:.1} to {to:.1} s"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use footfall_count::Direction;
    use footfall_eval::counting::Passage;

    use super::apart;
    use crate::case::{Case, Pair};

    #[test]
    fn lines_and_times_that_do_not_meet_are_told() {
        let passages = |times: &[f64]| -> Vec<Passage> {
            times.iter().map(|&time| Passage { time, direction: Direction::In }).collect()
        };
        let case = |lines: &[(&str, &[f64], &[f64])]| Case {
            name: "s".to_owned(),
            lines: lines
                .iter()
                .map(|(name, truth, counted)| {
                    ((*name).to_owned(), Pair { truth: passages(truth), counted: passages(counted) })
                })
                .collect(),
        };
        for (lines, words) in [
            (&[("door", &[1.0][..], &[][..]), ("Door", &[], &[1.0])][..], "no line in common: door and Door"),
            (
                &[("door", &[1.0, 5.0], &[40.0, 60.0])],
                "true ones are from 1.0 to 5.0 s, counted ones from 40.0 to 60.0",
            ),
            (&[("door", &[1.0], &[])], "nothing was counted"),
            (&[("door", &[], &[1.0])], "no crossing on these lines"),
        ] {
            let notes = apart(&case(lines), false, 1.0);
            assert!(notes.len() == 1 && notes[0].contains(words), "{notes:?}");
        }
        assert_eq!(apart(&case(&[("door", &[1.0, 5.0], &[5.5, 60.0])]), false, 1.0), [""; 0]);
    }
}

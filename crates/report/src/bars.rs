//! A chart of text: two bars a row, in and out.

use console::{Alignment, measure_text_width, pad_str, style};

use crate::label::{labels, length};
use crate::{Report, Screen};

/// Eighths of a character cell, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

pub(crate) fn bars(report: &Report, screen: Screen) -> String {
    if report.counts.is_empty() {
        return format!("{}: nothing was recorded\n", report.title);
    }
    let names = names(report);
    let width = names.iter().map(|name| measure_text_width(name)).max().unwrap_or(0);
    let most = report.counts.iter().map(|c| c.entered.max(c.left)).max().unwrap_or(0);
    let digits = most.to_string().len();
    // Name, two bars with a number behind each, and gaps of two.
    let bar = (screen.width.saturating_sub(width + 2 * digits + 8) / 2).clamp(8, 60);
    let mut text = format!("{}\n\n", report.title);
    let head = format!("{:width$}  {:column$}  out", "", "in", column = bar + digits + 1);
    text.push_str(&style(head.trim_end()).force_styling(screen.colours).dim().to_string());
    text.push('\n');
    for (count, name) in report.counts.iter().zip(&names) {
        let side = |number: u64| {
            let drawn = format!("{} {number}", draw(number, most, bar));
            pad_str(drawn.trim_start(), bar + digits + 1, Alignment::Left, None).into_owned()
        };
        let entered = style(side(count.entered)).force_styling(screen.colours).green();
        let left = style(side(count.left)).force_styling(screen.colours).yellow();
        let name = pad_str(name, width, Alignment::Left, None);
        let gap = match count.uncounted {
            seconds if seconds > 0.0 => format!("uncounted {}", length(seconds.max(1.0))),
            _ => String::new(),
        };
        let gap = style(gap).force_styling(screen.colours).red();
        text.push_str(format!("{name}  {entered}  {left}  {gap}").trim_end());
        text.push('\n');
    }
    text
}

fn names(report: &Report) -> Vec<String> {
    let line = |count: &footfall_ledger::Count| count.line.clone().map(|line| format!(" {line}"));
    let labels = labels(report).into_iter().zip(&report.counts);
    labels.map(|(label, count)| label + &line(count).unwrap_or_default()).collect()
}

/// A bar for `number`, `width` cells long for `most`. What is not nothing is seen.
fn draw(number: u64, most: u64, width: usize) -> String {
    let eighths = (number * 8 * width as u64).div_ceil(most.max(1)) as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.push_str(EIGHTHS[eighths % 8]);
    bar
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::{bars, draw};
    use crate::Screen;
    use crate::testing::report;

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        assert_eq!(draw(4, 4, 3), "███");
        assert_eq!(draw(2, 4, 3), "█▌");
        assert_eq!(draw(1, 1000, 3), "▏");
        assert_eq!(draw(0, 4, 3), "");
    }

    #[test]
    fn a_chart_fits_its_screen() {
        let report = report("2026-03-28T00:00:00Z", 24, Period::Hour, "UTC");
        for width in [60, 80, 120] {
            let text = bars(&report, Screen { width, colours: false });
            let rows = || text.lines().map(|line| line.split("  uncounted").next().unwrap().chars().count());
            assert!(rows().max().unwrap() <= width, "{text}");
            assert_eq!(rows().count(), 27);
        }
    }
}

//! A chart of text: bars beside each other in each row.

use console::{Alignment, measure_text_width, pad_str, style};

use footfall_ledger::Count;

use crate::label::{labels, length};
use crate::{Report, Screen};

/// Eighths of a character cell, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// One row of a chart.
pub(crate) struct Bar {
    pub(crate) name: String,
    /// The numbers that are drawn beside each other.
    pub(crate) sides: Vec<u64>,
    /// Seconds.
    pub(crate) uncounted: f64,
}

pub(crate) fn bars(report: &Report, screen: Screen) -> String {
    if report.counts.is_empty() {
        return format!("{}: nothing was recorded\n", report.title);
    }
    let labels = labels(report.counts.iter().map(|count| &count.from), report.by);
    let bar = |(count, label): (&Count, String)| Bar {
        name: label + &count.line.as_ref().map(|line| format!(" {line}")).unwrap_or_default(),
        sides: vec![count.entered, count.left],
        uncounted: count.uncounted,
    };
    let bars: Vec<_> = report.counts.iter().zip(labels).map(bar).collect();
    draw_bars(&report.title, &["in", "out"], &bars, screen)
}

/// A row for each of `bars`; `heads` name its sides.
pub(crate) fn draw_bars(title: &str, heads: &[&str], bars: &[Bar], screen: Screen) -> String {
    let width = bars.iter().map(|bar| measure_text_width(&bar.name)).max().unwrap_or(0);
    let most = bars.iter().flat_map(|bar| &bar.sides).copied().max().unwrap_or(0);
    let digits = most.to_string().len();
    // Name, bars with a number behind each, and gaps of two.
    let sides = heads.len().max(1);
    let bar = (screen.width.saturating_sub(width + sides * (digits + 3) + 2) / sides).clamp(8, 60);
    let mut text = format!("{title}\n\n");
    let mut head = " ".repeat(width);
    for side in heads {
        head.push_str("  ");
        head.push_str(&pad_str(side, bar + digits + 1, Alignment::Left, None));
    }
    text.push_str(&style(head.trim_end()).force_styling(screen.colours).dim().to_string());
    text.push('\n');
    for Bar { name, sides, uncounted } in bars {
        text.push_str(&pad_str(name, width, Alignment::Left, None));
        let mut line = String::new();
        for (index, &number) in sides.iter().enumerate() {
            let drawn = format!("{} {number}", draw(number, most, bar));
            let drawn = pad_str(drawn.trim_start(), bar + digits + 1, Alignment::Left, None).into_owned();
            let styled = style(drawn).force_styling(screen.colours);
            let styled = if index == 0 { styled.green() } else { styled.yellow() };
            line.push_str("  ");
            line.push_str(&styled.to_string());
        }
        if *uncounted > 0.0 {
            let gap = format!("uncounted {}", length(uncounted.max(1.0)));
            line.push_str("  ");
            line.push_str(&style(gap).force_styling(screen.colours).red().to_string());
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
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

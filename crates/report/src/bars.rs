//! A chart of text: bars beside each other in each row.

use std::io::Write;

use console::{Alignment, measure_text_width, pad_str, style};

use footfall_ledger::Count;

use crate::label::{Labels, length};
use crate::{Error, Report, Screen};

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

pub(crate) fn write(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> Result<(), Error> {
    let (mut labels, mut plan) = (Labels::new(report.by), Plan::new(&["in", "out"], screen));
    let bar = |label: String, count: &Count| Bar {
        name: count.source.iter().chain(&count.line).fold(label, |name, part| format!("{name} {part}")),
        sides: vec![count.entered, count.left],
        uncounted: count.uncounted,
    };
    report.counts.each(&mut |count| {
        plan.see(&bar(labels.see(&count.from), count));
        Ok(())
    })?;
    if plan.is_empty {
        return Ok(writeln!(out, "{}: nothing was recorded", report.title)?);
    }
    write!(out, "{}\n\n{}", report.title, plan.head())?;
    report
        .counts
        .each(&mut |count| Ok(out.write_all(plan.row(&bar(labels.name(&count.from), count)).as_bytes())?))
}

/// How the rows are drawn: known once all of them were seen.
pub(crate) struct Plan {
    heads: &'static [&'static str],
    screen: Screen,
    pub(crate) is_empty: bool,
    width: usize,
    most: u64,
}

impl Plan {
    /// `heads` name a row's sides.
    pub(crate) fn new(heads: &'static [&'static str], screen: Screen) -> Self {
        Self { heads, screen, is_empty: true, width: 0, most: 0 }
    }

    pub(crate) fn see(&mut self, bar: &Bar) {
        self.is_empty = false;
        self.width = self.width.max(measure_text_width(&bar.name));
        self.most = bar.sides.iter().copied().chain([self.most]).max().unwrap_or(0);
    }

    fn digits(&self) -> usize {
        self.most.to_string().len()
    }

    /// Cells of the longest bar: there are names, bars with a number behind each, and gaps of two.
    fn bar(&self) -> usize {
        let sides = self.heads.len().max(1);
        let taken = self.width + sides * (self.digits() + 3) + 2;
        (self.screen.width.saturating_sub(taken) / sides).clamp(8, 60)
    }

    pub(crate) fn head(&self) -> String {
        let mut head = " ".repeat(self.width);
        for side in self.heads {
            head.push_str("  ");
            head.push_str(&pad_str(side, self.bar() + self.digits() + 1, Alignment::Left, None));
        }
        format!("{}\n", style(head.trim_end()).force_styling(self.screen.colours).dim())
    }

    pub(crate) fn row(&self, bar: &Bar) -> String {
        let Bar { name, sides, uncounted } = bar;
        let mut text = pad_str(name, self.width, Alignment::Left, None).into_owned();
        let mut line = String::new();
        for (index, &number) in sides.iter().enumerate() {
            let drawn = format!("{} {number}", draw(number, self.most, self.bar()));
            let width = self.bar() + self.digits() + 1;
            let drawn = pad_str(drawn.trim_start(), width, Alignment::Left, None).into_owned();
            let styled = style(drawn).force_styling(self.screen.colours);
            let styled = if index == 0 { styled.green() } else { styled.yellow() };
            line.push_str("  ");
            line.push_str(&styled.to_string());
        }
        if *uncounted > 0.0 {
            let gap = format!("uncounted {}", length(uncounted.max(1.0)));
            line.push_str("  ");
            line.push_str(&style(gap).force_styling(self.screen.colours).red().to_string());
        }
        text.push_str(line.trim_end());
        text.push('\n');
        text
    }
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

    use super::{draw, write};
    use crate::Screen;
    use crate::testing::{counts, report};

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        assert_eq!(draw(4, 4, 3), "███");
        assert_eq!(draw(2, 4, 3), "█▌");
        assert_eq!(draw(1, 1000, 3), "▏");
        assert_eq!(draw(0, 4, 3), "");
    }

    #[test]
    fn a_chart_fits_its_screen() {
        let counts = counts("2026-03-28T00:00:00Z", 24, Period::Hour, "UTC");
        for width in [60, 80, 120] {
            let mut text = Vec::new();
            let screen = Screen { width, colours: false };
            write(&report(&counts, Period::Hour), screen, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let rows = || text.lines().map(|line| line.split("  uncounted").next().unwrap().chars().count());
            assert!(rows().max().unwrap() <= width, "{text}");
            assert_eq!(rows().count(), 27);
        }
    }
}

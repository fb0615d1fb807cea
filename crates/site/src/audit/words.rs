//! An audit in words and figures.

use footfall_audit::{Estimate, LEAST};
use footfall_formats::Table;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;

use super::Outcome;
use super::findings::Finding;

/// How it is done, in two sentences.
pub const METHOD: &str = "Minutes were drawn by chance alone, each with a known probability, and counted by eye without \
     the program's answer. What the program lacked in them is added to what it counted in all minutes (stratified \
     difference estimator), so the 95% interval holds whatever errors the program makes.";

/// All of it, a line each.
pub fn report(outcome: &Outcome) -> String {
    let Outcome { minutes, drawn, looked_at, auditors, agreement, findings, reasons, .. } = outcome;
    if *looked_at == 0 {
        return format!(
            "{minutes} minutes were watched and {drawn} drawn; nobody has counted in any of them yet\n"
        );
    }
    let names: Vec<&str> = auditors.iter().map(String::as_str).collect();
    let mut text = vec![format!(
        "{}{looked_at} of {drawn} drawn minutes of {minutes} were looked at by {}",
        period(outcome),
        names.join(", ")
    )];
    text.extend(agreement.map(|agreement| {
        format!("their agreement where several counted the same: {agreement:.2} (Krippendorff's alpha; 1 is perfect)")
    }));
    if outcome.lost > 0 {
        text.push(format!("of {} drawn minutes there is no clip: nobody can look at them", outcome.lost));
    }
    text.push(String::new());
    text.push(table(findings).render());
    if findings.iter().any(|finding| finding.truly.is_none()) {
        text.push(format!("It takes {LEAST} minutes to say anything of a line."));
    }
    if !reasons.is_empty() {
        let told: Vec<_> = reasons.iter().map(|(reason, times)| format!("{reason} {times}")).collect();
        text.push(format!("reasons for differences: {}", told.join(", ")));
    }
    text.join("\n").trim_end().to_owned() + "\n"
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::default();
    table.row(["line", "minutes", "counted", "truly (95%)", "counted of 100", "the sample alone"]);
    for finding in findings {
        let name = format!("{}/{} {}", finding.source, finding.line, finding.direction);
        let Some(truly) = &finding.truly else {
            table.row([
                name,
                finding.looked_at.to_string(),
                finding.counted.to_string(),
                "too few minutes".into(),
            ]);
            continue;
        };
        table.row(cells(name, truly));
        for (hour, truly) in finding.hours.iter().filter(|_| finding.hours.len() > 1) {
            table.row(cells(format!("  {hour}"), truly));
        }
    }
    table
}

fn cells(name: String, truly: &Estimate) -> [String; 6] {
    let Estimate { answers, counted, corrected, low, high, alone, alone_margin } = truly;
    let accuracy = truly.accuracy().map_or_else(
        || "-".to_owned(),
        |[low, middle, high]| format!("{:.0} ({:.0} to {:.0})", 100.0 * middle, 100.0 * low, 100.0 * high),
    );
    [
        name,
        answers.to_string(),
        counted.to_string(),
        format!("{corrected:.0} ({low:.0} to {high:.0})"),
        accuracy,
        format!("{:.0} to {:.0}", (alone - alone_margin).max(0.0), alone + alone_margin),
    ]
}

/// From when to when, on a line.
fn period(outcome: &Outcome) -> String {
    let day = |minute: i64| {
        let at = Timestamp::from_second(60 * minute).unwrap_or_default();
        at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
    };
    outcome.period.map(|(from, to)| format!("{} to {}\n", day(from), day(to))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::findings::tests::audited;
    use super::{Outcome, report};

    #[test]
    fn it_tells_both_counts_and_how_sure_they_are() {
        let place = tempfile::tempdir().unwrap();
        let text = report(&Outcome::of(&audited(place.path()), 0, i64::MAX).unwrap());
        for part in
            ["40 of 40 drawn minutes of 400", "ada, bob", "front/door in", "700", "900 (", "missed 40"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let empty = tempfile::tempdir().unwrap();
        audited(empty.path());
        std::fs::remove_file(empty.path().join("answers.jsonl")).unwrap();
        let config = footfall_evidence::EvidenceConfig {
            folder: Some(empty.path().to_owned().into()),
            ..footfall_evidence::EvidenceConfig::default()
        };
        let folder = footfall_evidence::Folder::open(&config).unwrap().unwrap();
        assert!(report(&Outcome::of(&folder, 0, i64::MAX).unwrap()).contains("nobody has counted"));
    }
}

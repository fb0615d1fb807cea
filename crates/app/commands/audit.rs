//! `footfall audit`: how right the counts are.

use std::io::Write as _;
use std::path::Path;

use anyhow::anyhow;
use footfall_config::{Config, usage};
use footfall_evidence::Folder;
use footfall_formats::PartialFile;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;

use super::version::Version;
use crate::cli::AuditArgs;
use crate::times::moment;
use footfall_site::audit::{METHOD, Outcome, html, pdf, report};

/// Says it.
pub(crate) fn run(args: &AuditArgs) -> anyhow::Result<()> {
    let config = Config::load(Some(&args.config))?;
    let range = (args.from.as_deref(), args.to.as_deref());
    let outcome = audited(&config, range, &TimeZone::system())?;
    if let Some(path) = &args.report {
        write(path, &outcome)?;
    }
    let text = if args.json { serde_json::to_string_pretty(&outcome)? + "\n" } else { report(&outcome) };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

/// What the audit of this stretch of time came to.
pub(super) fn audited(
    config: &Config,
    (from, to): (Option<&str>, Option<&str>),
    zone: &TimeZone,
) -> anyhow::Result<Outcome> {
    let missing = "no evidence is kept: [evidence] needs a folder. docs/audit.md says how an audit is done";
    let folder = Folder::open(&config.evidence).map_err(usage)?.ok_or_else(|| usage(anyhow!(missing)))?;
    let minute = |text: Option<&str>, end| -> anyhow::Result<Option<i64>> {
        let at = text.map(|text| moment(text, zone, end)).transpose().map_err(usage)?;
        Ok(at.map(|at| at.as_second().div_euclid(60)))
    };
    let (from, to) = (minute(from, false)?, minute(to, true)?);
    Ok(Outcome::of(&folder, from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX))?)
}

/// The report to sign.
fn write(path: &Path, outcome: &Outcome) -> anyhow::Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "pdf")) {
        return Err(usage(anyhow!("{}: a report ends with .html or .pdf", path.display())));
    }
    let mut sources: Vec<&str> = outcome.findings.iter().map(|finding| finding.source.as_str()).collect();
    sources.dedup();
    let names: Vec<&str> = outcome.auditors.iter().map(String::as_str).collect();
    let mut about = vec![
        ("Camera".to_owned(), sources.join(", ")),
        ("Auditor".to_owned(), names.join(", ")),
        ("Sample".to_owned(), format!("{} of {} minutes", outcome.looked_at, outcome.minutes)),
        ("Made".to_owned(), Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()),
    ];
    about.extend(Version::find().about());
    let mut file = PartialFile::create(path)?;
    let (title, figures) = ("Audit of people counts", report(outcome));
    let bytes = match ending.as_deref() {
        Some("pdf") => pdf(title, &about, &figures, METHOD),
        _ => html(title, &about, &figures, METHOD).into_bytes(),
    };
    file.put(&bytes)?;
    Ok(file.finish()?)
}

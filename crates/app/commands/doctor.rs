//! `footfall doctor`: whether everything is there that a run needs, and what to do if not.

mod checks;
mod support;
mod view;

use console::style;
use footfall_config::Config;
use serde::Serialize;

use crate::cli::DoctorArgs;
use crate::environment;

/// How a finding is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    /// A run can begin, but may not go well.
    Doubtful,
    /// A run cannot begin.
    Bad,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn good(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Good, found: found.into(), advice: None }
    }

    fn doubtful(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Doubtful, found: found.into(), advice: Some(advice.into()) }
    }

    fn bad(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Bad, found: found.into(), advice: Some(advice.into()) }
    }
}

/// Looks, and tells on stdout.
pub(crate) fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    footfall_video::quiet();
    let loaded = Config::load(args.config.as_deref());
    let config = match &loaded {
        Ok(config) => config.clone(),
        // Whoever asks for help may be asking about just that.
        Err(_) if args.support.is_some() => Config::default(),
        Err(_) => return loaded.map(drop),
    };
    let mut options = config.source.list.iter().map(|entry| &entry.options).chain([&config.source.options]);
    if let Some(variable) = options.find_map(|options| options.transport.variable()) {
        environment::restart_with(&[variable]);
    }
    let mut findings = checks::networks(&config);
    findings.extend(checks::cameras(&args.sources, &config));
    findings.extend(view::views(&args.sources, &config));
    findings.extend(checks::publishers(&config));
    findings.push(checks::disk(&config));
    findings.push(checks::clock());
    if let Some(file) = &args.support {
        return support::offer(&support::gather(&loaded, &findings)?, file, args.yes);
    }
    let text =
        if args.json { serde_json::to_string_pretty(&findings)? + "\n" } else { for_people(&findings) };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    let bad: Vec<_> = findings.iter().filter(|f| f.state == State::Bad).map(|f| f.check).collect();
    if !bad.is_empty() {
        anyhow::bail!("a run cannot begin: see {}", bad.join(", "));
    }
    Ok(())
}

fn for_people(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let mark = match finding.state {
            State::Good => style("good    ").green(),
            State::Doubtful => style("doubtful").yellow(),
            State::Bad => style("bad     ").red().bold(),
        };
        let advice = finding
            .advice
            .as_ref()
            .map_or_else(String::new, |advice| format!("\n                    {advice}"));
        format!("{mark}  {:9} {}{advice}\n", finding.check, finding.found)
    };
    findings.iter().map(line).collect()
}

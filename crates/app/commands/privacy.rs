//! `footfall privacy`: what a configuration keeps of people, and who gets to see it.

mod kept;
mod leaves;
mod seen;

use std::io::Write as _;

use footfall_config::Config;
use serde::Serialize;

use crate::cli::PrivacyArgs;

/// Something that is kept, for however short a time.
#[derive(Debug, PartialEq, Serialize)]
struct Kept {
    what: String,
    /// Whether somebody can be recognised by it.
    people: People,
    place: String,
    until: String,
}

/// What something has of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum People {
    /// They can be recognised.
    Recognisable,
    /// What they look like, as numbers: somebody who is seen again can be told from others by it.
    Appearance,
    /// When and where somebody was, and nothing of who.
    Moments,
    /// They are veiled.
    Veiled,
}

/// Everything there is to say.
#[derive(Debug, Serialize)]
struct Account {
    kept: Vec<Kept>,
    seen_by: Vec<String>,
    leaves: Vec<String>,
    never: &'static [&'static str],
}

/// What no setting turns on.
const NEVER: &[&str] = &[
    "faces, age, sex, names: nobody looks for them",
    "sound",
    "pictures or appearances in the ledger, in the log, or to a publisher",
    "anything to whoever made this program: it calls nobody on its own",
];

impl People {
    fn words(self) -> &'static str {
        match self {
            Self::Recognisable => "people can be recognised",
            Self::Appearance => "how people look, as numbers",
            Self::Moments => "when somebody passed, not who",
            Self::Veiled => "people are veiled",
        }
    }
}

/// Says it.
pub(crate) fn run(args: &PrivacyArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    let account = Account {
        kept: kept::of(&config),
        seen_by: seen::by(&config),
        leaves: leaves::of(&config),
        never: NEVER,
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&account)?)?;
    } else {
        write!(out, "{}", account.for_people())?;
    }
    Ok(())
}

impl Account {
    fn for_people(&self) -> String {
        let mut lines = vec!["What is kept".to_owned()];
        for Kept { what, people, place, until } in &self.kept {
            lines.push(format!("  {what} ({})", people.words()));
            lines.push(format!("      where: {place}"));
            lines.push(format!("      until: {until}"));
        }
        let never: Vec<String> = self.never.iter().map(ToString::to_string).collect();
        let lists = [
            ("Who can see it", &self.seen_by),
            ("What leaves this machine", &self.leaves),
            ("Never, whatever is set", &never),
        ];
        for (title, told) in lists {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(told.iter().map(|line| format!("  {line}")));
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {

    use footfall_config::Config;

    use super::{Account, NEVER, People, kept, leaves, seen};

    fn account(text: &str) -> Account {
        let config = Config::parse(text).unwrap();
        Account {
            kept: kept::of(&config),
            seen_by: seen::by(&config),
            leaves: leaves::of(&config),
            never: NEVER,
        }
    }

    #[test]
    fn by_default_nothing_of_anybody_is_written_down_and_nothing_leaves() {
        let account = account("");
        assert!(account.kept.iter().all(|kept| kept.place.starts_with("memory")), "{account:?}");
        assert_eq!(account.leaves, ["nothing"]);
        assert_eq!(account.seen_by, ["nobody: no page is served unless footfall run has --serve"]);
    }

    #[test]
    fn whatever_is_turned_on_is_told() {
        let settings = [
            ("[outputs]\nvideo = 'out.mp4'\n", "out.mp4", People::Recognisable),
            ("[outputs]\ntracks = 't.txt'\n", "t.txt", People::Moments),
            ("[outputs]\ndetections = 'd.jsonl'\n", "d.jsonl", People::Appearance),
            ("[outputs]\nrecord = 'r.ffrec'\n", "r.ffrec", People::Appearance),
            ("[ledger]\nfile = 'shop.db'\nretention = 400\n", "shop.db", People::Moments),
            ("[staff]\ngallery = 'staff.json'\n", "staff.json", People::Appearance),
            (
                "[ledger]\nfile = 'shop.db'\n[staff]\ngallery = 'staff.json'\n",
                "shop.db",
                People::Recognisable,
            ),
            ("[evidence]\nfolder = 'seen'\n", "seen", People::Veiled),
            ("[evidence]\nfolder = 'seen'\nblur = 'heads'\n", "seen", People::Recognisable),
            ("[evidence]\nfolder = 'seen'\nblur = 'nobody'\n", "seen", People::Recognisable),
            ("[counter.visitors]\nwindow = 12\n", "memory", People::Appearance),
            ("[site]\noverlap = [['a', 'b']]\n", "memory", People::Appearance),
            ("[site]\ndoors = [['a', 'b']]\n", "memory", People::Appearance),
            (
                "[counter.visitors]\nwindow = 12\n[remember]\nfile = 'v.sealed'\n",
                "v.sealed, encrypted",
                People::Appearance,
            ),
        ];
        let without = account("").kept;
        for (text, place, people) in settings {
            let told = account(text).kept;
            let new: Vec<_> = told.iter().filter(|kept| !without.contains(kept)).collect();
            assert!(
                new.iter().any(|kept| kept.place.contains(place) && kept.people == people),
                "{text} {new:?}"
            );
        }
        let told = account("[ledger]\nfile = 'shop.db'\nretention = 400\n").for_people();
        assert!(told.contains("400 days"), "{told}");
    }

    #[test]
    fn receivers_are_told_without_their_secrets() {
        let told = account(
            "[publish.mqtt]\nurl = 'mqtts://broker:8883'\nuser = 'shop'\npassword = 'HIDDEN'\n\
             [[publish.webhook]]\nname = 'office'\nurl = 'https://office.example/in?token=HIDDEN'\nsecret = 'HIDDEN'\n\
             [publish.mail]\nurl = 'smtps://mail.example'\nuser = 'shop'\npassword = 'HIDDEN'\nfrom = 'a@b.c'\nto = ['d@e.f']\n",
        );
        let text = told.for_people();
        assert_eq!(told.leaves.len(), 3, "{text}");
        assert!(
            ["broker", "office.example", "mail.example", "d@e.f"].iter().all(|part| text.contains(part)),
            "{text}"
        );
        assert!(!text.contains("HIDDEN"), "{text}");
    }

    #[test]
    fn who_has_a_token_is_told_by_name() {
        let hash = "0".repeat(64);
        let text = format!(
            "[serve]\naddress = '0.0.0.0:80'\n[[serve.token]]\nname = 'ada'\nrole = 'change'\nsha256 = '{hash}'\n"
        );
        let told = account(&text).for_people();
        assert!(told.contains("ada") && told.contains("0.0.0.0:80") && !told.contains(&hash), "{told}");
    }
}

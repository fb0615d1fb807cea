//! What is wrong with a configuration, in words that have nothing of its values: one of them may be a password.

use std::ops::Range;

/// `error` about the configuration `text`: where, and what would do. What stands there is not repeated.
pub(crate) fn told(text: &str, error: &toml::de::Error) -> String {
    at(text, error.span(), error.message())
}

/// What is wrong with a file that a reader which keeps comments could not read, and where, with nothing of its values.
#[must_use]
pub fn told_of_edit(text: &str, error: &toml_edit::TomlError) -> String {
    at(text, error.span(), error.message())
}

fn at(text: &str, span: Option<Range<usize>>, message: &str) -> String {
    let message = without_addresses(text, without_values(message));
    let Some(before) = span.and_then(|span| text.get(..span.start)) else { return message };
    let (line, start) = (before.matches('\n').count() + 1, before.rfind('\n').map_or(0, |at| at + 1));
    format!("line {line}, column {}: {message}", before[start..].chars().count() + 1)
}

/// What serde says of a value, without the value.
pub(crate) fn without_values(message: &str) -> String {
    for kind in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((found, expected)) =
            message.strip_prefix(kind).and_then(|rest| rest.rsplit_once(", expected "))
        {
            let found = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            return format!("{kind}{found}, expected {expected}");
        }
    }
    match message.strip_prefix("unknown variant `").and_then(|rest| rest.rsplit_once("`, expected ")) {
        Some((_, expected)) => format!("unknown word, expected {expected}"),
        None => message.to_owned(),
    }
}

/// `message` without any of the file's texts that is no plain word: where somebody has put an address into the
/// wrong setting, the setting's own refusal may repeat it.
fn without_addresses(text: &str, mut message: String) -> String {
    let Ok(table) = text.parse::<toml::Table>() else { return message };
    let mut texts = Vec::new();
    collect(&toml::Value::Table(table), &mut texts);
    for value in texts {
        message = message.replace(&value, "...");
    }
    message
}

/// All texts with more in them than words have, but names: they are told where two are the same.
fn collect(value: &toml::Value, texts: &mut Vec<String>) {
    let is_word = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    match value {
        toml::Value::String(text) if !text.chars().all(is_word) => texts.push(text.clone()),
        toml::Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        toml::Value::Table(table) => {
            let values = table.iter().filter(|(key, _)| *key != "name");
            values.for_each(|(_, value)| collect(value, texts));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

    fn error(text: &str) -> String {
        format!("{:#}", Config::parse(text).unwrap_err())
    }

    #[test]
    fn the_place_is_told_and_the_value_is_not() {
        for (text, place, words) in [
            ("[publish.mqtt]\nurl = 'mqtt://a'\npasword = \"hunter2\"\n", "line 3, column 1", "pasword"),
            ("[publish.mqtt]\nurl = 'mqtt://a'\npassword = hunter2\n", "line 3", ""),
            ("[publish.mqtt]\nurl = 'mqtt://a'\npassword = \"hunter2\n", "line 3", ""),
            ("[publish.mqtt]\nurl = 'mqtt://a'\npassword = [\"hunter2\"]\n", "line 3", ""),
            ("[publish.mqtt]\nurl = [\"mqtt://me:hunter2@a\"]\n", "line 2", "expected a string"),
            ("[publish.mqtt]\nurl = 'a'\nuser = { a = \"hunter2\" }\n", "line 3", "expected a string"),
            ("[source]\ntransport = \"hunter2\"\n", "line 2", "`udp`"),
            ("[source]\nread_timeout = \"hunter2\"\n", "line 2", "expected f64"),
            ("[serve]\naddress = \"http://me:hunter2@a\"\n", "line 2", ""),
            ("[networks]\ndevice = \"rtsp://me:hunter2@a\"\n", "line 2", "cuda"),
            ("[detector]\ninput_size = \"rtsp://me:hunter2@a\"\n", "line 2", ""),
            ("[[source]]\nname = 'a'\nurl = [\"rtsp://me:hunter2@a\"]\n", "", "url: expected a text"),
            ("[[source]]\nname = 'a'\nurl = '0'\nlogin = \"me:hunter2\"\n", "", "login"),
            ("[[source]]\nname = 'a'\nurl = '0'\nlogin_file = [\"hunter2\"]\n", "", "expected"),
            ("[[source]]\nname = 'a'\nurl = '0'\ntransport = \"hunter2\"\n", "", "`udp`"),
            (
                "[[publish.webhook]]\nname = 'a'\nurl = \"http://a/hunter2\"\nsecret = { fille = \"hunter2\" }\n",
                "line",
                "",
            ),
            ("[serve]\nhunter\n2\n", "line 2", ""),
        ] {
            let error = error(text);
            assert!(error.contains(place) && error.contains(words), "{text}\n{error}");
            assert!(!error.contains("hunter2"), "{text}\n{error}");
        }
    }

    #[test]
    fn what_would_do_is_still_told() {
        assert!(error("[pipeline]\nqueue = 0\n").contains("invalid value: integer, expected a nonzero"));
        assert!(error("[tracker]\npreset = 'bets'\n").contains("expected `deepsort` or `best`"));
        let twice = "[[line]]\nname='a'\nfrom=[1,2]\nto=[1,2]\n";
        assert!(
            error(twice).contains("line \"a\"") && error(twice).contains("same point"),
            "{}",
            error(twice)
        );
    }
}

//! Names of classes as exporters write them.

/// Names in the order of their numbers: `person, car`, a JSON list or object, or Python's
/// `{0: 'person', 1: 'car'}`. Numbers of an object that are left out have an empty name.
pub(super) fn read(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return None;
    }
    let Some(inner) = text.strip_prefix(['{', '[']) else {
        return Some(text.split(',').map(|name| name.trim().to_owned()).collect());
    };
    let inner = inner.strip_suffix(['}', ']'])?;
    let mut names = Vec::new();
    for (place, token) in tokens(inner).into_iter().enumerate() {
        let (number, name) = match token {
            (Some(key), name) => (key.trim_matches(['"', '\'']).parse().ok()?, name),
            (None, name) => (place, name),
        };
        if number > LARGEST {
            return None;
        }
        if names.len() <= number {
            names.resize(number + 1, String::new());
        }
        names[number] = name;
    }
    (!names.is_empty()).then_some(names)
}

/// A class beyond it is a mistake.
const LARGEST: usize = 100_000;

/// The members of a list or an object, each with what stands before its colon.
fn tokens(text: &str) -> Vec<(Option<String>, String)> {
    let mut members = Vec::new();
    let (mut key, mut part, mut quote) = (None, String::new(), None);
    let mut letters = text.chars().chain([',']);
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(_), '\\') => part.extend(letters.next()),
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, ':') if key.is_none() => key = Some(std::mem::take(&mut part).trim().to_owned()),
            (None, ',') => {
                let name = std::mem::take(&mut part).trim().to_owned();
                if key.is_some() || !name.is_empty() {
                    members.push((key.take(), name));
                }
            }
            _ => part.push(letter),
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_way_of_writing_them_is_read() {
        let expected = Some(vec!["person".to_owned(), "sports ball".to_owned()]);
        for text in [
            "person, sports ball",
            "{0: 'person', 1: 'sports ball'}",
            "{\"0\": \"person\", \"1\": \"sports ball\"}",
            "['person', 'sports ball']",
            "[\"person\",\"sports ball\",]",
            "{1: 'sports ball', 0: 'person'}",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("{0: \"driver's, seat\"}"), Some(vec!["driver's, seat".to_owned()]));
        assert_eq!(read("{1: 'person'}"), Some(vec![String::new(), "person".to_owned()]));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", "{0: 'person'", "{}", "[]", "{a: 'person'}", "{99999999999: 'x'}", "{100001: 'x'}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! CSV as RFC 4180 has it, and as spreadsheets may be trusted with it.

use axum::http::{HeaderName, header};

/// What a browser is to do with a CSV file called `name`.
pub(super) fn headers(name: &str) -> [(HeaderName, String); 2] {
    [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ]
}

/// One row with its line break.
pub(super) fn row<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = fields.into_iter().map(field).collect::<Vec<_>>().join(",");
    row.push_str("\r\n");
    row
}

/// A field, quoted where it must be. Spreadsheets take what begins like a formula for one, and a line's
/// name may be anything: it is kept text by an apostrophe.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<f64>().is_err());
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn fields_come_back_as_they_were_and_none_is_a_formula() {
        assert_eq!(row(["door", "a,b", "say \"hi\"", "-5", ""]), "door,\"a,b\",\"say \"\"hi\"\"\",-5,\r\n");
        assert_eq!(row(["=1+1", "-x", "@x"]), "'=1+1,'-x,'@x\r\n");
    }
}

//! An audit as a page to print and to sign.

/// HTML with these paragraphs, the figures as they stand, and a line to sign on.
#[must_use]
pub fn html(title: &str, about: &[(String, String)], figures: &str, method: &str) -> String {
    let row = |(what, which): &(String, String)| {
        format!("<tr><th>{}</th><td>{}</td></tr>\n", safe(what), safe(which))
    };
    let rows = about.iter().map(row).collect::<Vec<_>>().concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 11pt/1.4 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }}\n\
         th {{ text-align: left; padding-right: 1rem; vertical-align: top; }}\n\
         td {{ overflow-wrap: anywhere; }}\n\
         pre {{ font: 9pt/1.4 monospace; white-space: pre-wrap; }}\n\
         .sign {{ margin-top: 4rem; border-top: 1px solid; width: 20rem; }}\n\
         @page {{ size: A4; margin: 2cm; }}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n<table>\n{rows}</table>\n\
         <h2>Figures</h2>\n<pre>{}</pre>\n<h2>Method</h2>\n<p>{}</p>\n<p class=\"sign\">Place, date, signature</p>\n\
         </body>\n</html>\n",
        safe(figures),
        safe(method),
        title = safe(title),
    )
}

fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn names_are_words_and_no_markup() {
        let page = html("Audit", &[("Camera".into(), "<script>x".into())], "a < b", "so");
        assert!(page.contains("&lt;script&gt;x") && page.contains("a &lt; b") && !page.contains("<script"));
    }
}

//! An audit as a PDF to sign.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

/// A4, in points.
const PAGE: [f32; 2] = [595.0, 842.0];
const MARGIN: f32 = 50.0;
const SIZE: f32 = 8.5;
const LEADING: f32 = 12.0;
/// Letters of Courier, each 0.6 of its size wide, on a line.
const LETTERS: usize = 96;

/// Lines of text in Courier, which every reader of PDF has. Letters beyond Latin-1 are written as others.
pub fn pdf(title: &str, about: &[(String, String)], figures: &str, method: &str) -> Vec<u8> {
    let mut lines = vec![title.to_owned(), String::new()];
    for (what, which) in about {
        lines.extend(wrapped(&format!("{what}: {which}")));
    }
    lines.push(String::new());
    lines.extend(figures.lines().flat_map(wrapped));
    lines.push(String::new());
    lines.extend(wrapped(method));
    lines.extend(
        ["", "", "", "", "______________________________", "Place, date, signature"].map(str::to_owned),
    );
    document(&lines)
}

fn document(lines: &[String]) -> Vec<u8> {
    let on_a_page = ((PAGE[1] - 2.0 * MARGIN) / LEADING) as usize;
    let pages: Vec<&[String]> = lines.chunks(on_a_page).collect();
    let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let page = |index: i32| Ref::new(4 + 2 * index);
    let text = |index: i32| Ref::new(5 + 2 * index);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree)
        .kids((0_i32..).zip(&pages).map(|(index, _)| page(index)))
        .count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    pdf.type1_font(font).base_font(Name(b"Courier")).encoding_predefined(Name(b"WinAnsiEncoding"));
    for (index, lines) in (0_i32..).zip(&pages) {
        let mut written = pdf.page(page(index));
        written.media_box(Rect::new(0.0, 0.0, PAGE[0], PAGE[1])).parent(tree).contents(text(index));
        written.resources().fonts().pair(Name(b"F"), font);
        written.finish();
        pdf.stream(text(index), &content(lines));
    }
    pdf.finish()
}

fn content(lines: &[String]) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text();
    content.set_font(Name(b"F"), SIZE).set_leading(LEADING);
    content.next_line(MARGIN, PAGE[1] - MARGIN - SIZE);
    for line in lines {
        content.show(Str(&latin(line)));
        content.next_line(0.0, -LEADING);
    }
    content.end_text();
    content.finish().to_vec()
}

/// As bytes of Latin-1, which is what `WinAnsiEncoding` has in common with Unicode.
fn latin(text: &str) -> Vec<u8> {
    let letter = |letter: char| match u8::try_from(u32::from(letter)) {
        Ok(byte) if !(0x7f..0xa0).contains(&byte) && byte >= 0x20 => vec![byte],
        _ => b"?".to_vec(),
    };
    text.chars().flat_map(letter).collect()
}

/// Lines that fit, broken at spaces where there are any.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > LETTERS {
        let space = rest[..LETTERS].iter().rposition(|letter| *letter == ' ').filter(|at| *at > LETTERS / 2);
        let tail = rest.split_off(space.unwrap_or(LETTERS));
        lines.push(rest.into_iter().collect());
        rest = tail.into_iter().skip(usize::from(space.is_some())).collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, pdf, wrapped};

    #[test]
    fn long_lines_are_broken_and_none_is_lost() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.chars().count() <= LETTERS));
        assert_eq!(lines.join(" ").split_whitespace().count(), 60);
        assert_eq!(wrapped(&"x".repeat(200)).concat().len(), 200);
    }

    #[test]
    fn it_is_a_pdf_of_as_many_pages_as_it_takes() {
        let bytes = pdf("Audit", &[("Camera".into(), "Tür".into())], &"figures\n".repeat(200), "so");
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.starts_with(b"%PDF-") && text.trim_end().ends_with("%%EOF"));
        assert_eq!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page\n").count(), 4, "{text}");
    }
}

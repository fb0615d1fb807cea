//! A report as an Excel file, read by another reader.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Shop;

/// Reads an Excel file as spreadsheets do, with a reader of its own: Python's zip and XML.
const READ: &str = r#"
import json, sys, zipfile, xml.etree.ElementTree as tree
book = zipfile.ZipFile(sys.argv[1])
space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
sheets = [sheet.get("name") for sheet in tree.fromstring(book.read("xl/workbook.xml")).iterfind("m:sheets/m:sheet", space)]
rows = []
for row in tree.fromstring(book.read("xl/worksheets/sheet1.xml")).iterfind("m:sheetData/m:row", space):
    rows.append([(cell.get("r"), cell.get("t"), "".join(cell.itertext())) for cell in row])
styles = tree.fromstring(book.read("xl/styles.xml"))
formats = [form.get("formatCode") for form in styles.iterfind("m:numFmts/m:numFmt", space)]
shared = [part for part in book.namelist() if part == "xl/sharedStrings.xml"]
words = ["".join(text.itertext()) for part in shared for text in tree.fromstring(book.read(part))]
charts = [book.read(part).decode() for part in book.namelist() if part.startswith("xl/charts/chart")]
print(json.dumps({"sheets": sheets, "rows": rows, "formats": formats, "words": words, "charts": charts}))
"#;

#[test]
fn an_excel_file_has_real_dates_the_numbers_of_the_report_and_a_chart() {
    let shop = Shop::new();
    let words =
        ["report", "--config", "shop.toml", "--by", "hour", "--from", "2026-03-23", "--to", "2026-03-23"];
    let excel = ["--each-source", "--compare", "week", "--format", "xlsx", "--output", "r.xlsx"];
    shop.call(words.iter().chain(&excel)).success();
    let mut python = Command::new("python3");
    let output =
        python.args(["-c", READ]).arg(shop.path("r.xlsx")).stderr(Stdio::inherit()).output().unwrap();
    let book: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(book["sheets"], json!(["counts", "chart"]));
    let text = |cell: &Value| match cell[1].as_str() {
        Some("s") => book["words"][cell[2].as_str().unwrap().parse::<usize>().unwrap()].clone(),
        _ => cell[2].clone(),
    };
    let rows = book["rows"].as_array().unwrap();
    let head: Vec<_> = rows[0].as_array().unwrap().iter().map(text).collect();
    assert_eq!(head[..4], ["source", "from", "to", "in"]);
    assert_eq!(rows.len(), 1 + 2 * 24, "each hour of each source");
    // 2026-03-23 is day 46104 of Excel's calendar; the tenth hour of front is the 22nd row.
    let front_at_ten = rows.iter().find(|row| text(&row[0]) == "front" && number(&row[1]) > 46104.416);
    let row = front_at_ten.unwrap();
    assert!((number(&row[1]) - (46104.0 + 10.0 / 24.0)).abs() < 1e-6, "{row}");
    assert_eq!(number(&row[3]), 2.0, "{row}");
    let formats = book["formats"].as_array().unwrap();
    assert!(formats.contains(&json!("yyyy-mm-dd hh:mm")), "{formats:?}");
    let chart = book["charts"][0].as_str().unwrap();
    assert!(chart.contains("barChart") && chart.contains("chart!$B$2:$B$25"), "{chart}");
    shop.call(words.iter().chain(&["--each-zone", "--format", "xlsx", "--output", "z.xlsx"])).success();
    assert!(fs::read(shop.path("z.xlsx")).unwrap().starts_with(b"PK"));
}

fn number(cell: &Value) -> f64 {
    cell[2].as_str().unwrap().parse().unwrap()
}

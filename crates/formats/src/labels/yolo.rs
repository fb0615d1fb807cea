//! YOLO labels: a text file a picture, `class x y width height [confidence] [id]`, shares of the picture, x and y of
//! the box's middle. `classes.txt`, in the folder or beside it, has the classes' names, a line each.

use std::fs;
use std::path::{Path, PathBuf};

use footfall_track::Bbox;

use super::frames::{from_one, number_in};
use super::{Label, Labels, Size, left_out, people, text_of, wrong};
use crate::Error;

const EXPECTED: &str = "class x y width height, then a confidence and an id where there are, each picture in a file of \
                        its own whose name ends with the frame's number";
/// The file of the classes' names.
const CLASSES: &str = "classes.txt";
/// People's class in COCO, and so of networks that were trained on it.
const PERSON: &str = "0 (person)";

/// A line of numbers, and where it is from.
struct Row {
    path: PathBuf,
    line: u64,
    frame: u64,
    numbers: Vec<f64>,
}

pub(super) fn read(folder: &Path, size: Option<Size>) -> Result<Labels, Error> {
    let Some(size) = size else {
        let problem = "boxes are shares of the picture, whose size is not known".to_owned();
        return Err(wrong(folder, problem, "its width and height in pixels: give --size WIDTHxHEIGHT"));
    };
    let rows = rows(folder)?;
    let sixth = sixth_column(&rows);
    let (mut labels, mut others) = (Labels::default(), 0);
    let (classes, name) = classes_of_people(folder)?;
    for row in &rows {
        if classes.contains(&row.numbers[0]) {
            labels.rows.push(label(row, size, sixth)?);
        } else {
            others += 1;
        }
    }
    labels.notes.extend(left_out(others, &name));
    labels.notes.extend(from_one(&mut labels.rows, &mut []));
    Ok(labels)
}

/// The classes that are people, and what to call them.
fn classes_of_people(folder: &Path) -> Result<(Vec<f64>, String), Error> {
    let beside = folder.parent().unwrap_or(folder).join(CLASSES);
    let places = [folder.join(CLASSES), beside];
    let Some(path) = places.iter().find(|path| path.is_file()) else {
        return Ok((vec![0.0], PERSON.to_owned()));
    };
    let text = text_of(path)?;
    let names: Vec<&str> = text.lines().map(str::trim).filter(|name| !name.is_empty()).collect();
    let Some(people) = people(names.iter().copied()) else {
        let problem = format!("none of its classes is called person: {}", names.join(", "));
        return Err(wrong(path, problem, "a class person, people, pedestrian or human, or one class alone"));
    };
    let numbered = (0..).zip(&names).filter(|(_, name)| people.contains(name));
    let classes = numbered.map(|(number, _): (u32, _)| f64::from(number)).collect();
    Ok((classes, people.join(", ")))
}

fn rows(folder: &Path) -> Result<Vec<Row>, Error> {
    let entries = fs::read_dir(folder).map_err(|source| Error::read(folder, source))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .filter(|path| path.file_name().is_none_or(|name| name != CLASSES))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(wrong(folder, "there is no text file in it".to_owned(), EXPECTED));
    }
    let mut rows = Vec::new();
    for path in paths {
        let Some(frame) = path.file_name().and_then(|name| number_in(&name.to_string_lossy())) else {
            return Err(wrong(&path, "its name ends with no number".to_owned(), EXPECTED));
        };
        let text = fs::read_to_string(&path).map_err(|source| Error::read(&path, source))?;
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let numbers =
                text.split_whitespace().map(|word| word.parse().ok().filter(|n: &f64| n.is_finite()));
            let numbers: Option<Vec<f64>> = numbers.collect();
            let problem = match &numbers {
                None => "a word is no finite number".to_owned(),
                Some(numbers) if numbers.len() < 5 => format!("{} columns of 5", numbers.len()),
                Some(numbers) if numbers.len() > 7 => {
                    format!("{} columns: outlines are no boxes", numbers.len())
                }
                Some(_) => {
                    rows.push(Row { path: path.clone(), line, frame, numbers: numbers.unwrap_or_default() });
                    continue;
                }
            };
            return Err(Error::Line { path, line, problem, expected: EXPECTED });
        }
    }
    Ok(rows)
}

/// What the sixth of six columns is.
#[derive(Clone, Copy, PartialEq)]
enum Sixth {
    Confidence,
    Id,
}

/// Ids are whole numbers, and of confidences hardly any is.
fn sixth_column(rows: &[Row]) -> Sixth {
    let sixth = |row: &Row| (row.numbers.len() == 6).then(|| row.numbers[5]);
    let is_whole = rows.iter().filter_map(sixth).all(|number| number.fract() == 0.0);
    if is_whole { Sixth::Id } else { Sixth::Confidence }
}

fn label(row: &Row, (width, height): Size, sixth: Sixth) -> Result<Label, Error> {
    let numbers = &row.numbers;
    let (confidence, id) = match (numbers.len(), sixth) {
        (6, Sixth::Id) => (None, Some(numbers[5])),
        (6, Sixth::Confidence) => (Some(numbers[5]), None),
        (7, _) => (Some(numbers[5]), Some(numbers[6])),
        _ => (None, None),
    };
    let (width, height) = (width as f64, height as f64);
    let [x, y, w, h] = [numbers[1] * width, numbers[2] * height, numbers[3] * width, numbers[4] * height];
    let id = match id {
        Some(id) if id < 0.0 || id.fract() != 0.0 => {
            let problem = format!("the id is {id}, and must be a whole number of 0 or more");
            return Err(Error::Line { path: row.path.clone(), line: row.line, problem, expected: EXPECTED });
        }
        id => id.map(|id| id as u64),
    };
    let bbox = Bbox::new(x - w / 2.0, y - h / 2.0, w, h);
    Ok(Label { frame: row.frame, id, bbox, confidence: confidence.unwrap_or(1.0) as f32 })
}

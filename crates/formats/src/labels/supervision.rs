//! supervision's CSV: `x_min,y_min,x_max,y_max,class_id,confidence,tracker_id`, and columns of whoever wrote it, of
//! which one has the frame's number.

use std::path::Path;

use csv::StringRecord;
use footfall_track::Bbox;

use super::frames::from_one;
use super::{Label, Labels, is_person, left_out, text_of};
use crate::Error;

const EXPECTED: &str = "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id and a column frame: \
                        sink.append(detections, custom_data={\"frame\": number})";
const FRAMES: [&str; 5] = ["frame", "frame_number", "frame_index", "frame_id", "frame_idx"];

/// Where columns are.
struct Columns {
    corners: [usize; 4],
    frame: usize,
    confidence: Option<usize>,
    id: Option<usize>,
    class: Option<usize>,
    class_name: Option<usize>,
    count: usize,
}

pub(super) fn read(path: &Path) -> Result<Labels, Error> {
    let text = text_of(path)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let at =
        |line: u64, problem: String| Error::Line { path: path.to_owned(), line, problem, expected: EXPECTED };
    let heading = reader.headers().map_err(|error| at(1, error.to_string()))?;
    let columns = Columns::of(heading).map_err(|problem| at(1, problem))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| at(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(columns.row(&record).map_err(|problem| at(line, problem))?);
    }
    let person = person(&rows);
    let mut labels = Labels::default();
    let others = rows.iter().filter(|(_, class)| !person(class)).count();
    labels.rows = rows.iter().filter(|(_, class)| person(class)).map(|(label, _)| *label).collect();
    labels.notes.extend(left_out(others, "people"));
    labels.notes.extend(from_one(&mut labels.rows, &mut []));
    Ok(labels)
}

/// Which class is people: the one that is called so, the only one that there is, or 0.
fn person(rows: &[(Label, String)]) -> impl Fn(&str) -> bool + use<> {
    let mut classes: Vec<&str> = rows.iter().map(|(_, class)| class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    let (is_only, is_named) = (classes.len() <= 1, classes.iter().any(|class| is_person(class)));
    move |class| is_only || if is_named { is_person(class) } else { class == "0" }
}

impl Columns {
    fn of(heading: &StringRecord) -> Result<Self, String> {
        let find = |name: &str| heading.iter().position(|column| column == name);
        let need = |name: &str| find(name).ok_or_else(|| format!("there is no column {name}"));
        Ok(Self {
            corners: [need("x_min")?, need("y_min")?, need("x_max")?, need("y_max")?],
            frame: FRAMES.iter().find_map(|name| find(name)).ok_or("no column has the frame's number")?,
            confidence: find("confidence"),
            id: find("tracker_id"),
            class: find("class_id"),
            class_name: find("class_name"),
            count: heading.len(),
        })
    }

    /// The box, and its class.
    fn row(&self, fields: &StringRecord) -> Result<(Label, String), String> {
        if fields.len() < self.count {
            return Err(format!("{} columns of {}", fields.len(), self.count));
        }
        let number = |column: usize| {
            let value = fields[column].parse().ok().filter(|value: &f64| value.is_finite());
            value.ok_or_else(|| format!("column {} is {:?}, no finite number", column + 1, &fields[column]))
        };
        let whole = |column: usize| {
            let value = number(column)?;
            let is_right = value >= 0.0 && value.fract() == 0.0;
            is_right.then_some(value as u64).ok_or_else(|| format!("column {} is {value}", column + 1))
        };
        let given = |column: Option<usize>| column.filter(|&column| !fields[column].is_empty());
        let [left, top, right, bottom] = self.corners.map(number);
        let (left, top) = (left?, top?);
        let label = Label {
            frame: whole(self.frame)?,
            id: given(self.id).map(whole).transpose()?,
            bbox: Bbox::new(left, top, right? - left, bottom? - top),
            confidence: given(self.confidence).map_or(Ok(1.0), number)? as f32,
        };
        let class = given(self.class_name).or(given(self.class)).map_or("", |column| &fields[column]);
        Ok((label, class.to_owned()))
    }
}

//! Boxes, and what else is seen of people, from and to arrays.

use footfall_track::{Bbox, Detection, Embeddings, Observations};
use numpy::ndarray::ArrayView1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arrays::{Floats, Number, floats, view1, view2, wholes, with_array};

/// What the four numbers of a box are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoxFormat {
    /// Left, top, right, bottom.
    Corners,
    /// Left, top, width, height.
    Size,
}

/// More people than any picture shows: whoever passes more has passed several frames.
pub(crate) const MOST: usize = 65_536;
/// More numbers than any frame's embeddings have: 1 GB.
const MOST_NUMBERS: usize = 1 << 28;
/// Means of several detectors' scores may be a little greater than 1.
const GREATEST_SCORE: f64 = 1.2;

impl BoxFormat {
    /// By its name.
    ///
    /// # Errors
    /// For an unknown one.
    pub(crate) fn named(name: &str) -> PyResult<Self> {
        match name {
            "xyxy" => Ok(Self::Corners),
            "tlwh" => Ok(Self::Size),
            _ => Err(PyValueError::new_err(format!(
                "box_format is {name:?}; expected \"xyxy\" (left, top, right, bottom) or \"tlwh\" (left, top, width, \
                 height)"
            ))),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Corners => "xyxy",
            Self::Size => "tlwh",
        }
    }

    fn read(self, [x, y, a, b]: [f64; 4]) -> Bbox {
        match self {
            Self::Corners => Bbox::new(x, y, a - x, b - y),
            Self::Size => Bbox::new(x, y, a, b),
        }
    }

    pub(crate) fn write(self, bbox: &Bbox) -> [f64; 4] {
        match self {
            Self::Corners => [bbox.x, bbox.y, bbox.right(), bbox.bottom()],
            Self::Size => [bbox.x, bbox.y, bbox.width, bbox.height],
        }
    }

    fn wrong_row(self, index: usize, row: [f64; 4]) -> PyErr {
        let expected = match self {
            _ if !row.iter().all(|number| number.is_finite()) => "four finite numbers",
            Self::Corners => "left, top, right, bottom, with right and bottom not before left and top",
            Self::Size => "left, top, width, height, with sizes of 0 or more",
        };
        PyValueError::new_err(format!(
            "boxes[{index}] is {row:?}; expected {expected} (box_format {:?})",
            self.name()
        ))
    }

    /// Boxes from an (n, 4) array. Those without a size are kept.
    ///
    /// # Errors
    /// By the row, for numbers that are not finite and sizes below 0.
    pub(crate) fn boxes(self, value: &Bound<'_, PyAny>) -> PyResult<Vec<Bbox>> {
        let boxes = floats("boxes", value)?;
        let rows = boxes.rows("boxes", 4)?;
        if rows > MOST {
            return Err(PyValueError::new_err(format!(
                "boxes has {rows} rows, and one frame has at most {MOST}: are these the boxes of several frames? Pass \
                 them frame by frame"
            )));
        }
        with_array!(&boxes, array => {
            let bbox = |(index, row): (usize, ArrayView1<'_, _>)| {
                let row = [row[0], row[1], row[2], row[3]].map(Number::wide);
                let bbox = self.read(row);
                let is_right = [bbox.x, bbox.y, bbox.width, bbox.height].iter().all(|v| v.is_finite())
                    && bbox.width >= 0.0 && bbox.height >= 0.0;
                if is_right { Ok(bbox) } else { Err(self.wrong_row(index, row)) }
            };
            view2(array).rows().into_iter().enumerate().map(bbox).collect()
        })
    }
}

/// Scores from an (n,) array.
///
/// # Errors
/// For another number of them than of boxes, and by the row for what is no share.
pub(crate) fn scores(value: &Bound<'_, PyAny>, boxes: usize) -> PyResult<Vec<f32>> {
    let scores = floats("scores", value)?;
    same_length("scores", scores.len("scores")?, boxes)?;
    with_array!(&scores, array => {
        let score = |(index, score): (usize, &_)| {
            let wide = Number::wide(*score);
            if (0.0..=GREATEST_SCORE).contains(&wide) {
                return Ok(Number::narrow(*score));
            }
            Err(PyValueError::new_err(format!("scores[{index}] is {wide}; expected a share from 0 to 1")))
        };
        view1(array).iter().enumerate().map(score).collect()
    })
}

pub(crate) fn same_length(name: &str, found: usize, boxes: usize) -> PyResult<()> {
    if found == boxes {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "{name} has {found} rows, and boxes has {boxes}; expected one for each box"
    )))
}

/// Detections of one frame.
///
/// # Errors
/// As those that read boxes and scores.
pub(crate) fn detections(
    format: BoxFormat,
    boxes: &Bound<'_, PyAny>,
    scores: &Bound<'_, PyAny>,
) -> PyResult<Vec<Detection>> {
    let boxes = format.boxes(boxes)?;
    let scores = self::scores(scores, boxes.len())?;
    Ok(boxes.into_iter().zip(scores).map(|(bbox, confidence)| Detection { bbox, confidence }).collect())
}

/// Detections of one frame with the embeddings that there are: a row for each box, or for each that `embedded`
/// has the index of. A row of zeros is no embedding.
///
/// # Errors
/// As those that read boxes and scores, and by the row for embeddings.
pub(crate) fn observations(
    detections: Vec<Detection>,
    embeddings: Option<&Bound<'_, PyAny>>,
    embedded: Option<&Bound<'_, PyAny>>,
) -> PyResult<Observations> {
    let Some(embeddings) = embeddings else {
        if embedded.is_some() {
            return Err(PyValueError::new_err(
                "embedded says whose embeddings there are, and there are none",
            ));
        }
        return Ok(Observations::without_appearance(detections));
    };
    let vectors = floats("embeddings", embeddings)?;
    let (rows, dimension) = vectors.table("embeddings", "(n, dimension)")?;
    if rows.saturating_mul(dimension) > MOST_NUMBERS {
        return Err(PyValueError::new_err(format!(
            "embeddings has {rows} rows of {dimension} numbers, and one frame has at most {MOST_NUMBERS} numbers in all"
        )));
    }
    let places = embedded.map(|embedded| places(embedded, rows, detections.len())).transpose()?;
    if places.is_none() {
        same_length("embeddings", rows, detections.len())?;
    }
    let embeddings = read_embeddings(&vectors, rows, dimension)?;
    let embeddings = match places {
        Some(places) => embeddings.spread(&places, detections.len()),
        None => embeddings,
    };
    Ok(Observations { detections, embeddings })
}

/// The detections that rows belong to.
fn places(embedded: &Bound<'_, PyAny>, rows: usize, detections: usize) -> PyResult<Vec<usize>> {
    let places: Vec<usize> =
        wholes("embedded", embedded, MOST)?.into_iter().map(|place| place as usize).collect();
    if places.len() != rows {
        return Err(PyValueError::new_err(format!(
            "embedded has {} indices, and embeddings has {rows} rows; expected as many",
            places.len()
        )));
    }
    let mut taken = vec![false; detections];
    for (row, &place) in places.iter().enumerate() {
        match taken.get_mut(place) {
            Some(taken) if !*taken => *taken = true,
            Some(_) => {
                return Err(PyValueError::new_err(format!("embedded[{row}] is {place}, as one before is")));
            }
            None => {
                return Err(PyValueError::new_err(format!(
                    "embedded[{row}] is {place}, and there are {detections} boxes"
                )));
            }
        }
    }
    Ok(places)
}

fn read_embeddings(vectors: &Floats<'_>, rows: usize, dimension: usize) -> PyResult<Embeddings> {
    let mut embeddings = Embeddings::with_capacity(dimension, rows);
    let mut buffer: Vec<f32> = Vec::with_capacity(dimension);
    with_array!(vectors, array => {
        for (index, row) in view2(array).rows().into_iter().enumerate() {
            let vector = if let Some(lying) = row.to_slice().and_then(Number::as_narrow) {
                lying
            } else {
                buffer.clear();
                buffer.extend(row.iter().map(|&number| Number::narrow(number)));
                buffer.as_slice()
            };
            if !embeddings.push_exact(Some(vector)) && vector.iter().any(|&number| number != 0.0) {
                return Err(PyValueError::new_err(format!(
                    "embeddings[{index}] has no length that is a finite number; where there is no embedding, pass a \
                     row of zeros, or those that there are with embedded="
                )));
            }
        }
    });
    Ok(embeddings)
}

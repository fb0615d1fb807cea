//! Which family a network is of: by what is stated, else by its outputs.

use crate::ModelFault;
use crate::detect::end_to_end::EndToEnd;
use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Family, cell_count};
use crate::detect::grid::Grid;
use crate::detect::listed::{Listed, Trio};
use crate::detect::nanodet::NanoDet;
use crate::detect::scored::{Pair, Scored};
use crate::detect::yolox::Yolox;

/// Every family, as metadata name it.
pub(super) const FAMILIES: [&str; 9] = [
    NanoDet::NAME,
    NanoDet::PLUS,
    Yolox::NAME,
    Grid::YOLOV5,
    Grid::YOLOV8,
    EndToEnd::NAME,
    Scored::DETR,
    Scored::SSD,
    Listed::NAME,
];

/// Networks that are read as another of their family is.
const ALIASES: [(&str, &str); 17] = [
    ("yolov6", Grid::YOLOV5),
    ("yolov7", Grid::YOLOV5),
    ("yolov9", Grid::YOLOV8),
    ("yolov11", Grid::YOLOV8),
    ("yolo11", Grid::YOLOV8),
    ("yolov12", Grid::YOLOV8),
    ("yolo12", Grid::YOLOV8),
    ("yolov10", EndToEnd::NAME),
    ("yolo26", EndToEnd::NAME),
    ("rt-detr", Scored::DETR),
    ("rtdetr", Scored::DETR),
    ("rf-detr", Scored::DETR),
    ("rfdetr", Scored::DETR),
    ("d-fine", Scored::DETR),
    ("dfine", Scored::DETR),
    ("deim", Scored::DETR),
    ("retinanet", Scored::SSD),
];

/// The strides of the pyramids that there are.
const PYRAMIDS: [&[usize]; 3] = [&[8, 16, 32], &[8, 16, 32, 64], &[4, 8, 16, 32]];

/// The family that is stated, else the one whose networks have such outputs.
///
/// # Errors
/// When there is none, or something that the network does not tell must be stated.
pub(super) fn of(evidence: &Evidence<'_>) -> Result<Box<dyn Family>, ModelFault> {
    evidence.check_numbers()?;
    match evidence.metadata.family.as_deref() {
        Some(name) => named(name, evidence),
        None => seen(evidence),
    }
}

fn named(name: &str, evidence: &Evidence<'_>) -> Result<Box<dyn Family>, ModelFault> {
    let name = name.to_lowercase();
    let alias = ALIASES.into_iter().find(|(alias, _)| *alias == name);
    match alias.map_or(name.as_str(), |(_, family)| family) {
        NanoDet::NAME => boxed(NanoDet::new(evidence, false)),
        NanoDet::PLUS => boxed(NanoDet::new(evidence, true)),
        // One that is exported decoded is read as what came after it, with its own pixels.
        Yolox::NAME if evidence.only().is_some_and(|output| Yolox::is_decoded(evidence, output)) => {
            boxed(Grid::yolov5(evidence, true))
        }
        Yolox::NAME => boxed(Yolox::new(evidence)),
        Grid::YOLOV5 => boxed(Grid::yolov5(evidence, false)),
        Grid::YOLOV8 => boxed(Grid::yolov8(evidence)),
        EndToEnd::NAME => boxed(EndToEnd::new(evidence)),
        // An export that is told a size gives finished boxes.
        Scored::DETR if Trio::of(evidence).is_some() => boxed(Listed::new(evidence)),
        Scored::DETR => boxed(Scored::detr(evidence)),
        Scored::SSD if Pair::of(evidence).is_none() => boxed(Listed::new(evidence)),
        Scored::SSD => boxed(Scored::ssd(evidence)),
        Listed::NAME => boxed(Listed::new(evidence)),
        _ => Err(unknown(evidence, format!("there is no family {name:?}"))),
    }
}

fn seen(evidence: &Evidence<'_>) -> Result<Box<dyn Family>, ModelFault> {
    if NanoDet::has_two(evidence) {
        return boxed(NanoDet::new(evidence, false));
    }
    if Trio::of(evidence).is_some() {
        return boxed(Listed::new(evidence));
    }
    if Pair::of(evidence).is_some() {
        return boxed(Scored::new(evidence));
    }
    let is_rows =
        |seen: &&Seen| seen.element.is_float() && (seen.shape.len() == 3 || EndToEnd::width(seen) == Some(7));
    match evidence.seen.iter().find(is_rows) {
        Some(output) => of_rows(evidence, output),
        None => Err(unknown(evidence, hint(evidence))),
    }
}

/// One output of rows, or of columns.
fn of_rows(evidence: &Evidence<'_>, output: &Seen) -> Result<Box<dyn Family>, ModelFault> {
    let count = |anchors: usize| PYRAMIDS.map(|strides| anchors * cell_count(evidence.input, strides));
    let is_count = |candidates: usize| count(1).contains(&candidates) || count(3).contains(&candidates);
    let names = evidence.metadata.names.as_ref().map(Vec::len);
    // Where the classes have names, the numbers of a candidate tell whether objectness is among them.
    let is_named = |numbers: usize, others: usize| names.is_some_and(|names| numbers == names + others);
    match *output.inner() {
        [numbers, candidates] if numbers > 4 && (is_count(candidates) || is_named(numbers, 4)) => {
            boxed(Grid::yolov8(evidence))
        }
        [_, _] if NanoDet::fits(evidence, output, true) => boxed(NanoDet::new(evidence, true)),
        [_, _] if NanoDet::fits(evidence, output, false) => boxed(NanoDet::new(evidence, false)),
        // Transposed by its exporter.
        [_, width] if is_named(width, 4) => boxed(Grid::yolov8(evidence)),
        [cells, 84] if names.is_none() && count(1).contains(&cells) => boxed(Grid::yolov8(evidence)),
        [cells, width] if width > 5 && cells == count(1)[0] => {
            if Yolox::is_decoded(evidence, output) {
                boxed(Grid::yolov5(evidence, true))
            } else {
                boxed(Yolox::new(evidence))
            }
        }
        [candidates, width] if width > 5 && (is_count(candidates) || is_named(width, 5)) => {
            boxed(Grid::yolov5(evidence, false))
        }
        [_, _] | [_] if EndToEnd::width(output).is_some() => boxed(EndToEnd::new(evidence)),
        _ => Err(unknown(evidence, hint(evidence))),
    }
}

fn boxed<F: Family + 'static>(family: Result<F, ModelFault>) -> Result<Box<dyn Family>, ModelFault> {
    family.map(|family| Box::new(family) as Box<dyn Family>)
}

fn unknown(evidence: &Evidence<'_>, hint: String) -> ModelFault {
    ModelFault::Family { known: FAMILIES.join(", "), found: evidence.signature.to_string(), hint }
}

/// What a network could be instead.
fn hint(evidence: &Evidence<'_>) -> String {
    let is_vector = |seen: &Seen| match seen.shape[..] {
        [_, numbers] | [_, numbers, 1, 1] => numbers > 1,
        _ => false,
    };
    let is_map = |seen: &Seen| seen.shape.len() > 3;
    let name = "if it is a detector, name its family with family = \"...\"";
    if let [seen] = evidence.seen.as_slice()
        && is_vector(seen)
    {
        return format!(
            "{} gives {} numbers for a whole picture, as an embedder does (that is what --embedder is for) or a classifier",
            seen.name, seen.shape[1]
        );
    }
    if evidence.seen.len() > 1 && evidence.seen.iter().filter(|seen| is_map(seen)).count() > 1 {
        return "its outputs look like those of a network before its boxes are decoded: export it with its decoding".to_owned();
    }
    if evidence.seen.is_empty() {
        return "none of its outputs is of numbers".to_owned();
    }
    name.to_owned()
}

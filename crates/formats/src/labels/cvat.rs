//! CVAT's XML: tracks with boxes by frame (for videos), or images with boxes (for images). Frames are counted from 0.

use std::collections::BTreeMap;
use std::path::Path;

use footfall_track::Bbox;
use roxmltree::{Document, Node};

use super::frames::number_in;
use super::{Label, Labels, left_out, people, text_of, wrong};
use crate::Error;

const EXPECTED: &str = "CVAT for video 1.1 (<track><box frame=\"0\" xtl=... ytl=... xbr=... ybr=.../></track>) or CVAT for \
                        images 1.1 (<image name=\"...\"><box .../></image>)";

/// A box of a track, with its frame from 0.
#[derive(Clone, Copy)]
struct Key {
    frame: u64,
    bbox: Bbox,
    /// Whether the person has left.
    outside: bool,
    /// Whether somebody has drawn it; others lie between those, and a track that has any has all of them.
    drawn: bool,
}

pub(super) fn read(path: &Path) -> Result<Labels, Error> {
    let text = text_of(path)?;
    let document = Document::parse(&text).map_err(|error| wrong(path, error.to_string(), EXPECTED))?;
    let root = document.root_element();
    if root.tag_name().name() != "annotations" {
        return Err(wrong(path, format!("its first element is {}", root.tag_name().name()), EXPECTED));
    }
    let reader = Reader { path, document: &document };
    if root.children().any(|node| node.has_tag_name("track")) {
        reader.tracks(root)
    } else {
        reader.images(root)
    }
}

struct Reader<'a> {
    path: &'a Path,
    document: &'a Document<'a>,
}

impl Reader<'_> {
    fn tracks(&self, root: Node<'_, '_>) -> Result<Labels, Error> {
        let tracks: Vec<Node<'_, '_>> = root.children().filter(|node| node.has_tag_name("track")).collect();
        let people = self.people(&tracks)?;
        let (mut labels, mut others) = (Labels::default(), 0);
        for (index, track) in tracks.iter().enumerate() {
            let boxes = track.children().filter(|node| node.has_tag_name("box"));
            let keys: Vec<Key> = boxes.map(|node| self.key(node)).collect::<Result<_, _>>()?;
            if !people.contains(&track.attribute("label").unwrap_or_default().to_owned()) {
                others += keys.len();
                continue;
            }
            let id = match track.attribute("id") {
                Some(_) => self.number(*track, "id")? as u64,
                None => index as u64 + 1,
            };
            labels.rows.extend(between(keys).map(|(frame, bbox)| label(frame + 1, Some(id), bbox)));
        }
        labels.notes.extend(left_out(others, "people"));
        let size = root
            .descendants()
            .find(|node| node.has_tag_name("size"))
            .and_then(|node| node.text()?.parse().ok());
        labels.looked_at = size.map(|size: u64| (1..=size).collect());
        Ok(labels)
    }

    fn images(&self, root: Node<'_, '_>) -> Result<Labels, Error> {
        let images: Vec<Node<'_, '_>> = root.children().filter(|node| node.has_tag_name("image")).collect();
        let boxes = |image: &Node<'_, '_>| -> Vec<_> {
            image.children().filter(|node| node.has_tag_name("box")).map(|node| node.id()).collect()
        };
        let all: Vec<Node<'_, '_>> =
            images.iter().flat_map(boxes).filter_map(|id| self.document.get_node(id)).collect();
        let people = self.people(&all)?;
        let (frames, note) = numbers(&images);
        let (mut labels, mut others) = (Labels::default(), 0);
        for (image, &frame) in images.iter().zip(&frames) {
            for node in image.children().filter(|node| node.has_tag_name("box")) {
                if !people.contains(&node.attribute("label").unwrap_or_default().to_owned()) {
                    others += 1;
                    continue;
                }
                let named = |node: &Node<'_, '_>| matches!(node.attribute("name"), Some("track_id" | "id"));
                let attribute = node.children().find(|node| node.has_tag_name("attribute") && named(node));
                let id = attribute.and_then(|node| node.text()?.trim().parse().ok());
                labels.rows.push(label(frame, id, self.bbox(node)?));
            }
        }
        labels.notes.extend(note);
        labels.notes.extend(left_out(others, "people"));
        labels.looked_at = Some(frames);
        Ok(labels)
    }

    /// The labels of people.
    fn people(&self, nodes: &[Node<'_, '_>]) -> Result<Vec<String>, Error> {
        let names = nodes.iter().filter_map(|node| node.attribute("label"));
        let found = people(names.clone());
        if found.is_none() && !nodes.is_empty() {
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            names.dedup();
            let problem = format!("none of its labels is person: {}", names.join(", "));
            return Err(wrong(self.path, problem, "a label called person or pedestrian"));
        }
        Ok(found.unwrap_or_default().into_iter().map(str::to_owned).collect())
    }

    fn key(&self, node: Node<'_, '_>) -> Result<Key, Error> {
        let frame = self.number(node, "frame")?;
        if frame < 0.0 || frame.fract() != 0.0 {
            return Err(self.wrong(node, format!("the frame is {frame}")));
        }
        Ok(Key {
            frame: frame as u64,
            bbox: self.bbox(node)?,
            outside: node.attribute("outside") == Some("1"),
            drawn: node.attribute("keyframe") != Some("0"),
        })
    }

    fn bbox(&self, node: Node<'_, '_>) -> Result<Bbox, Error> {
        let [left, top, right, bottom] = ["xtl", "ytl", "xbr", "ybr"].map(|name| self.number(node, name));
        let (left, top) = (left?, top?);
        Ok(Bbox::new(left, top, right? - left, bottom? - top))
    }

    fn number(&self, node: Node<'_, '_>, name: &str) -> Result<f64, Error> {
        let value = node.attribute(name).unwrap_or_default();
        let number = value.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.wrong(node, format!("{name} is {value:?}, no finite number")))
    }

    fn wrong(&self, node: Node<'_, '_>, problem: String) -> Error {
        let line = self.document.text_pos_at(node.range().start).row;
        Error::Line { path: self.path.to_owned(), line: line.into(), problem, expected: EXPECTED }
    }
}

fn label(frame: u64, id: Option<u64>, bbox: Bbox) -> Label {
    Label { frame, id, bbox, confidence: 1.0 }
}

/// The box of each frame of a track: as CVAT does, on a straight line between two that are there.
pub(super) fn boxes_between(from: (u64, Bbox), to: (u64, Bbox)) -> impl Iterator<Item = (u64, Bbox)> {
    let ((first, a), (last, b)) = (from, to);
    (first..last).map(move |frame| {
        let share = (frame - first) as f64 / (last - first) as f64;
        let mix = |a: f64, b: f64| a + share * (b - a);
        (frame, Bbox::new(mix(a.x, b.x), mix(a.y, b.y), mix(a.width, b.width), mix(a.height, b.height)))
    })
}

fn between(mut keys: Vec<Key>) -> impl Iterator<Item = (u64, Bbox)> {
    keys.sort_by_key(|key| key.frame);
    let is_whole = keys.iter().any(|key| !key.drawn);
    let next = keys.iter().skip(1).copied().map(Some).chain([None]).collect::<Vec<_>>();
    keys.into_iter().zip(next).filter(|(key, _)| !key.outside).flat_map(move |(key, next)| {
        match next.filter(|_| !is_whole) {
            // Where they leave, they were last seen in the frame before.
            Some(next) if next.outside => {
                boxes_between((key.frame, key.bbox), (next.frame, key.bbox)).collect()
            }
            Some(next) => boxes_between((key.frame, key.bbox), (next.frame, next.bbox)).collect(),
            None => vec![(key.frame, key.bbox)],
        }
    })
}

/// The frames of images: the numbers at the end of their names, or else their ids from 1.
fn numbers(images: &[Node<'_, '_>]) -> (Vec<u64>, Option<String>) {
    let named: Option<Vec<u64>> =
        images.iter().map(|image| number_in(image.attribute("name").unwrap_or_default())).collect();
    let by_number = named.map(|numbers| {
        let counts: BTreeMap<u64, usize> = numbers.iter().fold(BTreeMap::new(), |mut counts, &n| {
            *counts.entry(n).or_default() += 1;
            counts
        });
        (counts.len() == numbers.len(), counts.contains_key(&0), numbers)
    });
    match by_number {
        Some((true, false, numbers)) => (numbers, None),
        Some((true, true, numbers)) => {
            let note = "its frames are counted from 0; here they are counted from 1".to_owned();
            (numbers.into_iter().map(|number| number + 1).collect(), Some(note))
        }
        _ => {
            let note =
                "no number of a frame is in its images' names: they are taken in the order of the file"
                    .to_owned();
            ((1..=images.len() as u64).collect(), Some(note))
        }
    }
}

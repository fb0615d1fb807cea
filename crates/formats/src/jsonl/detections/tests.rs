use std::fs;
use std::time::Duration;

use footfall_track::{Bbox, Detection, Embeddings, Observations};
use proptest::prelude::*;

use super::{About, DetectionWriter, JsonDetections};
use crate::{DetectionFrame, DetectionReader, Error};

fn read(text: &str) -> Result<Vec<DetectionFrame>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.jsonl");
    fs::write(&path, text).unwrap();
    DetectionReader::open(&path)?.collect()
}

#[test]
fn the_first_line_says_what_run_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.jsonl");
    let about = About { frame_rate: Some(12.5), max_cosine_distance: Some(0.312) };
    let mut writer = DetectionWriter::create(&path).unwrap().about(about);
    for number in [3, 7] {
        let observations = Observations::default();
        writer.write(&DetectionFrame { number, time: None, observations }).unwrap();
    }
    writer.finish().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "{\"frame\":3,\"frame_rate\":12.5,\"max_cosine_distance\":0.312,\"detections\":[]}\n\
         {\"frame\":7,\"detections\":[]}\n"
    );
    let file = JsonDetections::open(&path).unwrap();
    assert_eq!(file.about(), about);
    let numbers: Vec<u64> = file.map(|frame| frame.unwrap().number).collect();
    assert_eq!(numbers, [3, 7]);
    fs::write(&path, "").unwrap();
    assert_eq!(JsonDetections::open(&path).unwrap().about(), About::default());
    let error = read(r#"{"frame":1,"frame_rate":-1,"detections":[]}"#).unwrap_err().to_string();
    assert!(error.contains("the frame_rate is -1"), "{error}");
}

#[test]
fn time_and_embedding_are_optional_and_more_is_welcome() {
    let frames = read(concat!(
        "\n",
        r#"{"frame":1,"time":0.04,"detections":[{"bbox":[1,2,3,4],"confidence":0.9,"embedding":[3,4],"class":1},{"bbox":[5,6,7,8],"confidence":1}]}"#,
        "\r\n",
        r#"{"frame":3,"detections":[],"camera":"door"}"#,
    ))
    .unwrap();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0].time, Some(Duration::from_millis(40)));
    assert_eq!(frames[0].observations.embeddings.get(0), Some(&[0.6, 0.8][..]));
    assert_eq!(frames[0].observations.embeddings.get(1), None);
    assert_eq!(frames[0].observations.detections[1].bbox, Bbox::new(5.0, 6.0, 7.0, 8.0));
    assert_eq!((frames[1].number, frames[1].time), (3, None));
}

#[test]
fn a_bad_line_is_named() {
    let empty = r#"{"frame":1,"time":1,"detections":[]}"#;
    for (line, problem) in [
        (r#"{"frame":1,"detections":[]}"#, ": frame 1 comes after frame 1"),
        (r#"{"frame":2,"time":0.5,"detections":[]}"#, ": frame 2 is earlier"),
        (r#"{"frame":2,"time":-1,"detections":[]}"#, ": the time is -1"),
        (r#"{"frame":2}"#, "missing field `detections`"),
        (r#"{"frame":2,"detections":["#, "EOF"),
        (r#"{"frame":2,"detections":[{"bbox":[1,2,3],"confidence":1}]}"#, "invalid length 3"),
        (r#"{"frame":2,"detections":[{"bbox":[1,2,3,1e999],"confidence":1}]}"#, "number out of range"),
        (r#"{"frame":2,"detections":[{"bbox":[1,2,3,4],"confidence":1e99}]}"#, "number out of range"),
        (
            r#"{"frame":2,"detections":[{"bbox":[1,2,3,4],"confidence":1,"embedding":[1,0]},{"bbox":[1,2,3,4],"confidence":1,"embedding":[1]}]}"#,
            ": the embedding of detection 1 has 1 numbers",
        ),
    ] {
        let error = read(&format!("{empty}\n{line}\n")).unwrap_err().to_string();
        assert!(error.contains(problem) && error.contains("det.jsonl, line 2"), "{line}: {error}");
    }
}

prop_compose! {
    fn detection()(b in prop::array::uniform4(-1e4f64..1e4), confidence in 0f32..=1.0,
                   vector in prop::option::of(prop::array::uniform3(0.1f32..1.0)))
        -> (Detection, Option<[f32; 3]>) {
        (Detection { bbox: Bbox::new(b[0], b[1], b[2], b[3]), confidence }, vector)
    }
}

fn observed(people: &[(Detection, Option<[f32; 3]>)]) -> Observations {
    let mut embeddings = Embeddings::new(3);
    for (_, vector) in people {
        embeddings.push(vector.as_ref().map(|v| &v[..]));
    }
    Observations { detections: people.iter().map(|(detection, _)| *detection).collect(), embeddings }
}

fn round_trip(frames: &[DetectionFrame]) -> Vec<DetectionFrame> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.jsonl");
    let mut writer = DetectionWriter::create(&path).unwrap();
    for frame in frames {
        writer.write(frame).unwrap();
    }
    writer.finish().unwrap();
    DetectionReader::open(&path).unwrap().collect::<Result<_, _>>().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_written_is_read(
        people in prop::collection::vec(prop::collection::vec(detection(), 0..4), 0..6), timed: bool
    ) {
        let frames: Vec<DetectionFrame> = (1u64..).zip(&people).map(|(number, people)| DetectionFrame {
            number,
            time: timed.then(|| Duration::from_nanos(number * 40_000_001)),
            observations: observed(people),
        }).collect();
        let read = round_trip(&frames);
        prop_assert_eq!(read.len(), frames.len());
        for (read, frame) in read.iter().zip(&frames) {
            prop_assert_eq!((read.number, read.time), (frame.number, frame.time));
            prop_assert_eq!(&read.observations.detections, &frame.observations.detections);
            for i in 0..frame.observations.detections.len() {
                let of = |f: &DetectionFrame| f.observations.embeddings.get(i).map(<[f32]>::to_vec);
                prop_assert_eq!(of(read), of(frame), "bit for bit");
            }
        }
    }
}

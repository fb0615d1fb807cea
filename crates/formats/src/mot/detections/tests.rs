use std::fs;

use crate::{DetectionFrame, DetectionReader, Error};

fn read(text: &str) -> Result<Vec<(u64, Vec<f64>)>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.txt");
    fs::write(&path, text).unwrap();
    DetectionReader::open(&path)?
        .map(|frame| frame.map(|f| (f.number, f.observations.detections.iter().map(|d| d.bbox.x).collect())))
        .collect()
}

#[test]
fn rows_are_grouped_by_frame() {
    let text = "1,-1,10,2,3,4,0.9\r\n1,7,11,2,3,4,0.8,-1,-1,-1\n\n 3 , -1, 12.5, 2, 3, 4, 1,\n";
    assert_eq!(read(text).unwrap(), [(1, vec![10.0, 11.0]), (3, vec![12.5])]);
    assert_eq!(read("").unwrap(), []);
}

#[test]
fn unsorted_rows_are_sorted_and_keep_their_order_within_a_frame() {
    let text = "2,-1,1,0,3,4,1\n1,-1,2,0,3,4,1\n2,-1,3,0,3,4,1\n1,-1,4,0,3,4,1\n";
    assert_eq!(read(text).unwrap(), [(1, vec![2.0, 4.0]), (2, vec![1.0, 3.0])]);
}

#[test]
fn comments_and_column_names_are_passed_over() {
    let rows = [(1, vec![10.0]), (3, vec![12.0])];
    let text = "\u{feff}# by hand\r\nframe,id,x,y,w,h,score\r\n1,-1,10,2,3,4,1\r\n#\r\n3,-1,12,2,3,4,1\r\n";
    assert_eq!(read(text).unwrap(), rows);
    assert_eq!(read("\"frame_number\" \"track_id\" x\n1 -1 10 2 3 4 1\n3 -1 12 2 3 4 1").unwrap(), rows);
}

#[test]
fn the_whole_file_says_which_frames_were_looked_at_and_what_scores_mean() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.txt");
    for order in [["2", "4", "10"], ["10", "2", "4"]] {
        let row = |frame: &str| format!("{frame} -1 5 5 30 80 50\n{frame} -1 90 5 30 80 25\n");
        fs::write(&path, order.map(row).concat()).unwrap();
        let reader = DetectionReader::open(&path).unwrap();
        assert_eq!(reader.survey().map(|survey| survey.cadence.stride()), Some(2));
        let confidences = |f: DetectionFrame| -> Vec<_> {
            f.observations.detections.iter().map(|d| d.confidence).collect()
        };
        let read: Vec<_> = reader.map(|frame| confidences(frame.unwrap())).collect();
        assert_eq!(read, [[0.5, 0.25]; 3]);
    }
}

#[test]
fn a_bad_line_is_named() {
    for (text, problem) in [
        ("1,-1,10,2,3,4\n", "line 1: 6 columns of 7"),
        ("1,-1,1,2,3,4,1\n\nx,-1,1,2,3,4,1\n", "line 3: column 1 (frame) is \"x\""),
        ("0,-1,1,2,3,4,1\n", "line 1: the frame is 0"),
        ("1.5,-1,1,2,3,4,1\n", "line 1: the frame is 1.5"),
        ("1,-1,nan,2,3,4,1\n", "line 1: column 3 (x) is \"nan\""),
        ("1,-1,1,2,3,inf,1\n", "line 1: column 6 (height) is \"inf\""),
        ("1 -1 1 2 3 4\n", "line 1: 6 columns of 7"),
        ("# made by hand\n1 -1 1 2 3 x 1\n", "line 2: column 6 (height) is \"x\""),
        ("id,frame,x,y,w,h,score\n1,-1,1,2,3,4,1\n", "line 1: column 1 (frame) is \"id\""),
        ("1,-1,,2,3,4,1\n", "line 1: column 3 (x) is \"\""),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(problem) && error.contains("det.txt"), "{text:?}: {error}");
        assert!(error.ends_with("expected frame,-1,x,y,width,height,score"), "{error}");
    }
}

#[test]
fn what_is_no_text_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.txt");
    fs::write(&path, [0xff, 0xfe, 0x00, b'\n']).unwrap();
    assert!(matches!(DetectionReader::open(&path), Err(Error::Line { line: 1, .. })));
    assert!(matches!(DetectionReader::open(folder.path().join("none")), Err(Error::Read { .. })));
}

#[test]
fn columns_after_the_tenth_are_embeddings_where_all_rows_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("det.txt");
    let open = |text: &str| {
        fs::write(&path, text).unwrap();
        DetectionReader::open(&path).unwrap()
    };
    let reader = open("1,-1,1,2,3,4,1,-1,-1,-1,3,4\n1,-1,9,2,3,4,1,-1,-1,-1,0,0\n");
    assert_eq!(reader.notes(), ["the 2 columns after the tenth are taken as embeddings"]);
    let frames: Vec<_> = reader.map(Result::unwrap).collect();
    let embeddings = &frames[0].observations.embeddings;
    assert_eq!((embeddings.get(0), embeddings.get(1)), (Some(&[0.6, 0.8][..]), None));
    let reader = open("1,-1,1,2,3,4,1,-1,-1,-1,3,4\n1,-1,9,2,3,4,1,-1,-1,-1,0\n");
    assert!(reader.notes()[0].starts_with("rows have 1 to 2 columns"), "{:?}", reader.notes());
    assert_eq!(open("1,-1,1,2,3,4,1,-1,-1,-1,3\n").notes(), ["the column after the tenth is not used"]);
    assert!(open("1,-1,1,2,3,4,1,-1,-1,-1\n").notes().is_empty());
    fs::write(&path, "1,-1,1,2,3,4,1,-1,-1,-1,x\n").unwrap();
    let error = DetectionReader::open(&path).err().unwrap().to_string();
    assert!(error.contains("column 11 is \"x\""), "{error}");
}

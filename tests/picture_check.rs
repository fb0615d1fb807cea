//! The check of the picture, on frames of the sample clip as they are and altered, and by the program.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_possible_wrap, reason = "a test, all of it")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use common::camera::Camera;
use common::running::Running;
use common::{Ended, clip, footfall};
use footfall_count::{Condition, HealthChange};
use footfall_health::{CheckConfig, PictureCheck};
use footfall_pipeline::{Frame, Image, Inspector as _, Note};
use footfall_video::{SourceOptions, open_source};
use opencv::core::{BORDER_REFLECT, Mat, MatTraitConstManual as _, Size, Vec3b};

/// Every tenth frame of the clip, a second apart.
fn pictures() -> Vec<Image> {
    let mut source = open_source(clip(), &SourceOptions::default()).unwrap();
    let frames = std::iter::from_fn(|| source.next_frame().unwrap());
    frames.step_by(10).map(|frame| frame.image).collect()
}

fn image(like: &Image, bytes: Vec<u8>) -> Image {
    Image::new(like.width(), like.height(), Arc::new(bytes)).unwrap()
}

/// All that is told while `pictures` come, one a second.
fn check(pictures: &[Image]) -> Vec<Note> {
    let mut check = PictureCheck::new(CheckConfig::default(), None);
    let frames = pictures.iter().zip(0_u32..).map(|(image, index)| Frame {
        number: u64::from(index) + 1,
        time: index * Duration::from_secs(1),
        image: image.clone(),
    });
    let mut notes: Vec<Note> = frames.flat_map(|frame| check.take(&frame)).collect();
    notes.extend(check.finish());
    notes
}

fn raised(notes: &[Note]) -> Vec<(Condition, bool)> {
    let change = |note: &Note| match note {
        Note::Health(HealthChange { condition, raised, .. }) => Some((*condition, *raised)),
        Note::Uncounted(_) | Note::Remark(_) => None,
    };
    notes.iter().filter_map(change).collect()
}

#[test]
fn a_good_picture_with_people_in_it_is_never_complained_of() {
    let notes = check(&pictures());
    assert!(notes.is_empty(), "{notes:?}");
}

fn darkened(picture: &Image) -> Image {
    image(picture, picture.bytes().iter().map(|b| b / 16).collect())
}

/// A cloth before the lens: one colour, with a camera's noise.
fn covered(picture: &Image) -> Image {
    // Other noise in each picture, as a camera has.
    let mut state: u32 = picture.bytes().iter().map(|&b| u32::from(b)).sum();
    let noise = picture.bytes().iter().map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        90 + (state >> 30) as u8
    });
    image(picture, noise.collect())
}

fn blurred(picture: &Image) -> Image {
    let (rows, columns) = (picture.height() as i32, picture.width() as i32);
    let mat = Mat::new_rows_cols_with_bytes::<Vec3b>(rows, columns, picture.bytes()).unwrap();
    let mut out = Mat::default();
    opencv::imgproc::gaussian_blur(&mat, &mut out, Size::new(21, 21), 6.0, 6.0, BORDER_REFLECT).unwrap();
    image(picture, out.data_bytes().unwrap().to_vec())
}

/// The camera was turned: what stood at x stands 60 pixels to the left, and the rest is new.
fn moved(picture: &Image) -> Image {
    let width = picture.width();
    let mut bytes = Vec::with_capacity(picture.bytes().len());
    for row in picture.bytes().chunks_exact(3 * width) {
        bytes.extend_from_slice(&row[3 * 60..]);
        row.chunks_exact(3).rev().take(60).for_each(|pixel| bytes.extend_from_slice(pixel));
    }
    image(picture, bytes)
}

/// What makes a bad picture of a good one.
type Alter = fn(&Image) -> Image;

#[test]
fn each_fault_is_told_by_its_own_name_and_is_over_when_the_picture_is_good_again() {
    let pictures = pictures();
    let faults: [(Condition, Alter); 4] = [
        (Condition::Dark, darkened),
        (Condition::Covered, covered),
        (Condition::Blurred, blurred),
        (Condition::Moved, moved),
    ];
    for (condition, alter) in faults {
        let altered = |(index, picture): (usize, &Image)| {
            if (20..50).contains(&index) { alter(picture) } else { picture.clone() }
        };
        let footage: Vec<Image> = pictures.iter().enumerate().map(altered).collect();
        let notes = check(&footage);
        assert_eq!(raised(&notes), [(condition, true), (condition, false)], "{notes:?}");
        let Note::Health(change) = &notes[0] else { panic!("{notes:?}") };
        assert!((19..26).contains(&change.time.as_secs()), "when it began: {change:?}");
        assert!(!change.evidence.is_empty());
        let marked: Duration = notes
            .iter()
            .filter_map(|note| match note {
                Note::Uncounted(span) if span.reason == condition => Some(span.to.saturating_sub(span.from)),
                _ => None,
            })
            .sum();
        assert!((25..36).contains(&marked.as_secs()), "{condition}: {marked:?} of 30 s are marked");
    }
}

#[test]
fn a_fault_of_a_moment_is_not_told() {
    let pictures = pictures();
    let altered = |(index, picture): (usize, &Image)| {
        if index % 10 == 9 { darkened(picture) } else { picture.clone() }
    };
    let footage: Vec<Image> = pictures.iter().enumerate().map(altered).collect();
    assert!(raised(&check(&footage)).is_empty());
}

#[test]
fn a_picture_that_stands_still_is_frozen_until_it_moves() {
    let pictures = pictures();
    let mut footage = pictures[..10].to_vec();
    footage.extend(vec![pictures[10].clone(); 40]);
    footage.extend_from_slice(&pictures[11..20]);
    let notes = check(&footage);
    assert_eq!(raised(&notes), [(Condition::Frozen, true), (Condition::Frozen, false)], "{notes:?}");
}

#[test]
fn what_was_wrong_to_the_end_is_marked_to_the_end() {
    let pictures = pictures();
    let footage: Vec<Image> =
        pictures.iter().enumerate().map(|(i, p)| if i < 20 { p.clone() } else { darkened(p) }).collect();
    let notes = check(&footage);
    assert_eq!(raised(&notes), [(Condition::Dark, true)]);
    let Some(Note::Uncounted(span)) = notes.last() else { panic!("{notes:?}") };
    assert_eq!(span.to.as_secs() as usize, footage.len() - 1);
    let reasons: BTreeSet<_> = notes
        .iter()
        .filter_map(|note| if let Note::Uncounted(span) = note { Some(span.reason) } else { None })
        .collect();
    assert_eq!(reasons, [Condition::Dark].into());
}

#[test]
fn a_dark_picture_of_a_camera_is_told_and_its_time_is_marked_in_the_report() {
    let mut camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let (config, ledger) = (folder.path().join("c.toml"), folder.path().join("l.db"));
    let hasty = "[source]\nretry_first = 0.1\nretry_most = 0.2\nuncounted_gap = 3600.0\n\
                 [health]\nevery = 0.5\nhold = 1.0\n";
    fs::write(&config, hasty).unwrap();
    let mut command = footfall();
    command.arg("run").arg(format!("front={}", camera.address)).args(["--no-embedder", "--tracks", "-"]);
    let mut running = Running::start(command.arg("--config").arg(&config).arg("--ledger").arg(&ledger));
    running.result();
    camera.stop();
    camera.set_light(0.05);
    camera.start_again();
    let told = running.wait_for("the picture is dark");
    assert!(told.contains("front") && told.contains("limit 20") && told.contains("mean"), "{told}");
    camera.stop();
    camera.set_light(1.0);
    camera.start_again();
    running.wait_for("the picture is no longer dark");
    running.stop().success();
    let report: Ended = footfall()
        .args(["report", "--by", "day", "--format", "json", "--ledger"])
        .arg(&ledger)
        .output()
        .unwrap()
        .into();
    let report: serde_json::Value = serde_json::from_str(&report.success().stdout).unwrap();
    let uncounted: f64 =
        report.as_array().unwrap().iter().map(|row| row["uncounted"].as_f64().unwrap()).sum();
    assert!(uncounted > 1.0, "{report}");
}

//! Files with a still picture beside the video, or instead of it.

use std::fs;
use std::path::Path;

use footfall_video::{SourceOptions, VideoError, open_source};

use crate::clips::{encoded, numbered, numbers, read};
use crate::mux::{Iso, Matroska, Trak, part};

const SIZE: [i32; 2] = [160, 120];

fn picture(number: u64) -> Vec<u8> {
    encoded(&numbered(SIZE[0], SIZE[1], number), ".jpg")
}

/// A cover is larger than the video, as covers are.
fn cover() -> Vec<u8> {
    encoded(&numbered(320, 320, 99), ".jpg")
}

fn video() -> Trak {
    Trak::new(SIZE, 10, (1..=12).map(picture))
}

fn still() -> Trak {
    Trak::new([320, 320], 10, [cover()])
}

fn moves(path: &Path, what: &str) {
    let info = open_source(path, &SourceOptions::default()).unwrap().info().clone();
    assert_eq!([info.width as i32, info.height as i32], SIZE, "{what}");
    assert_eq!(info.frame_rate.map(f64::round), Some(10.0), "{what}");
    let (frames, error) = read(path);
    assert_eq!((numbers(&frames), error), ((1..=12).collect(), None), "{what}");
}

#[test]
fn the_video_is_read_wherever_the_cover_stands_in_matroska() {
    let folder = tempfile::tempdir().unwrap();
    let clip = |track| (1..=12).map(move |number: u32| (track, number * 100 - 100, picture(number.into())));
    let cover = |track, time| (track, time, cover());
    let (large, small) = (([320, 320], Vec::new()), (SIZE, Vec::new()));
    let files = [
        ("first", vec![large.clone(), small.clone()], std::iter::once(cover(1, 0)).chain(clip(2)).collect()),
        ("first, late", vec![large.clone(), small.clone()], clip(2).chain([cover(1, 1100)]).collect()),
        ("never shown", vec![large.clone(), small.clone()], clip(2).collect()),
        ("second", vec![small.clone(), large.clone()], clip(1).chain([cover(2, 0)]).collect()),
        (
            "two",
            vec![large.clone(), large, small],
            [cover(1, 0), cover(2, 0)].into_iter().chain(clip(3)).collect::<Vec<_>>(),
        ),
    ];
    for (what, tracks, blocks) in files {
        let path = folder.path().join(format!("{what}.mkv"));
        fs::write(&path, Matroska { tracks, blocks, ..Matroska::default() }.bytes()).unwrap();
        moves(&path, what);
    }
}

#[test]
fn the_video_is_read_wherever_the_cover_stands_in_iso_media() {
    let folder = tempfile::tempdir().unwrap();
    for (what, traks) in [
        ("first", vec![still(), video()]),
        ("second", vec![video(), still()]),
        ("two", vec![still(), still(), video()]),
        ("empty", vec![Trak::new([320, 320], 10, []), video()]),
    ] {
        let path = folder.path().join(format!("{what}.mp4"));
        fs::write(&path, Iso { traks, ..Iso::default() }.bytes()).unwrap();
        moves(&path, what);
    }
}

/// Tags with a cover, as iTunes writes them.
fn tags() -> Vec<u8> {
    let data = part(*b"data", &[&[0, 0, 0, 13, 0, 0, 0, 0], &cover()]);
    let list = part(
        *b"ilst",
        &[&part(*b"\xa9nam", &[&part(*b"data", &[&[0; 8], b"A clip"])]), &part(*b"covr", &[&data])],
    );
    let handler = part(*b"hdlr", &[&[0; 8], b"mdirappl", &[0; 9]]);
    part(*b"udta", &[&part(*b"meta", &[&[0; 4], &handler, &list])])
}

#[test]
fn a_cover_among_the_tags_is_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tagged.mp4");
    let before = Iso { traks: vec![video()], before: tags(), ..Iso::default() };
    fs::write(&path, before.bytes()).unwrap();
    moves(&path, "before the track");
}

#[cfg(unix)]
#[test]
fn a_file_with_a_cover_may_have_any_name() {
    use std::os::unix::ffi::OsStrExt as _;

    let folder = tempfile::tempdir().unwrap();
    let bytes = Iso { traks: vec![still(), video()], ..Iso::default() }.bytes();
    for name in [b"a|b 'c'\\d,:e .mp4".as_slice(), b"caf\xe9\t.mp4", b" .mp4 "] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::write(&path, &bytes).unwrap();
        moves(&path, &format!("{}", path.display()));
    }
}

#[test]
fn sound_with_a_cover_is_refused_as_sound() {
    let folder = tempfile::tempdir().unwrap();
    let mut song = Iso { traks: vec![video()], before: tags(), ..Iso::default() }.bytes();
    // The track's handler makes it a track of sound.
    let handler = song.windows(4).rposition(|four| four == b"vide").unwrap();
    song[handler..handler + 4].copy_from_slice(b"soun");
    let mut matroska = Matroska { tracks: vec![(SIZE, Vec::new())], ..Matroska::default() }.bytes();
    let kind = matroska.windows(10).position(|ten| ten == [0x83, 1, 0, 0, 0, 0, 0, 0, 1, 1]).unwrap();
    matroska[kind + 9] = 2;
    let mp3 = [b"ID3\x04\0\0\0\0\0\0".as_slice(), &[0xff, 0xfb, 0x90, 0]].concat();
    for (name, bytes) in [("a.m4a", song), ("b.mka", matroska), ("c.mp3", mp3)] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = match open_source(&path, &SourceOptions::default()) {
            Ok(source) => panic!("{name} was opened: {:?}", source.info()),
            Err(error) => error,
        };
        assert!(matches!(error, VideoError::SoundOnly { .. }), "{name}: {error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

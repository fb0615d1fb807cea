//! What is left of a process that was killed, and what is not taken for that.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use footfall_scratch::{Privacy, ScratchFile, ScratchFolder};

/// Set for the process that is to be killed: where it works.
const PLACE: &str = "FOOTFALL_SCRATCH_PLACE";

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Not a test: what the process does that is killed.
#[test]
fn work_until_killed() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let place = Path::new(&place);
    let file = ScratchFile::beside(&place.join("tracks.txt"), false, Privacy::Usual).unwrap();
    let hidden = ScratchFile::beside(&place.join("v.mp4"), true, Privacy::Usual).unwrap();
    let folder = ScratchFolder::beside(&place.join("crops.v1"), Privacy::Usual).unwrap();
    fs::write(folder.path().join("1.jpg"), "half").unwrap();
    println!("working");
    let _held = (file, hidden, folder);
    loop {
        std::thread::park();
    }
}

/// This test's own binary, once it has begun to work in `place`.
fn worker(place: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "work_until_killed", "--nocapture"]).env(PLACE, place).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("working")));
    child
}

fn begin(place: &Path) -> (ScratchFile, ScratchFile, ScratchFolder) {
    (
        ScratchFile::beside(&place.join("tracks.txt"), false, Privacy::Usual).unwrap(),
        ScratchFile::beside(&place.join("v.mp4"), true, Privacy::Usual).unwrap(),
        ScratchFolder::beside(&place.join("crops.v1"), Privacy::Usual).unwrap(),
    )
}

#[test]
fn what_a_killed_process_leaves_goes_with_the_next_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    // A user's own, as much like ours as can be.
    let own =
        ["tracks.partial.txt", "tracksAbCdEf.partial.txt", "tracks.footfall-mine.partial.txt", "tracks.txt"];
    for name in own {
        fs::write(place.join(name), "mine").unwrap();
    }
    let elsewhere = place.join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    symlink(&elsewhere, place.join("tracks.footfall-0123456789abcdef.partial.txt")).unwrap();
    let before = names(place);

    let (mut killed, mut alive) = (worker(place), worker(place));
    assert_eq!(names(place).len(), before.len() + 6);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(names(place).len(), before.len() + 6, "nobody is left to clear up");

    let ours = begin(place);
    assert_eq!(names(place).len(), before.len() + 6, "three of the one that is alive, and three of ours");
    ours.0.as_file().sync_all().unwrap();
    ours.0.persist(place.join("tracks.txt")).unwrap();
    ours.2.persist(place.join("crops.v1")).unwrap();
    drop(ours.1);
    assert!(!place.join("crops.v1/1.jpg").exists());
    assert_eq!(names(place).len(), before.len() + 3 + 1, "three of the one that is alive, and the folder");

    alive.kill().unwrap();
    alive.wait().unwrap();
    drop(begin(place));
    let mut expected = [before, vec!["crops.v1".to_owned()]].concat();
    expected.sort();
    assert_eq!(names(place), expected);
    for name in ["tracks.partial.txt", "tracksAbCdEf.partial.txt", "elsewhere"] {
        assert_eq!(fs::read_to_string(place.join(name)).unwrap(), "mine");
    }
}

/// Many begin and end at once: none takes away what another one has.
#[test]
fn those_who_work_at_the_same_time_keep_out_of_each_others_way() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let file =
                        ScratchFile::beside(&folder.path().join("a.txt"), false, Privacy::Usual).unwrap();
                    assert!(file.path().exists());
                    file.persist(folder.path().join("a.txt")).unwrap();
                }
            });
        }
    });
    assert_eq!(names(folder.path()), ["a.txt"]);
}

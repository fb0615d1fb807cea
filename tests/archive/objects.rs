//! Recordings that are in an object store.

use std::fs;

use crate::common::{DOOR, clip};
use crate::house::{House, cut};

/// The store is one of the test's own, which refuses and cuts short what it is asked for the first times.
#[test]
fn recordings_of_an_object_store_are_copied_by_ranges_and_known_by_what_they_were() {
    let mut house = House::new();
    // The folder is a bucket: what is counted of it must be the same as of the files themselves.
    let at = |name: &str| house.recordings().join(name);
    fs::copy(clip(), at("a & b.avi")).unwrap();
    cut(&at("c.avi"), 100, 10);
    let expected = house.one_machine();
    assert!(expected.lines().count() > 20);
    fs::write(at("notes.txt"), "no recording").unwrap();
    let (changed, gone) = (at("d.avi"), at("e.avi"));
    cut(&changed, 200, 10);
    cut(&gone, 300, 10);
    let scratch = house.folder.path().join("scratch");
    house.settings.scratch = Some(scratch.clone());
    let _store = house.open_store();
    let counting = ["--line", DOOR];
    let told = house.archive(&[&["submit", "s3://rec"][..], &counting].concat()).success().stderr;
    assert!(told.contains("4 recordings are to be counted") && told.contains("1 files"), "{told}");
    cut(&changed, 201, 10);
    fs::remove_file(&gone).unwrap();
    house.work_until_empty().success();
    assert_eq!(house.archive(&["export", "--partial"]).success().stdout, expected);
    let status = house.status();
    let reason = |index: usize| status["dead_letters"][index]["reason"].as_str().unwrap().to_owned();
    assert!(
        reason(0).contains("s3://rec/d.avi has changed") && reason(1).contains("is not there any more"),
        "{status}"
    );
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "copies are removed");
    // When it was taken is told by when the object was finished.
    let start = "SELECT to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM archive.recording WHERE name = 'rec/c.avi'";
    assert_eq!(house.sql(start), ["2026-03-29 09:59:59"]);
    // The changed one is another recording.
    let told = house.archive(&[&["submit", "s3://rec"][..], &counting].concat()).success().stderr;
    assert!(told.contains("1 recordings are to be counted, 2 were known, 1 earlier"), "{told}");
    let refused = house.archive(&[&["submit", "s3://rec/none"][..], &counting].concat());
    refused.failure(2, &["no recording is below s3://rec/none"]);
}

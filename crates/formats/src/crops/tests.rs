use std::fs;
use std::path::{Path, PathBuf};

use super::{CropSet, Naming};
use crate::Error;

/// Files with their own path as content.
fn set(paths: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in paths {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, path).unwrap();
    }
    folder
}

fn paths(set: &CropSet) -> Vec<&str> {
    set.crops().iter().map(|crop| crop.path.to_str().unwrap()).collect()
}

const SOME: [&str; 6] = [
    "0002/0002_c1s1_000451_03.jpg",
    "0002/0002_c2s1_000001_00.JPG",
    "0002/.hidden.jpg",
    "0002/notes.txt",
    "0007/b.png",
    "0007/a.webp",
];

#[test]
fn folders_are_identities_and_names_tell_cameras() {
    let folder = set(&SOME);
    let set = CropSet::open(folder.path(), None).unwrap();
    assert_eq!(set.identities(), ["0002", "0007"]);
    let expected =
        ["0002/0002_c1s1_000451_03.jpg", "0002/0002_c2s1_000001_00.JPG", "0007/a.webp", "0007/b.png"];
    assert_eq!(paths(&set), expected);
    let seen: Vec<_> = set.crops().iter().map(|crop| (crop.identity, crop.camera)).collect();
    assert_eq!(seen, [(0, Some(1)), (0, Some(2)), (1, None), (1, None)]);
    assert_eq!(set.naming(), Naming::Market1501);
    assert_eq!(set.read(&set.crops()[3]).unwrap(), b"0007/b.png");
    let told = CropSet::open(folder.path(), Some(Naming::None)).unwrap();
    assert!(told.crops().iter().all(|crop| crop.camera.is_none()));
}

#[test]
fn by_market_names_some_folders_are_nobody() {
    let folder = set(&[
        "-1/-1_c1s1_000401_03.jpg",
        "-1/-1_c2s1_000401_00.jpg",
        "0000/0000_c1s1_000151_00.jpg",
        "0002/0002_c1s1_000451_03.jpg",
        "0002/0002_c2s1_000001_00.jpg",
    ]);
    let set = CropSet::open(folder.path(), None).unwrap();
    assert_eq!((set.crops().len(), set.junk()), (3, 2));
    assert_eq!(set.identities(), ["0000", "0002"]);
    let distractors: Vec<bool> = set.crops().iter().map(|crop| set.is_distractor(crop)).collect();
    assert_eq!(distractors, [true, false, false]);
    let (people, left_out) = set.without_distractors().unwrap();
    assert_eq!((paths(&people).len(), left_out), (2, 1));
    assert!(people.crops().iter().all(|crop| people.identities()[crop.identity as usize] == "0002"));
    // By other names these are people like any other.
    let plain = CropSet::open(folder.path(), Some(Naming::None)).unwrap();
    assert_eq!((plain.identities(), plain.junk()), (&["-1", "0000", "0002"].map(str::to_owned)[..], 0));
}

#[test]
fn a_set_of_nobody_alone_is_none() {
    let junk = set(&["-1/-1_c1s1_000401_03.jpg"]);
    assert!(matches!(CropSet::open(junk.path(), None), Err(Error::NoCrops { .. })));
    let distractors = set(&["0000/0000_c1s1_000151_00.jpg"]);
    let set = CropSet::open(distractors.path(), None).unwrap();
    assert!(matches!(set.without_distractors(), Err(Error::NoCrops { .. })));
}

#[test]
fn an_archive_is_the_same_set() {
    let folder = set(&SOME);
    let place = tempfile::tempdir().unwrap();
    let archive = place.path().join("set.tar");
    let mut builder = tar::Builder::new(fs::File::create(&archive).unwrap());
    builder.append_dir_all("some/where", folder.path()).unwrap();
    builder.finish().unwrap();
    let (packed, unpacked) =
        (CropSet::open(&archive, None).unwrap(), CropSet::open(folder.path(), None).unwrap());
    assert_eq!(packed.identities(), unpacked.identities());
    for (one, other) in packed.crops().iter().zip(unpacked.crops()) {
        assert_eq!(one.path, Path::new("some/where").join(&other.path));
        assert_eq!((one.identity, one.camera), (other.identity, other.camera));
        assert_eq!(packed.read(one).unwrap(), unpacked.read(other).unwrap());
    }
    assert_eq!(packed.crops().len(), unpacked.crops().len());
}

#[test]
fn what_is_no_set_is_refused_in_words() {
    let check = |files: &[&str], inner: &str, words: &[&str]| {
        let folder = set(files);
        let error = CropSet::open(&folder.path().join(inner), None).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "expected {word:?} in: {error}");
        }
    };
    check(&[], "", &["no pictures", "IDENTITY"]);
    check(&["notes.txt"], "", &["no pictures"]);
    check(&["notes.txt"], "notes.txt", &["notes.txt", "neither a folder"]);
    check(&["a/1.jpg", "loose.jpg"], "", &["loose.jpg", "IDENTITY"]);
    check(&["train/0001/a.jpg", "test/0001/b.jpg"], "", &["train/0001", "test/0001"]);
    check(&[], "missing", &["missing", "check the path"]);
    check(&["broken.tar"], "broken.tar", &["broken.tar"]);
}

#[test]
fn a_picture_that_has_gone_is_named() {
    let folder = set(&["0001/a.jpg"]);
    let set = CropSet::open(folder.path(), None).unwrap();
    fs::remove_file(folder.path().join("0001/a.jpg")).unwrap();
    let error = set.read(&set.crops()[0]).unwrap_err();
    assert!(error.to_string().contains("0001/a.jpg"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_for_ever() {
    let folder = set(&["0001/a.jpg"]);
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
    link(&folder.path().join("0001"), "0002");
    assert_eq!(CropSet::open(folder.path(), None).unwrap().identities(), ["0001", "0002"]);
    link(&PathBuf::from("."), "loop");
    assert!(matches!(CropSet::open(folder.path(), None), Err(Error::Read { .. })));
}

//! Which camera saw a crop, by its file's name.

use std::fmt;
use std::path::Path;

/// How names tell cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Market-1501: `0002_c1s1_000451_03.jpg` is of camera 1. A name without `_c` and a number tells none.
    Market1501,
    /// CUHK03: `0000_07.jpg`; 00 to 04 are one view, 05 to 09 the other.
    Cuhk03,
    /// They do not.
    None,
}

impl Naming {
    /// The naming that a set's files follow.
    ///
    /// Market-1501's where one name at least has it. CUHK03's where every name without exception is
    /// the four digits of its folder, `_`, and one of 00 to 09, and both views are there: a set that was
    /// numbered by chance in that way is none of a photographer's usual ones.
    pub fn of<'a>(paths: impl Iterator<Item = &'a Path> + Clone) -> Self {
        if paths.clone().any(|path| Self::Market1501.camera(path).is_some()) {
            return Self::Market1501;
        }
        let Some(views) = paths.map(strict_view).collect::<Option<Vec<usize>>>() else { return Self::None };
        if views.contains(&0) && views.contains(&1) { Self::Cuhk03 } else { Self::None }
    }

    /// Whether pictures in this folder are no good and no bad ones: by Market-1501's protocol they count for
    /// nothing.
    pub(super) fn is_junk(self, folder: &Path) -> bool {
        self == Self::Market1501 && folder.file_name().is_some_and(|name| name == "-1")
    }

    /// Whether the folder of this name has distractors: by Market-1501's protocol they stand among those in whom
    /// somebody is looked for, and nobody looks for them.
    pub(super) fn is_distractor(self, folder: &str) -> bool {
        self == Self::Market1501 && folder == "0000"
    }

    /// The camera of a crop's file.
    #[must_use]
    pub fn camera(self, path: &Path) -> Option<u32> {
        let stem = path.file_stem()?.to_str()?;
        match self {
            Self::None => None,
            Self::Market1501 => market_camera(stem),
            Self::Cuhk03 => {
                let (_, number) = stem.rsplit_once('_')?;
                let digits = number.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| number.parse::<u32>().ok())?.map(|number| number / 5)
            }
        }
    }
}

impl fmt::Display for Naming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Market1501 => "market1501",
            Self::Cuhk03 => "cuhk03",
            Self::None => "none",
        })
    }
}

/// The digits behind the first `_c` that has any.
fn market_camera(stem: &str) -> Option<u32> {
    stem.match_indices("_c").find_map(|(at, mark)| {
        let rest = &stem[at + mark.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

/// 0 or 1 where the file is called exactly as CUHK03's are.
fn strict_view(path: &Path) -> Option<usize> {
    let folder = path.parent()?.file_name()?.to_str()?;
    let number = path.file_stem()?.to_str()?.strip_prefix(folder)?.strip_prefix("_0")?;
    let four_digits = folder.len() == 4 && folder.bytes().all(|byte| byte.is_ascii_digit());
    match number.as_bytes() {
        [digit @ b'0'..=b'9'] if four_digits => Some(usize::from((digit - b'0') / 5)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Naming;

    fn found(paths: &[&str]) -> Naming {
        Naming::of(paths.iter().map(Path::new))
    }

    #[test]
    fn market_names_tell_their_camera() {
        let camera = |name: &str| Naming::Market1501.camera(Path::new(name));
        assert_eq!(camera("0002/0002_c1s1_000451_03.jpg"), Some(1));
        assert_eq!(camera("0002/-1_c12s3_000451_03.jpg.jpg"), Some(12));
        assert_eq!(camera("x/a_cat_c3.png"), Some(3));
        assert_eq!(camera("x/a_cat.png"), None);
        assert_eq!(camera("x_c4/a.png"), None);
        assert_eq!(camera("x/a_c99999999999.png"), None);
    }

    #[test]
    fn cuhk_names_tell_their_view() {
        let view = |name: &str| Naming::Cuhk03.camera(Path::new(name));
        assert_eq!(
            ["0000_00.jpg", "0000_04.jpg", "0000_05.jpg", "0000_09.png"].map(view),
            [0, 0, 1, 1].map(Some)
        );
        assert_eq!(["0000.jpg", "0000_x.jpg", "0000_.jpg", "0000_+7.jpg"].map(view), [None; 4]);
    }

    #[test]
    fn only_a_whole_set_of_cuhk_names_is_taken_for_one() {
        assert_eq!(found(&["0000/0000_00.jpg", "0000/0000_07.jpg"]), Naming::Cuhk03);
        assert_eq!(found(&["cuhk03/0000/0000_00.jpg", "cuhk03/1100/1100_09.png"]), Naming::Cuhk03);
        for (other, why) in [
            ("0001/0001_10.jpg", "a two-digit number beyond 09"),
            ("0001/0002_01.jpg", "another folder's name"),
            ("0001/0001_1.jpg", "one digit"),
            ("anna/anna_01.jpg", "a name"),
            ("00001/00001_01.jpg", "five digits"),
        ] {
            assert_eq!(found(&["0000/0000_00.jpg", "0000/0000_07.jpg", other]), Naming::None, "{why}");
        }
        assert_eq!(found(&["0000/0000_00.jpg", "0001/0001_01.jpg"]), Naming::None, "one view alone");
        assert_eq!(found(&[]), Naming::None);
    }

    #[test]
    fn one_market_name_decides() {
        assert_eq!(found(&["a/plain.jpg", "a/0001_c2s1_000001_00.jpg"]), Naming::Market1501);
        assert_eq!(found(&["a/plain.jpg"]), Naming::None);
    }
}

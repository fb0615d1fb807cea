//! Tracks that are to be counted: every row has to be somebody, once a frame.

use std::path::Path;

use super::Cadence;
use super::row::Rows;
use super::tracks::{SHAPE, TrackRow, next_track};
use crate::Error;
use crate::lines::Lines;

/// Tracks by rising frame, and within a frame by rising id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// The rows.
    pub rows: Vec<TrackRow>,
    /// Which frames they are of.
    pub cadence: Cadence,
    /// Rows with exactly the box of another person in the same frame, and the first frame that has one.
    pub twins: Option<(u64, u64)>,
}

/// Reads a whole file; `-` is the standard input.
///
/// # Errors
/// As [`read_tracks`](super::read_tracks), and for the first line with an id of 0, with a box without a size, or
/// with an id that a line before it has in the same frame.
pub fn read_people(path: &Path) -> Result<People, Error> {
    let mut rows = Rows::over(Lines::open(path)?, SHAPE);
    let mut numbered = Vec::new();
    while let Some((line, row)) = next_track(&mut rows)? {
        if row.id.0 == 0 {
            return Err(rows.error("the id is 0, and ids are whole numbers from 1".to_owned()));
        }
        let (width, height) = (row.bbox.width, row.bbox.height);
        if !(width > 0.0 && height > 0.0) {
            return Err(
                rows.error(format!("the box is {width} wide and {height} high, and both must be above 0"))
            );
        }
        numbered.push((line, row));
    }
    numbered.sort_by_key(|(_, row)| (row.frame, row.id));
    check_unique(path, &numbered)?;
    let rows: Vec<TrackRow> = numbered.into_iter().map(|(_, row)| row).collect();
    let cadence = Cadence::of(rows.iter().map(|row| row.frame));
    let twins = twins(&rows);
    Ok(People { rows, cadence, twins })
}

/// Of lines by rising frame and id, in each of which one has the id of the one before it, names the first.
fn check_unique(path: &Path, rows: &[(u64, TrackRow)]) -> Result<(), Error> {
    let is_same = |pair: &&[(u64, TrackRow)]| {
        let [(_, a), (_, b)] = pair else { return false };
        (a.frame, a.id) == (b.frame, b.id)
    };
    let Some([(before, _), (line, row)]) = rows.windows(2).filter(is_same).min_by_key(|pair| pair[1].0)
    else {
        return Ok(());
    };
    let TrackRow { frame, id, .. } = row;
    let problem = format!(
        "frame {frame} has id {id} already, in line {before}; an id is one person, so give each box its own"
    );
    Err(Error::Line { path: path.to_owned(), line: *line, problem, expected: SHAPE.expected })
}

fn twins(rows: &[TrackRow]) -> Option<(u64, u64)> {
    let mut found: Option<(u64, u64)> = None;
    for people in rows.chunk_by(|a, b| a.frame == b.frame) {
        let mut boxes: Vec<[u64; 4]> = people
            .iter()
            .map(|row| [row.bbox.x, row.bbox.y, row.bbox.width, row.bbox.height].map(f64::to_bits))
            .collect();
        boxes.sort_unstable();
        let count = boxes.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
        if count > 0 {
            let first = found.map_or(people[0].frame, |(_, first)| first);
            found = Some((found.map_or(0, |(before, _)| before) + count, first));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{People, read_people};
    use crate::Error;

    fn read(text: &str) -> Result<People, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.txt");
        fs::write(&path, text).unwrap();
        read_people(&path)
    }

    #[test]
    fn rows_come_by_frame_and_id_whatever_parts_their_numbers() {
        let people =
            read("4 2 10 20 30 80 1\n2 9 10 20 30 80 1\n2 1 50 20 30 80 1\n6 1 50 20 30 80 1\n").unwrap();
        let order: Vec<_> = people.rows.iter().map(|row| (row.frame, row.id.0)).collect();
        assert_eq!(order, [(2, 1), (2, 9), (4, 2), (6, 1)]);
        assert_eq!((people.cadence.stride(), people.twins), (2, None));
        assert_eq!(read("").unwrap(), People::default());
    }

    #[test]
    fn what_is_nobody_or_somebody_twice_is_refused_with_its_line() {
        let good = "1,1,10,20,30,80,1\n";
        for (bad, problem) in [
            ("1,2,10,20,30,80,1\n1,1,90,20,30,80,1\n", "line 3: frame 1 has id 1 already, in line 1"),
            (
                "2,5,10,20,30,80,1\n3,5,1,2,3,4,1\n2,5,1,2,3,4,1\n",
                "line 4: frame 2 has id 5 already, in line 2",
            ),
            ("1,0,10,20,30,80,1\n", "line 2: the id is 0"),
            ("1,-1,10,20,30,80,1\n", "line 2: the id is -1"),
            ("1,2,10,20,-30,80,1\n", "line 2: the box is -30 wide and 80 high"),
            ("1,2,10,20,30,0,1\n", "line 2: the box is 30 wide and 0 high"),
            ("1,2,10,nan,30,80,1\n", "line 2: column 4 (y) is \"nan\""),
            ("1,2,10,20,30,inf,1\n", "line 2: column 6 (height) is \"inf\""),
        ] {
            let error = read(&(good.to_owned() + bad)).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("tracks.txt"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn boxes_that_two_people_share_are_noticed() {
        let people = read(
            "1,1,10,20,30,80,1\n2,1,9,9,9,9,1\n2,2,9,9,9,9,1\n2,3,9,9,9,9,1\n3,1,5,5,5,5,1\n3,4,5,5,5,5,1\n",
        );
        assert_eq!(people.unwrap().twins, Some((3, 2)));
    }
}

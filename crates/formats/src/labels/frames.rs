//! Numbers of frames, from what files have in their place.

use super::Label;

/// The number at the end of a name, before its ending: 12 of `shop_012.jpg`.
pub(super) fn number_in(name: &str) -> Option<u64> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    stem[stem.len() - digits..].parse().ok()
}

/// Counts frames from 1 where a file counts them from 0; says so.
pub(super) fn from_one(rows: &mut [Label], looked_at: &mut [u64]) -> Option<String> {
    let frames = rows.iter().map(|row| row.frame).chain(looked_at.iter().copied());
    if frames.min() != Some(0) {
        return None;
    }
    for frame in rows.iter_mut().map(|row| &mut row.frame).chain(looked_at) {
        *frame += 1;
    }
    Some("its frames are counted from 0; here they are counted from 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn a_number_is_what_a_name_ends_with() {
        for (name, number) in
            [("shop_012.jpg", 12), ("a/b/000001.png", 1), ("v2_7", 7), ("x\\frame9.PNG", 9), ("5", 5)]
        {
            assert_eq!(number_in(name), Some(number), "{name}");
        }
        assert_eq!(number_in("shop.jpg"), None);
        assert_eq!(number_in("99999999999999999999999.jpg"), None);
    }
}

//! Plainer rules, to compare with.

use footfall_count::SiteConfig;

use super::PassageRow;

/// Each camera counts for itself.
#[must_use]
pub fn apart(rows: &[PassageRow]) -> Vec<usize> {
    (0..rows.len()).collect()
}

/// A plain rule: whoever looks most like somebody whom another camera has just seen pass, and is no further from them
/// than this, is the same.
#[must_use]
pub fn nearest(rows: &[PassageRow], config: &SiteConfig, distance: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| rows[a].scene.cmp(&rows[b].scene).then(rows[a].time.total_cmp(&rows[b].time)));
    let mut roots = apart(rows);
    for (place, &index) in order.iter().enumerate() {
        let row = &rows[index];
        let Some(look) = &row.embedding else { continue };
        let before = order[..place].iter().rev().take_while(|&&other| {
            rows[other].scene == row.scene && row.time - rows[other].time <= config.within
        });
        let is_near = |other: &PassageRow| {
            let is_group = |group: &Vec<String>| {
                let has = |row: &PassageRow| {
                    group
                        .iter()
                        .any(|name| *name == row.source || *name == format!("{}/{}", row.source, row.line))
                };
                has(row) && has(other)
            };
            other.source != row.source
                && other.direction == row.direction
                && config.overlap.iter().any(is_group)
        };
        let near = before.copied().filter(|&other| is_near(&rows[other]));
        let distances = near.filter_map(|other| {
            let theirs = rows[other].embedding.as_ref()?;
            let cosine: f64 = look.iter().zip(theirs).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            Some((other, 1.0 - cosine))
        });
        if let Some((other, least)) = distances.min_by(|a, b| a.1.total_cmp(&b.1))
            && least <= distance
        {
            roots[index] = roots[other];
        }
    }
    roots
}

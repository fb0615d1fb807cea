//! Who is it: the identity whose centre is nearest.

use ndarray::ArrayView2;
use serde::Serialize;

use super::Crops;
use super::crops::normalise;

/// A centre for each identity: the mean of its unit vectors, scaled to unit length.
#[derive(Clone, Debug, PartialEq)]
pub struct Centres {
    dimension: usize,
    /// The identities, rising.
    identities: Vec<u32>,
    /// `[identities, dimension]`: sums of unit vectors, to take one out of.
    sums: Vec<f64>,
    /// The same, scaled to unit length; zero where the vectors cancel out.
    units: Vec<f64>,
}

/// An identity and how far its centre is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Who.
    pub identity: u32,
    /// Cosine distance from their centre.
    pub distance: f64,
}

/// Looking up each crop among the centres of all identities, its own centre made without it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Identification {
    /// The share of crops whose nearest centre is their own identity's, 0 to 1.
    pub accuracy: f64,
    /// Crops that were looked up: those whose identity has another.
    pub crops: u64,
    /// Centres that they were looked up among.
    pub identities: u64,
}

impl Centres {
    /// The centres of all identities in `crops`.
    #[must_use]
    pub fn of(crops: &Crops) -> Self {
        let mut identities = crops.identities.clone();
        identities.sort_unstable();
        identities.dedup();
        let dimension = crops.dimension;
        let mut sums = vec![0.0; identities.len() * dimension];
        for (index, identity) in crops.identities.iter().enumerate() {
            let place = identities.partition_point(|other| other < identity);
            let sum = &mut sums[place * dimension..(place + 1) * dimension];
            sum.iter_mut().zip(crops.row(index)).for_each(|(sum, value)| *sum += value);
        }
        let mut units = sums.clone();
        for unit in units.chunks_exact_mut(dimension) {
            if !normalise(unit) {
                unit.fill(0.0);
            }
        }
        Self { dimension, identities, sums, units }
    }

    /// Every identity by the distance of its centre, nearest first; equal ones by their number.
    ///
    /// `embedding` is of unit length; one of another dimension is near nobody.
    #[must_use]
    pub fn nearest(&self, embedding: &[f32]) -> Vec<Match> {
        if embedding.len() != self.dimension {
            return Vec::new();
        }
        let distance = |centre: &[f64]| {
            1.0 - embedding.iter().zip(centre).map(|(&value, centre)| f64::from(value) * centre).sum::<f64>()
        };
        let centres = self.units.chunks_exact(self.dimension);
        let mut matches: Vec<Match> = (self.identities.iter().zip(centres))
            .map(|(&identity, centre)| Match { identity, distance: distance(centre) })
            .collect();
        matches.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        matches
    }
}

impl Identification {
    /// Of every crop whose identity has another one; `None` where there is none.
    ///
    /// A crop's own identity has, for it, the centre of its other crops; the rest is as
    /// [`Centres`] has it. Of centres at the same distance, the lower identity's is taken.
    #[must_use]
    pub fn of(crops: &Crops) -> Option<Self> {
        let centres = Centres::of(crops);
        let places: Vec<usize> = (crops.identities.iter())
            .map(|identity| centres.identities.partition_point(|other| other < identity))
            .collect();
        let mut sizes = vec![0_u64; centres.identities.len()];
        for &place in &places {
            sizes[place] += 1;
        }
        let shape = (centres.identities.len(), crops.dimension);
        let units = ArrayView2::from_shape(shape, &centres.units).ok()?;
        let (mut right, mut looked_up) = (0_u64, 0_u64);
        for (index, &own) in places.iter().enumerate() {
            if sizes[own] < 2 {
                continue;
            }
            let row = crops.row(index);
            let mut products = units.dot(&ndarray::aview1(row));
            products[own] = product_without(row, &centres.sums[own * crops.dimension..][..crops.dimension]);
            let nearer = |place: usize| {
                products[place] > products[own] || (products[place] == products[own] && place < own)
            };
            looked_up += 1;
            right += u64::from(!(0..products.len()).any(nearer));
        }
        (looked_up > 0).then(|| Self {
            accuracy: right as f64 / looked_up as f64,
            crops: looked_up,
            identities: centres.identities.len() as u64,
        })
    }
}

/// `row` times the direction of what is left of `sum` without it; 0 where nothing is.
fn product_without(row: &[f64], sum: &[f64]) -> f64 {
    let mut rest: Vec<f64> = sum.iter().zip(row).map(|(sum, value)| sum - value).collect();
    if !normalise(&mut rest) {
        return 0.0;
    }
    row.iter().zip(&rest).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops;
    use super::{Centres, Crops, Identification};

    /// Makes every centre anew for every crop.
    fn oracle(crops: &Crops) -> (u64, u64) {
        let mut identities = crops.identities.clone();
        identities.sort_unstable();
        identities.dedup();
        let (mut right, mut looked_up) = (0, 0);
        for query in 0..crops.len() {
            let others = |identity: u32| {
                (0..crops.len()).filter(move |&row| row != query && crops.identities[row] == identity)
            };
            if others(crops.identities[query]).next().is_none() {
                continue;
            }
            let distance = |identity: u32| {
                let mut centre = vec![0.0; crops.dimension];
                for row in others(identity) {
                    centre.iter_mut().zip(crops.row(row)).for_each(|(c, v)| *c += v);
                }
                let norm = centre.iter().map(|v| v * v).sum::<f64>().sqrt();
                1.0 - centre.iter().zip(crops.row(query)).map(|(c, v)| c * v).sum::<f64>() / norm
            };
            let nearest = identities
                .iter()
                .copied()
                .filter(|&identity| others(identity).next().is_some())
                .min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            looked_up += 1;
            right += u64::from(nearest == Some(crops.identities[query]));
        }
        (right, looked_up)
    }

    #[test]
    fn leaving_one_out_equals_making_every_centre_anew() {
        for seed in 0..20 {
            let crops = crops(seed, 60, 9, 2);
            let ours = Identification::of(&crops).unwrap();
            let (right, looked_up) = oracle(&crops);
            assert_eq!(
                (ours.crops, ours.accuracy),
                (looked_up, right as f64 / looked_up as f64),
                "seed {seed}"
            );
        }
    }

    #[test]
    fn a_crop_never_helps_itself() {
        // Everybody is nearer to the other person's centre than to their own other crop.
        let crops = Crops::new(&[1.0, 0.0, 0.0, 1.0, 0.8, 0.6, 0.6, 0.8], 2, vec![0, 0, 1, 1], vec![None; 4]);
        let figures = Identification::of(&crops.unwrap()).unwrap();
        assert_eq!((figures.accuracy, figures.crops, figures.identities), (0.0, 4, 2));
    }

    #[test]
    fn without_a_second_crop_of_anyone_nobody_is_looked_up() {
        let crops = Crops::new(&[1.0, 0.0, 0.0, 1.0], 2, vec![0, 1], vec![None; 2]).unwrap();
        assert_eq!(Identification::of(&crops), None);
    }

    #[test]
    fn the_nearest_centre_comes_first() {
        let crops = Crops::new(&[1.0, 0.0, 0.6, 0.8, 0.0, 1.0], 2, vec![7, 7, 3], vec![None; 3]).unwrap();
        let matches = Centres::of(&crops).nearest(&[1.0, 0.0]);
        assert_eq!(matches.iter().map(|m| m.identity).collect::<Vec<_>>(), [7, 3]);
        let centre = [1.6_f64, 0.8].map(|v| v / 3.2_f64.sqrt());
        assert!((matches[0].distance - (1.0 - centre[0])).abs() < 1e-7);
        assert_eq!(matches[1].distance, 1.0);
        assert!(Centres::of(&crops).nearest(&[1.0]).is_empty());
    }
}

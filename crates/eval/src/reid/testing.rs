//! Crops for tests: each identity a random direction, each crop that direction with noise.

use super::Crops;

/// `count` crops of `identities` people in turn, seen by `cameras` cameras (0: no crop has any).
pub(super) fn crops(seed: u64, count: usize, identities: u32, cameras: u32) -> Crops {
    let mut random = Random(seed);
    let dimension = 6;
    let centres: Vec<f64> = (0..identities as usize * dimension).map(|_| random.centred()).collect();
    let (mut values, mut people, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let person = (random.unit() * f64::from(identities)) as u32;
        let centre = &centres[person as usize * dimension..][..dimension];
        values.extend(centre.iter().map(|value| (value + 0.7 * random.centred()) as f32));
        people.push(person);
        places.push((cameras > 0).then(|| (random.unit() * f64::from(cameras)) as u32));
    }
    Crops::new(&values, dimension, people, places).unwrap()
}

/// `SplitMix64`: the same numbers on every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// From 0 to 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From -1 to 1.
    pub(super) fn centred(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
}

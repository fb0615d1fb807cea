//! What it costs that somebody comes in while so many people can be known again: comparing, deciding, and the
//! estimate of how many different people there were. Embeddings of 128 numbers. `cargo bench -p footfall-count`

use std::time::Duration;

use divan::{Bencher, black_box};
use footfall_count::{VisitorConfig, Visitors};

const PEOPLE: [u64; 3] = [100, 1000, 10_000];

fn main() {
    divan::main();
}

/// Somebody's look: the same for the same name, and like nobody else's.
fn look(name: u64) -> Vec<f32> {
    let mut state = name.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut values: Vec<f32> = (0..128)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        })
        .collect();
    let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    for value in &mut values {
        *value /= norm;
    }
    values
}

fn window(people: u64) -> Visitors {
    let mut visitors = Visitors::new(VisitorConfig { window: 1e6, ..VisitorConfig::default() });
    for name in 0..people {
        // All in the picture at once: nobody is taken for another.
        visitors.come(name, Some(&look(name)), Duration::from_secs(name), |_| true);
    }
    visitors
}

/// Somebody new comes to a window that stays as large as it is.
#[divan::bench(args = PEOPLE, sample_count = 20)]
fn coming(bencher: Bencher<'_, '_>, people: u64) {
    let visitors = window(people);
    bencher.with_inputs(|| (visitors.clone(), look(people + 1))).bench_local_values(
        |(mut visitors, look)| {
            let arrival = visitors.come(people + 1, Some(&look), Duration::from_secs(people + 1), |_| false);
            (black_box(arrival), visitors)
        },
    );
}

/// The number of different visitors, after each coming.
#[divan::bench(args = PEOPLE, sample_count = 20)]
fn estimate(bencher: Bencher<'_, '_>, people: u64) {
    let visitors = window(people);
    bencher
        .with_inputs(|| visitors.clone())
        .bench_local_values(|visitors| (black_box(visitors.estimate()), visitors));
}

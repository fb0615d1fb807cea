//! Time of a tracker's step, and of its two costly parts by themselves: appearance distances and the
//! assignment. People walk through a full-HD picture at 30 frames a second, with embeddings of 128
//! numbers and galleries of 100. `cargo bench -p footfall-track`

#[path = "../tests/tracker/crowd.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod crowd;

use std::time::Duration;

use crowd::{Crowd, Random, Settings};
use divan::{Bencher, black_box};
use footfall_track::assignment::{Edge, Solver};
use footfall_track::gallery::Gallery;
use footfall_track::{Bbox, Config, Observations, Preset, Tracker};

const PEOPLE: [usize; 5] = [10, 50, 100, 200, 500];
const FRAMES: usize = 200;
const INTERVAL: Duration = Duration::from_nanos(33_333_333);

/// Shows that a step allocates nothing.
#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = PEOPLE)]
fn step(bencher: Bencher<'_, '_>, people: usize) {
    follow(bencher, Preset::DeepSort, Settings::spread(people));
}

#[divan::bench(args = PEOPLE)]
fn step_without_appearance(bencher: Bencher<'_, '_>, people: usize) {
    follow(bencher, Preset::DeepSort, Settings { dimension: 0, ..Settings::spread(people) });
}

#[divan::bench(args = PEOPLE)]
fn step_of_best(bencher: Bencher<'_, '_>, people: usize) {
    follow(bencher, Preset::Best, Settings::spread(people));
}

#[divan::bench(args = PEOPLE)]
fn step_of_best_without_appearance(bencher: Bencher<'_, '_>, people: usize) {
    follow(bencher, Preset::Best, Settings { dimension: 0, ..Settings::spread(people) });
}

/// Steps through a film to and fro, after a first time in which the galleries fill.
fn follow(bencher: Bencher<'_, '_>, preset: Preset, settings: Settings) {
    let film: Vec<Observations> = Crowd::new(settings, 7).take(FRAMES).collect();
    let order: Vec<usize> = (0..FRAMES).chain((1..FRAMES - 1).rev()).collect();
    let mut frames = order.into_iter().cycle();
    let mut time = Duration::ZERO;
    let Ok(mut tracker) = Tracker::new(Config::of(preset)) else { return };
    let mut next = || {
        time += INTERVAL;
        tracker.step(time, &film[frames.next().unwrap_or(0)]).tracks.len()
    };
    for _ in 0..2 * FRAMES {
        next();
    }
    bencher.bench_local(next);
}

/// Pairs of a detection in one frame (as the row, for a track) and one in the next (as the column)
/// that are about as close as the gate allows.
struct Pairs {
    before: Observations,
    after: Observations,
    edges: Vec<Edge>,
}

impl Pairs {
    fn new(people: usize) -> Self {
        let mut crowd = Crowd::new(Settings::spread(people), 7);
        let mut frame = || crowd.next().unwrap_or_default();
        let (before, after) = (frame(), frame());
        let mut edges = Vec::new();
        for (row, track) in before.detections.iter().enumerate() {
            for (column, seen) in after.detections.iter().enumerate() {
                if is_near(&track.bbox, &seen.bbox) {
                    edges.push(Edge { row: row as u32, column: column as u32, cost: 0.0 });
                }
            }
        }
        Self { before, after, edges }
    }

    /// Whether an edge is the only one of both its ends.
    fn is_alone(&self, edge: &Edge) -> bool {
        self.edges.iter().filter(|other| other.row == edge.row || other.column == edge.column).count() == 1
    }
}

/// The gate of a track that was seen in the frame before, with round standard deviations.
fn is_near(a: &Bbox, b: &Bbox) -> bool {
    let (p, q) = (a.centre(), b.centre());
    let deviation = 0.08 * a.height;
    let squares = [p.x - q.x, p.y - q.y, a.height - b.height].map(|distance| (distance / deviation).powi(2));
    squares.iter().sum::<f64>() <= 9.4877
}

/// A full gallery of somebody who looks like `embedding`, its latest row.
fn gallery(embedding: &[f32], random: &mut Random) -> Gallery {
    let mut gallery = Gallery::default();
    for _ in 0..99 {
        let row: Vec<f32> = embedding.iter().map(|value| value + 0.035 * random.normal() as f32).collect();
        gallery.push(&row, 100);
    }
    gallery.push(embedding, 100);
    gallery
}

/// The appearance distances of one step.
#[divan::bench(args = PEOPLE)]
fn distances(bencher: Bencher<'_, '_>, people: usize) {
    let pairs = Pairs::new(people);
    let mut random = Random(1);
    let embeddings = (0..pairs.before.detections.len()).filter_map(|row| pairs.before.embeddings.get(row));
    let galleries: Vec<Gallery> = embeddings.map(|embedding| gallery(embedding, &mut random)).collect();
    let work: Vec<_> = pairs.edges.iter().map(|edge| (edge, pairs.is_alone(edge))).collect();
    bencher.bench_local(|| {
        for (edge, alone) in &work {
            let gallery = &galleries[edge.row as usize];
            let Some(embedding) = pairs.after.embeddings.get(edge.column as usize) else { continue };
            if *alone {
                black_box(gallery.is_within(embedding, 0.2));
            } else {
                black_box(gallery.distance(embedding));
            }
        }
    });
}

/// The assignment of one step.
#[divan::bench(args = PEOPLE)]
fn assignment(bencher: Bencher<'_, '_>, people: usize) {
    let mut pairs = Pairs::new(people);
    let mut random = Random(1);
    pairs.edges.iter_mut().for_each(|edge| edge.cost = random.uniform(0.0, 0.2));
    let mut solver = Solver::default();
    let (rows, columns) = (pairs.before.detections.len(), pairs.after.detections.len());
    let mut solve = || {
        solver.solve(rows, columns, black_box(&pairs.edges), 0.2);
        solver.column_of(0)
    };
    solve();
    bencher.bench_local(solve);
}

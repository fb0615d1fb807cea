//! DeepSORT as its authors published it, written the plain way: full matrices, constant costs for
//! pairs that are not allowed, one frame a unit of time. Slow, and independent of the crate.

use std::collections::VecDeque;

use footfall_track::{Bbox, Observations};
use nalgebra::{Matrix4, SMatrix, SVector, Vector4};

const INFINITE: f64 = 1e5;
const GATE: f64 = 9.4877;

pub(crate) struct Parameters {
    pub(crate) n_init: u32,
    pub(crate) max_age: u32,
    pub(crate) max_cosine_distance: f64,
    pub(crate) max_iou_distance: f64,
    pub(crate) nn_budget: usize,
}

struct Track {
    id: usize,
    mean: SVector<f64, 8>,
    covariance: SMatrix<f64, 8, 8>,
    confirmed: bool,
    hits: u32,
    time_since_update: u32,
    features: VecDeque<Vec<f64>>,
}

struct Seen {
    bbox: Bbox,
    feature: Option<Vec<f64>>,
}

pub(crate) struct Published {
    parameters: Parameters,
    tracks: Vec<Track>,
    next_id: usize,
}

fn diagonal<const N: usize>(deviations: [f64; N]) -> SMatrix<f64, N, N> {
    SMatrix::from_diagonal(&SVector::from(deviations).map(|std| std * std))
}

fn measurement(bbox: &Bbox) -> Vector4<f64> {
    let (x, y) = (bbox.x + bbox.width / 2.0, bbox.y + bbox.height / 2.0);
    Vector4::new(x, y, bbox.width / bbox.height, bbox.height)
}

impl Track {
    fn new(id: usize, seen: &Seen) -> Self {
        let z = measurement(&seen.bbox);
        let (p, v) = (2.0 / 20.0 * z[3], 10.0 / 160.0 * z[3]);
        let mean = SVector::from_fn(|i, _| if i < 4 { z[i] } else { 0.0 });
        let covariance = diagonal([p, p, 1e-2, p, v, v, 1e-5, v]);
        let features = seen.feature.iter().cloned().collect();
        Self { id, mean, covariance, confirmed: false, hits: 1, time_since_update: 0, features }
    }

    fn predict(&mut self) {
        let (p, v) = (self.mean[3] / 20.0, self.mean[3] / 160.0);
        let motion = SMatrix::<f64, 8, 8>::from_fn(|i, j| f64::from(u8::from(i == j || i + 4 == j)));
        self.mean = motion * self.mean;
        self.covariance =
            motion * self.covariance * motion.transpose() + diagonal([p, p, 1e-2, p, v, v, 1e-5, v]);
        self.time_since_update += 1;
    }

    fn innovation_covariance(&self) -> Matrix4<f64> {
        let p = self.mean[3] / 20.0;
        self.covariance.fixed_view::<4, 4>(0, 0) + diagonal([p, p, 1e-1, p])
    }

    fn gating_distance(&self, seen: &Seen) -> f64 {
        let difference = measurement(&seen.bbox) - self.mean.fixed_rows::<4>(0);
        let solved = self.innovation_covariance().cholesky().unwrap().solve(&difference);
        difference.dot(&solved)
    }

    fn cosine_distance(&self, seen: &Seen) -> f64 {
        let Some(feature) = &seen.feature else { return INFINITE };
        let distance = |own: &Vec<f64>| 1.0 - own.iter().zip(feature).map(|(a, b)| a * b).sum::<f64>();
        self.features.iter().map(distance).fold(INFINITE, f64::min)
    }

    fn tlwh(&self) -> Bbox {
        let (height, width) = (self.mean[3], self.mean[2] * self.mean[3]);
        Bbox::new(self.mean[0] - width / 2.0, self.mean[1] - height / 2.0, width, height)
    }

    fn update(&mut self, seen: &Seen, parameters: &Parameters) {
        let s = self.innovation_covariance();
        let gain = self.covariance.fixed_columns::<4>(0) * s.try_inverse().unwrap();
        self.mean += gain * (measurement(&seen.bbox) - self.mean.fixed_rows::<4>(0));
        self.covariance -= gain * s * gain.transpose();
        self.features.extend(seen.feature.clone());
        while self.features.len() > parameters.nn_budget {
            self.features.pop_front();
        }
        self.hits += 1;
        self.time_since_update = 0;
        self.confirmed |= self.hits >= parameters.n_init;
    }
}

/// The Hungarian method on a full matrix; for each row its column, if there are enough.
fn linear_assignment(cost: &[Vec<f64>]) -> Vec<Option<usize>> {
    let (rows, columns) = (cost.len(), cost[0].len());
    if rows > columns {
        let turned: Vec<Vec<f64>> =
            (0..columns).map(|column| cost.iter().map(|row| row[column]).collect()).collect();
        let mut result = vec![None; rows];
        for (column, row) in linear_assignment(&turned).into_iter().enumerate() {
            result[row.unwrap()] = Some(column);
        }
        return result;
    }
    let (mut u, mut v) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let (mut owner, mut way) = (vec![0; columns + 1], vec![0; columns + 1]);
    for row in 1..=rows {
        owner[0] = row;
        let mut current = 0;
        let (mut least, mut used) = (vec![f64::INFINITY; columns + 1], vec![false; columns + 1]);
        while owner[current] != 0 {
            used[current] = true;
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for column in (1..=columns).filter(|&column| !used[column]) {
                let reduced = cost[owner[current] - 1][column - 1] - u[owner[current]] - v[column];
                if reduced < least[column] {
                    (least[column], way[column]) = (reduced, current);
                }
                if least[column] < delta {
                    (delta, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if used[column] {
                    u[owner[column]] += delta;
                    v[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            current = next;
        }
        while current != 0 {
            owner[current] = owner[way[current]];
            current = way[current];
        }
    }
    let mut result = vec![None; rows];
    for column in 1..=columns {
        if owner[column] != 0 {
            result[owner[column] - 1] = Some(column - 1);
        }
    }
    result
}

/// Matches of `tracks` with `free` detections; the latter lose those that were matched.
fn min_cost_matching(
    cost: impl Fn(usize, usize) -> f64,
    max_distance: f64,
    tracks: &[usize],
    free: &mut Vec<usize>,
) -> Vec<(usize, usize)> {
    if tracks.is_empty() || free.is_empty() {
        return Vec::new();
    }
    let clipped = |distance: f64| if distance > max_distance { max_distance + 1e-5 } else { distance };
    let line = |&track: &usize| free.iter().map(|&detection| clipped(cost(track, detection))).collect();
    let matrix: Vec<Vec<f64>> = tracks.iter().map(line).collect();
    let mut matches = Vec::new();
    for (row, column) in linear_assignment(&matrix).into_iter().enumerate() {
        if let Some(column) = column.filter(|&column| matrix[row][column] <= max_distance) {
            matches.push((tracks[row], free[column]));
        }
    }
    free.retain(|detection| matches.iter().all(|(_, matched)| matched != detection));
    matches
}

impl Published {
    pub(crate) fn new(parameters: Parameters) -> Self {
        Self { parameters, tracks: Vec::new(), next_id: 1 }
    }

    /// Confirmed tracks matched in this frame: (detection, id, box).
    pub(crate) fn step(&mut self, observations: &Observations) -> Vec<(usize, usize, Bbox)> {
        let feature = |index| {
            let embedding: Option<&[f32]> = observations.embeddings.get(index);
            embedding.map(|vector| vector.iter().map(|&v| f64::from(v)).collect())
        };
        let boxes = observations.detections.iter().map(|detection| detection.bbox).enumerate();
        let seen: Vec<Seen> = boxes.map(|(index, bbox)| Seen { bbox, feature: feature(index) }).collect();
        self.tracks.iter_mut().for_each(Track::predict);
        let (matches, free) = self.associate(&seen);
        for &(track, detection) in &matches {
            self.tracks[track].update(&seen[detection], &self.parameters);
        }
        let result = matches.iter().filter(|(track, _)| self.tracks[*track].confirmed);
        let result = result.map(|&(track, detection)| {
            let track = &self.tracks[track];
            (detection, track.id, track.tlwh())
        });
        let mut result: Vec<_> = result.collect();
        result.sort_by_key(|entry| entry.0);
        self.tracks.retain(|track| {
            track.time_since_update == 0
                || track.confirmed && track.time_since_update <= self.parameters.max_age
        });
        for detection in free {
            self.tracks.push(Track::new(self.next_id, &seen[detection]));
            self.next_id += 1;
        }
        result
    }

    fn associate(&self, seen: &[Seen]) -> (Vec<(usize, usize)>, Vec<usize>) {
        let (tracks, parameters) = (&self.tracks, &self.parameters);
        let mut free: Vec<usize> = (0..seen.len()).collect();
        let mut matches = Vec::new();
        let gated = |track: usize, detection: usize| {
            let (track, seen) = (&tracks[track], &seen[detection]);
            if track.gating_distance(seen) > GATE { INFINITE } else { track.cosine_distance(seen) }
        };
        for level in 1..=parameters.max_age {
            let of_level =
                |&track: &usize| tracks[track].confirmed && tracks[track].time_since_update == level;
            let candidates: Vec<usize> = (0..tracks.len()).filter(of_level).collect();
            matches.extend(min_cost_matching(gated, parameters.max_cosine_distance, &candidates, &mut free));
        }
        let left = |&track: &usize| {
            let recent = !tracks[track].confirmed || tracks[track].time_since_update == 1;
            recent && matches.iter().all(|(matched, _)| *matched != track)
        };
        let candidates: Vec<usize> = (0..tracks.len()).filter(left).collect();
        let overlap = |track: usize, detection: usize| 1.0 - tracks[track].tlwh().iou(&seen[detection].bbox);
        matches.extend(min_cost_matching(overlap, parameters.max_iou_distance, &candidates, &mut free));
        (matches, free)
    }
}

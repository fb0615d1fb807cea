//! Made-up crowds: people who walk with nearly constant velocity, as a fallible detector sees them.

use footfall_track::{Bbox, Detection, Embeddings, Observations};

/// `SplitMix64` (Steele, Lea and Flood, 2014): the same numbers on every machine.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform(0.0, 1.0) < probability
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform(0.0, 1.0)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(0.0, 1.0)).cos()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
    }

    fn direction(&mut self, dimension: usize) -> Vec<f64> {
        let vector: Vec<f64> = (0..dimension).map(|_| self.normal()).collect();
        let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        vector.into_iter().map(|v| v / norm).collect()
    }
}

/// How crowded the picture is, and how much of it is seen.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) people: usize,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Heights of people in pixels, least and greatest.
    pub(crate) sizes: (f64, f64),
    /// Share of boxes that the detector misses.
    pub(crate) missed: f64,
    /// False detections for each person.
    pub(crate) false_alarms: f64,
    /// Whether people hide those behind them.
    pub(crate) occlusion: bool,
    /// Numbers in an embedding; 0 for none at all.
    pub(crate) dimension: usize,
    /// Share of detections that have an embedding.
    pub(crate) embedded: f64,
}

impl Settings {
    /// People spread over a full-HD picture, with 128 numbers each.
    pub(crate) fn spread(people: usize) -> Self {
        Self {
            people,
            width: 1920.0,
            height: 1080.0,
            sizes: (45.0, 110.0),
            missed: 0.05,
            false_alarms: 0.02,
            occlusion: false,
            dimension: 128,
            embedded: 1.0,
        }
    }

    /// People who keep crossing and hiding each other in a small picture.
    pub(crate) fn crowded(people: usize) -> Self {
        let spread = Self::spread(people);
        Self { width: 640.0, height: 480.0, sizes: (80.0, 160.0), occlusion: true, dimension: 16, ..spread }
    }
}

struct Person {
    x: f64,
    y: f64,
    velocity: (f64, f64),
    height: f64,
    aspect: f64,
    look: Vec<f64>,
    /// Frames for which nobody sees them.
    hidden: u32,
}

/// An endless film of a crowd; each item is a frame.
pub(crate) struct Crowd {
    settings: Settings,
    random: Random,
    /// What all embeddings have in common, as those of a real network do.
    common: Vec<f64>,
    people: Vec<Person>,
}

impl Crowd {
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        let mut random = Random(seed);
        let common = random.direction(settings.dimension);
        let mut crowd = Self { settings, random, common, people: Vec::new() };
        for _ in 0..crowd.settings.people {
            let x = crowd.random.uniform(0.0, crowd.settings.width);
            let person = crowd.person(x);
            crowd.people.push(person);
        }
        crowd
    }

    fn person(&mut self, x: f64) -> Person {
        let random = &mut self.random;
        let speed = random.uniform(0.5, 5.0);
        let angle = random.uniform(0.0, std::f64::consts::TAU);
        let own = random.direction(self.settings.dimension);
        Person {
            x,
            y: random.uniform(0.1, 0.9) * self.settings.height,
            velocity: (speed * angle.cos(), 0.5 * speed * angle.sin()),
            height: random.uniform(self.settings.sizes.0, self.settings.sizes.1),
            aspect: random.uniform(0.36, 0.46),
            look: own.iter().zip(&self.common).map(|(own, common)| own + 0.75 * common).collect(),
            hidden: 0,
        }
    }

    /// Everyone takes a step; who leaves the picture is replaced by someone new at its edge.
    fn walk(&mut self) {
        for index in 0..self.people.len() {
            let (random, person) = (&mut self.random, &mut self.people[index]);
            person.velocity.0 += 0.05 * random.normal();
            person.velocity.1 += 0.03 * random.normal();
            person.x += person.velocity.0;
            person.y += person.velocity.1;
            person.height *= 1.0 + 0.002 * random.normal();
            person.hidden = person.hidden.saturating_sub(1);
            if random.chance(0.3 * self.settings.missed / 14.0) {
                person.hidden = random.uniform(8.0, 21.0) as u32;
            }
            let inside = (0.0..self.settings.width).contains(&person.x);
            if !inside || !(0.0..self.settings.height).contains(&person.y) {
                let x = if self.random.chance(0.5) { 0.0 } else { self.settings.width - 1.0 };
                self.people[index] = self.person(x);
            }
        }
    }

    fn is_behind_someone(&self, index: usize) -> bool {
        let person = &self.people[index];
        self.settings.occlusion
            && self.people.iter().any(|other| {
                let nearer = other.y + other.height / 2.0 > person.y + person.height / 2.0;
                nearer && other.bbox().iou(&person.bbox()) > 0.4
            })
    }

    fn detection(&mut self, index: usize) -> (Detection, Vec<f64>) {
        let (random, person) = (&mut self.random, &self.people[index]);
        let noise = 0.02 * person.height;
        let height = person.height * (1.0 + 0.02 * random.normal());
        let width = person.aspect * person.height * (1.0 + 0.03 * random.normal());
        let (x, y) = (person.x + noise * random.normal(), person.y + noise * random.normal());
        let strength = (0.4 + 0.08 * random.normal()).abs();
        let norm = person.look.iter().map(|v| v * v).sum::<f64>().sqrt();
        let noise = random.direction(person.look.len());
        let embedding =
            person.look.iter().zip(noise).map(|(look, noise)| look / norm + strength * noise).collect();
        let confidence = (0.82 + 0.08 * random.normal()).clamp(0.5, 0.99) as f32;
        let bbox = Bbox::new(x - width / 2.0, y - height / 2.0, width, height);
        (Detection { bbox, confidence }, embedding)
    }

    fn false_alarm(&mut self) -> (Detection, Vec<f64>) {
        let x = self.random.uniform(0.0, self.settings.width);
        let stranger = self.person(x);
        self.people.push(stranger);
        let seen = self.detection(self.people.len() - 1);
        self.people.pop();
        seen
    }
}

impl Person {
    fn bbox(&self) -> Bbox {
        let width = self.aspect * self.height;
        Bbox::new(self.x - width / 2.0, self.y - self.height / 2.0, width, self.height)
    }
}

impl Iterator for Crowd {
    type Item = Observations;

    fn next(&mut self) -> Option<Observations> {
        self.walk();
        let mut seen = Vec::new();
        for index in 0..self.people.len() {
            let missed = self.random.chance(0.7 * self.settings.missed);
            if !missed && self.people[index].hidden == 0 && !self.is_behind_someone(index) {
                seen.push(self.detection(index));
            }
            if self.random.chance(self.settings.false_alarms) {
                seen.push(self.false_alarm());
            }
        }
        self.random.shuffle(&mut seen);
        let mut observations = Observations {
            detections: Vec::with_capacity(seen.len()),
            embeddings: Embeddings::new(self.settings.dimension),
        };
        for (detection, embedding) in seen {
            let embedding: Vec<f32> = embedding.into_iter().map(|v| v as f32).collect();
            let embedded = self.settings.dimension > 0 && self.random.chance(self.settings.embedded);
            observations.detections.push(detection);
            observations.embeddings.push(embedded.then_some(&embedding[..]));
        }
        Some(observations)
    }
}

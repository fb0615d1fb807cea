//! What NVIDIA says its cards can do at most.

use std::process::Command;

use clap::ValueEnum;
use serde::Serialize;

/// What a network's file computes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits, on a GPU through TF32
    #[default]
    Fp32,
    /// 16 bits
    Fp16,
}

/// Operations a second of a card's tensor cores on dense matrices, in 10^12, by its data sheet; without tensor
/// cores for TF32 that of its other cores.
struct Card {
    /// As in nvidia-smi's name of it.
    name: &'static str,
    tf32: f64,
    fp16: f64,
}

/// The first whose name is part of the card's.
const CARDS: [Card; 13] = [
    Card { name: "H200", tf32: 494.5, fp16: 989.5 },
    Card { name: "H100 PCIe", tf32: 378.0, fp16: 756.5 },
    Card { name: "H100", tf32: 494.5, fp16: 989.5 },
    Card { name: "A100", tf32: 156.0, fp16: 312.0 },
    Card { name: "A10G", tf32: 35.0, fp16: 70.0 },
    Card { name: "A10", tf32: 62.5, fp16: 125.0 },
    Card { name: "L40S", tf32: 183.0, fp16: 362.0 },
    Card { name: "L4", tf32: 60.5, fp16: 121.0 },
    Card { name: "RTX 4090", tf32: 82.6, fp16: 165.2 },
    Card { name: "RTX 3090", tf32: 35.6, fp16: 71.0 },
    Card { name: "T4", tf32: 8.1, fp16: 65.0 },
    Card { name: "V100", tf32: 15.7, fp16: 125.0 },
    Card { name: "RTX A4000", tf32: 38.3, fp16: 76.7 },
];

/// Operations a second at most of the card of this name; `None` where it is not known.
pub(crate) fn peak(name: &str, precision: Precision) -> Option<f64> {
    let known = |card: &&Card| {
        // A10 is part of A100: what follows a name must not go on with it.
        name.split_once(card.name)
            .is_some_and(|(_, rest)| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
    };
    let card = CARDS.iter().find(known)?;
    Some(1e12 * if precision == Precision::Fp16 { card.fp16 } else { card.tf32 })
}

/// The name of the GPU with this number, by nvidia-smi.
pub(crate) fn name(number: u32) -> Option<String> {
    let output = Command::new("nvidia-smi")
        .args(["--query-gpu=name", "--format=csv,noheader", "--id"])
        .arg(number.to_string())
        .output()
        .ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Precision, peak};

    #[test]
    fn cards_are_told_by_their_names() {
        let check = |name, fp32: Option<f64>| {
            assert_eq!(peak(name, Precision::Fp32).map(|peak| peak / 1e12), fp32, "{name}");
        };
        check("NVIDIA H100 80GB HBM3", Some(494.5));
        check("NVIDIA H100 PCIe", Some(378.0));
        check("NVIDIA A100-SXM4-80GB", Some(156.0));
        check("NVIDIA A10", Some(62.5));
        check("NVIDIA A10G", Some(35.0));
        check("NVIDIA L40S", Some(183.0));
        check("NVIDIA L4", Some(60.5));
        check("Tesla T4", Some(8.1));
        check("NVIDIA GeForce RTX 4090", Some(82.6));
        check("NVIDIA T400", None);
        check("NVIDIA L40", None);
        assert_eq!(peak("Tesla T4", Precision::Fp16), Some(65e12));
    }
}

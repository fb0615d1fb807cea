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

/// What a card can do at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Card {
    /// As nvidia-smi calls it, without `NVIDIA` and the like before it.
    name: &'static str,
    /// Operations a second of its tensor cores on dense matrices of TF32, in 10^12; where they know no TF32,
    /// of its other cores in float.
    tf32: f64,
    /// The same of 16 bits, added up in 32 bits.
    fp16: f64,
    /// Bytes a second between it and its memory, in 10^9.
    bandwidth: f64,
}

/// By the data sheets that NVIDIA publishes for each ("H100 Tensor Core GPU", "H200 Tensor Core GPU", "A100 80GB",
/// "A10", "A40", "L4", "L40", "L40S", "T4", "V100"), of `GeForce` cards by the appendices of its white papers on Ada
/// and on Ampere GA102. Most of them show rates with sparsity, which are twice these.
const CARDS: [Card; 16] = [
    Card { name: "H200", tf32: 494.5, fp16: 989.5, bandwidth: 4800.0 },
    Card { name: "H100 80GB HBM3", tf32: 494.5, fp16: 989.5, bandwidth: 3350.0 },
    Card { name: "H100 PCIe", tf32: 378.0, fp16: 756.5, bandwidth: 2000.0 },
    Card { name: "A100-SXM4-80GB", tf32: 156.0, fp16: 312.0, bandwidth: 2039.0 },
    Card { name: "A100 80GB PCIe", tf32: 156.0, fp16: 312.0, bandwidth: 1935.0 },
    Card { name: "A100-SXM4-40GB", tf32: 156.0, fp16: 312.0, bandwidth: 1555.0 },
    Card { name: "A100-PCIE-40GB", tf32: 156.0, fp16: 312.0, bandwidth: 1555.0 },
    Card { name: "A10", tf32: 62.5, fp16: 125.0, bandwidth: 600.0 },
    Card { name: "A40", tf32: 74.8, fp16: 149.7, bandwidth: 696.0 },
    Card { name: "L40S", tf32: 183.0, fp16: 362.05, bandwidth: 864.0 },
    Card { name: "L40", tf32: 90.5, fp16: 181.05, bandwidth: 864.0 },
    Card { name: "L4", tf32: 60.0, fp16: 121.0, bandwidth: 300.0 },
    Card { name: "RTX 4090", tf32: 82.6, fp16: 165.2, bandwidth: 1008.0 },
    Card { name: "RTX 3090", tf32: 35.6, fp16: 71.0, bandwidth: 936.0 },
    Card { name: "T4", tf32: 8.1, fp16: 65.0, bandwidth: 320.0 },
    Card { name: "V100-SXM2", tf32: 15.7, fp16: 125.0, bandwidth: 900.0 },
];

impl Card {
    /// The card that nvidia-smi calls so; `None` where it is not known.
    ///
    /// What follows the name may tell the size of the memory and nothing else: a card of a like name, as the
    /// A10G, the RTX 4090 D or the H200 NVL, is another card.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        let is_size = |part: &str| part.strip_suffix("GB").is_some_and(|size| size.parse::<u32>().is_ok());
        CARDS.iter().find(|card| {
            let rest =
                name.rsplit_once(card.name).filter(|(before, _)| before.is_empty() || before.ends_with(' '));
            rest.is_some_and(|(_, rest)| rest.split([' ', '-']).all(|part| part.is_empty() || is_size(part)))
        })
    }

    /// Operations a second.
    pub(crate) fn operations(&self, precision: Precision) -> f64 {
        1e12 * if precision == Precision::Fp16 { self.fp16 } else { self.tf32 }
    }

    /// Bytes a second.
    pub(crate) fn bandwidth(&self) -> f64 {
        1e9 * self.bandwidth
    }
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
    use super::{CARDS, Card, Precision};

    #[test]
    fn cards_are_told_by_their_names() {
        let check = |name, known: Option<(f64, f64)>| {
            let found = Card::of(name).map(|card| (card.tf32, card.bandwidth));
            assert_eq!(found, known, "{name}");
        };
        check("NVIDIA H100 80GB HBM3", Some((494.5, 3350.0)));
        check("NVIDIA H100 PCIe", Some((378.0, 2000.0)));
        check("NVIDIA H200", Some((494.5, 4800.0)));
        check("NVIDIA A100-SXM4-80GB", Some((156.0, 2039.0)));
        check("A100-PCIE-40GB", Some((156.0, 1555.0)));
        check("NVIDIA A10", Some((62.5, 600.0)));
        check("NVIDIA L40S", Some((183.0, 864.0)));
        check("NVIDIA L4", Some((60.0, 300.0)));
        check("Tesla T4", Some((8.1, 320.0)));
        check("Tesla V100-SXM2-16GB", Some((15.7, 900.0)));
        check("NVIDIA GeForce RTX 4090", Some((82.6, 1008.0)));
        for other in [
            "NVIDIA A10G",
            "NVIDIA A100X",
            "NVIDIA H100 NVL",
            "NVIDIA H200 NVL",
            "NVIDIA GeForce RTX 4090 D",
            "NVIDIA GeForce RTX 4090 Laptop GPU",
            "NVIDIA GeForce RTX 3090 Ti",
            "Tesla V100-PCIE-16GB",
            "NVIDIA T400",
            "NVIDIA RTX A4000",
            "",
        ] {
            check(other, None);
        }
        let card = Card::of("Tesla T4").unwrap();
        assert_eq!([card.operations(Precision::Fp16), card.bandwidth()], [65e12, 320e9]);
    }

    #[test]
    fn half_the_bits_are_computed_at_twice_the_rate_where_tensor_cores_know_both() {
        for card in CARDS.iter().filter(|card| !["T4", "V100-SXM2"].contains(&card.name)) {
            assert!((card.fp16 / card.tf32 - 2.0).abs() < 0.03, "{card:?}");
        }
    }
}

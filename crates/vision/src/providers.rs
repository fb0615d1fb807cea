//! What a network really ran on.

use std::fmt;

use serde::Serialize;

use crate::Device;
use crate::profile::Profile;

/// How many nodes of a network each execution provider ran, by ONNX Runtime's own profile of a run; the
/// provider with the most heavy ones comes first. Empty where no profile could be had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ProviderReport {
    /// One entry for each provider.
    pub shares: Vec<ProviderShare>,
}

/// One provider's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderShare {
    /// ONNX Runtime's name of it, `CUDAExecutionProvider`.
    pub provider: String,
    /// Nodes that it ran, after the runtime had optimised the graph.
    pub nodes: usize,
    /// Those of them that time goes into: convolutions, matrix products, compiled parts.
    pub heavy: usize,
}

impl ProviderReport {
    pub(crate) fn of(profile: &Profile) -> Self {
        let mut shares: Vec<ProviderShare> = Vec::new();
        for node in &profile.nodes {
            let own = shares.iter().position(|share| share.provider == node.provider).unwrap_or_else(|| {
                shares.push(ProviderShare { provider: node.provider.clone(), nodes: 0, heavy: 0 });
                shares.len() - 1
            });
            shares[own].nodes += 1;
            shares[own].heavy += usize::from(node.is_heavy());
        }
        shares.sort_by_key(|share| std::cmp::Reverse((share.heavy, share.nodes)));
        Self { shares }
    }

    /// Whether the device ran any of the heavy nodes, or of the others where there are no heavy ones.
    #[must_use]
    pub fn is_on(&self, device: Device) -> bool {
        let has_heavy = self.shares.iter().any(|share| share.heavy > 0);
        self.share(device).is_some_and(|share| share.heavy > 0 || !has_heavy)
    }

    /// How many heavy nodes ran on something else than the device.
    #[must_use]
    pub fn heavy_elsewhere(&self, device: Device) -> usize {
        let all: usize = self.shares.iter().map(|share| share.heavy).sum();
        all - self.share(device).map_or(0, |share| share.heavy)
    }

    fn share(&self, device: Device) -> Option<&ProviderShare> {
        self.shares.iter().find(|share| share.provider == device.provider())
    }
}

impl fmt::Display for ProviderReport {
    /// `cpu 64 nodes`, or `cuda 120 nodes, cpu 3`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shares.is_empty() {
            return formatter.write_str("not proven");
        }
        for (index, share) in self.shares.iter().enumerate() {
            let name = share.provider.trim_end_matches("ExecutionProvider").to_lowercase();
            let unit = if share.nodes == 1 { "node" } else { "nodes" };
            match index {
                0 => write!(formatter, "{name} {} {unit}", share.nodes)?,
                _ => write!(formatter, ", {name} {}", share.nodes)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ProviderReport;
    use crate::Device;
    use crate::profile::Profile;

    /// A profile as ONNX Runtime writes it: so many nodes of that operator on that provider.
    fn report(parts: &[(usize, &str, &str)]) -> ProviderReport {
        let node = |(operator, provider): (&str, &str)| {
            serde_json::json!({"cat": "Node", "name": "x_kernel_time", "dur": 3, "ph": "X",
                "args": {"op_name": operator, "provider": format!("{provider}ExecutionProvider"), "node_index": "1"}})
        };
        let events: Vec<_> = (parts.iter())
            .flat_map(|&(count, operator, provider)| vec![node((operator, provider)); count])
            .collect();
        ProviderReport::of(&Profile::parse(&serde_json::to_vec(&events).unwrap()).unwrap())
    }

    #[test]
    fn a_graph_that_partly_fell_back_says_so() {
        let mixed = report(&[(3, "Shape", "CPU"), (50, "Conv", "CUDA"), (70, "Relu", "CUDA")]);
        assert_eq!(mixed.to_string(), "cuda 120 nodes, cpu 3");
        assert!(mixed.is_on(Device::Cuda(1)) && !mixed.is_on(Device::Cpu));
        assert_eq!(mixed.heavy_elsewhere(Device::Cuda(0)), 0);
    }

    #[test]
    fn copies_to_a_device_alone_are_no_work_on_it() {
        let fallen = report(&[(50, "QLinearConv", "CPU"), (90, "MemcpyToHost", "CUDA")]);
        assert_eq!(fallen.to_string(), "cpu 50 nodes, cuda 90");
        assert!(!fallen.is_on(Device::Cuda(0)));
        assert_eq!(fallen.heavy_elsewhere(Device::Cuda(0)), 50);
    }

    #[test]
    fn what_tensorrt_compiled_is_its_work() {
        let compiled = report(&[(1, "TRTKernel_graph_main_0", "Tensorrt"), (2, "Resize", "CUDA")]);
        assert_eq!(compiled.to_string(), "tensorrt 1 node, cuda 2");
        assert!(compiled.is_on(Device::TensorRt(0)));
    }

    #[test]
    fn without_a_profile_nothing_is_proven() {
        assert_eq!(ProviderReport::default().to_string(), "not proven");
        assert!(!ProviderReport::default().is_on(Device::Cpu));
    }
}

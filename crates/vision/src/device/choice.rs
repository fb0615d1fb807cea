//! Which device is meant: a named one, or the best that can be had.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Device, ParseDeviceError};

/// What a user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceRequest {
    /// This one and no other; where it cannot be had, that is an error.
    Named(Device),
    /// The fastest that can be had, the CPU if need be; written `auto`.
    Auto,
}

impl DeviceRequest {
    /// Whether a GPU may come out of it.
    pub(crate) fn may_be_gpu(self) -> bool {
        self != Self::Named(Device::Cpu)
    }
}

impl Default for DeviceRequest {
    fn default() -> Self {
        Self::Named(Device::default())
    }
}

impl From<Device> for DeviceRequest {
    fn from(device: Device) -> Self {
        Self::Named(device)
    }
}

impl fmt::Display for DeviceRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(device) => device.fmt(formatter),
            Self::Auto => formatter.write_str("auto"),
        }
    }
}

impl FromStr for DeviceRequest {
    type Err = ParseDeviceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Named) }
    }
}

impl TryFrom<String> for DeviceRequest {
    type Error = ParseDeviceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DeviceRequest> for String {
    fn from(request: DeviceRequest) -> Self {
        request.to_string()
    }
}

/// The device that `auto` came to, and why the faster ones are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What sessions run on.
    pub device: Device,
    /// Each device that was tried before it, with what is wrong with it.
    pub refused: Vec<(Device, String)>,
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.device)?;
        for (index, alike) in self.refused.chunk_by(|(_, one), (_, other)| one == other).enumerate() {
            let link = if index == 0 { ", since" } else { "; and" };
            let devices: Vec<_> = alike.iter().map(|(device, _)| device.to_string()).collect();
            write!(formatter, "{link} {} cannot be used: {}", devices.join(" and "), alike[0].1)?;
        }
        Ok(())
    }
}

/// The first of the candidates that passes its trial, else the CPU.
pub(crate) fn choose(candidates: &[Device], mut trial: impl FnMut(Device) -> Result<(), String>) -> Choice {
    let mut refused = Vec::new();
    for &device in candidates {
        match trial(device) {
            Ok(()) => return Choice { device, refused },
            Err(reason) => refused.push((device, reason)),
        }
    }
    Choice { device: Device::Cpu, refused }
}

#[cfg(test)]
mod tests {
    use super::{Device, DeviceRequest, choose};

    const BOTH: [Device; 2] = [Device::TensorRt(0), Device::Cuda(0)];

    #[test]
    fn the_first_that_passes_is_taken_and_none_after_it_is_tried() {
        let mut tried = Vec::new();
        let choice = choose(&BOTH, |device| {
            tried.push(device);
            Ok(())
        });
        assert_eq!((choice.device, choice.to_string().as_str()), (Device::TensorRt(0), "tensorrt:0"));
        assert_eq!(tried, [Device::TensorRt(0)]);

        let choice = choose(&BOTH, |device| match device {
            Device::Cuda(_) => Ok(()),
            _ => Err("no libnvinfer".into()),
        });
        assert_eq!(choice.device, Device::Cuda(0));
        assert_eq!(choice.to_string(), "cuda:0, since tensorrt:0 cannot be used: no libnvinfer");
    }

    #[test]
    fn the_cpu_is_left_and_every_reason_is_told() {
        let choice = choose(&BOTH, |device| Err(format!("no {device}")));
        assert_eq!(choice.device, Device::Cpu);
        assert_eq!(
            choice.to_string(),
            "cpu, since tensorrt:0 cannot be used: no tensorrt:0; and cuda:0 cannot be used: no cuda:0"
        );
        let choice = choose(&BOTH, |_| Err("no driver".into()));
        assert_eq!(choice.to_string(), "cpu, since tensorrt:0 and cuda:0 cannot be used: no driver");
    }

    #[test]
    fn requests_are_read_and_written() {
        for text in ["auto", "cpu", "cuda:1", "tensorrt:0"] {
            assert_eq!(text.parse::<DeviceRequest>().unwrap().to_string(), text);
        }
        let error = "gpu".parse::<DeviceRequest>().unwrap_err().to_string();
        assert!(error.contains("auto, cpu, cuda"), "{error}");
    }
}

//! What a device can do at most.

use footfall_vision::{Device, Runtime, product_rate};
use serde::Serialize;

use crate::Error;
use crate::args::CommonArgs;
use crate::cards;

/// Operations a second, and where the number is from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Peak {
    pub(crate) operations_per_second: f64,
    pub(crate) origin: String,
}

/// Sides of the matrices whose product is timed.
const SIDE: usize = 1024;
const ROUNDS: usize = 12;

impl Peak {
    /// Of the runtime's device: as named by the user, measured on a CPU, by a table for a GPU; `None` where
    /// nothing is known.
    ///
    /// # Errors
    /// When the product cannot be computed.
    pub(crate) fn find(runtime: &Runtime, args: &CommonArgs) -> Result<Option<Self>, Error> {
        if let Some(tera) = args.peak {
            let origin = "given by --peak".to_owned();
            return Ok(Some(Self { operations_per_second: 1e12 * tera, origin }));
        }
        match runtime.device() {
            Device::Cpu => {
                let operations_per_second = product_rate(runtime, SIDE, ROUNDS)?;
                let origin =
                    format!("float product of {SIDE}x{SIDE} matrices on one thread, best of {ROUNDS}");
                Ok(Some(Self { operations_per_second, origin }))
            }
            Device::Cuda(number) | Device::TensorRt(number) => {
                let known =
                    cards::name(number).and_then(|name| Some((cards::peak(&name, args.precision)?, name)));
                let peak = known.map(|(operations_per_second, name)| Self {
                    operations_per_second,
                    origin: format!("{name}'s data sheet, dense, {:?}", args.precision),
                });
                Ok(peak)
            }
            Device::CoreMl => Ok(None),
        }
    }
}

//! AVI.

use std::io::{self, Read, Seek};

use super::{Container, beyond, fill};

/// RIFF: chunks of four letters and a 32-bit size without these eight bytes (a file beyond 1 GiB
/// has several). A size of 0 or of all ones was never filled in.
pub(super) fn examine(file: &mut (impl Read + Seek), length: u64) -> io::Result<Container> {
    let (mut position, mut head) = (0, [0; 8]);
    while fill(file, position, &mut head)? && head.starts_with(b"RIFF") {
        let size = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        if size == 0 || size == u64::from(u32::MAX) {
            break;
        }
        position += 8 + size + size % 2;
    }
    // The last chunk's padding byte is often left away.
    let missing = beyond(position.saturating_sub(1), length);
    Ok(Container { counts_frames: true, missing, ..Container::default() })
}

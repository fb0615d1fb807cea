//! Blocks: compressed, and with a checksum each.

use std::io::{self, Read};

use zstd::bulk::{Compressor, Decompressor};

/// More than five seconds of any crowd; a length beyond it is damage.
const LARGEST: usize = 256 << 20;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Head,
    Frames,
    End,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Head => b'H',
            Self::Frames => b'F',
            Self::End => b'E',
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Head, Self::Frames, Self::End].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// A block's bytes.
pub(super) fn pack(kind: Kind, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(zstd::DEFAULT_COMPRESSION_LEVEL)?;
    compressor.include_checksum(true)?;
    let packed = compressor.compress(content)?;
    let mut block = vec![kind.byte()];
    for length in [content.len(), packed.len()] {
        let length = u32::try_from(length).map_err(|_| io::Error::other("the block is too large"))?;
        block.extend(length.to_le_bytes());
    }
    block.extend(packed);
    Ok(block)
}

/// What was found where a block should be.
pub(super) enum Found {
    Block(Kind, Vec<u8>),
    /// The file ends here, in the middle of a block or before one.
    Cut,
    /// Something else.
    Damage,
}

pub(super) fn read(from: &mut impl Read) -> io::Result<Found> {
    let mut head = [0; 9];
    if !fill(from, &mut head)? {
        return Ok(Found::Cut);
    }
    let length =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    let (content, packed) = (length(1), length(5));
    let Some(kind) = Kind::of(head[0]).filter(|_| content <= LARGEST && packed <= LARGEST) else {
        return Ok(Found::Damage);
    };
    let mut bytes = vec![0; packed];
    if !fill(from, &mut bytes)? {
        return Ok(Found::Cut);
    }
    match Decompressor::new()?.decompress(&bytes, content) {
        Ok(content_read) if content_read.len() == content => Ok(Found::Block(kind, content_read)),
        _ => Ok(Found::Damage),
    }
}

/// Fills `buffer`; false where the file ends before that.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

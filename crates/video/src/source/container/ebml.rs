//! EBML (RFC 8794), what Matroska is written in.

use std::io::{self, Read, Seek};

use super::{bytes, fill};

/// An identifier of up to four bytes, a size of variable width, and what it holds.
#[derive(Clone, Copy)]
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) start: u64,
    pub(super) body: u64,
    /// `None`: unknown, as a program that streams has it.
    pub(super) size: Option<u64>,
}

impl Element {
    /// Where it ends, by its size or with whatever holds it.
    pub(super) fn end(&self, outer: u64) -> u64 {
        self.size.map_or(outer, |size| self.body.saturating_add(size).min(outer))
    }
}

/// The element that begins at `start`, if there is one.
pub(super) fn element(file: &mut (impl Read + Seek), start: u64) -> io::Result<Option<Element>> {
    let Some([first]) = bytes::<1>(file, start)? else { return Ok(None) };
    let width = u64::from(first.leading_zeros()) + 1;
    let mut id = [0; 4];
    if width > 4 || !fill(file, start, &mut id[4 - width as usize..])? {
        return Ok(None);
    }
    let Some((size, size_width)) = size(file, start + width)? else { return Ok(None) };
    Ok(Some(Element { id: u32::from_be_bytes(id), start, body: start + width + size_width, size }))
}

/// A size, `None` where all its bits are set, and its own width in bytes.
pub(super) fn size(file: &mut (impl Read + Seek), position: u64) -> io::Result<Option<(Option<u64>, u64)>> {
    let Some([first]) = bytes::<1>(file, position)? else { return Ok(None) };
    let width = u64::from(first.leading_zeros()) + 1;
    let mut digits = [0; 8];
    if width > 8 || !fill(file, position, &mut digits[8 - width as usize..])? {
        return Ok(None);
    }
    let most = (1 << (7 * width)) - 1;
    let size = u64::from_be_bytes(digits) & most;
    Ok(Some(((size != most).then_some(size), width)))
}

/// What lies side by side from `position` to `end`, up to the first that is none, or of unknown size.
pub(super) fn elements(
    file: &mut (impl Read + Seek),
    mut position: u64,
    end: u64,
) -> io::Result<Vec<Element>> {
    let mut elements = Vec::new();
    while position < end
        && let Some(next) = element(file, position)?
    {
        elements.push(next);
        if next.size.is_none() {
            break;
        }
        position = next.end(u64::MAX);
    }
    Ok(elements)
}

/// What lies in `outer`.
pub(super) fn within(file: &mut (impl Read + Seek), outer: &Element, end: u64) -> io::Result<Vec<Element>> {
    elements(file, outer.body, outer.end(end))
}

/// The bytes of a small element; empty where it is not small or not there.
pub(super) fn content(file: &mut (impl Read + Seek), element: &Element) -> io::Result<Vec<u8>> {
    const SMALL: u64 = 256;
    let mut content = vec![0; element.size.filter(|&size| size <= SMALL).unwrap_or(0) as usize];
    let is_there = fill(file, element.body, &mut content)?;
    Ok(if is_there { content } else { Vec::new() })
}

/// An unsigned number.
pub(super) fn number(file: &mut (impl Read + Seek), element: &Element) -> io::Result<u64> {
    Ok(content(file, element)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// A number of 32 or 64 bits; 0 where it is neither.
pub(super) fn float(file: &mut (impl Read + Seek), element: &Element) -> io::Result<f64> {
    let content = content(file, element)?;
    let short = || content.as_slice().try_into().map(f32::from_be_bytes).map(f64::from);
    let long = || content.as_slice().try_into().map(f64::from_be_bytes);
    Ok(long().or_else(|_| short()).unwrap_or(0.0))
}

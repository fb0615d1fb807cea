//! Text lines of a file, one at a time, with their numbers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::Error;

/// More than a crowd's embeddings take; a file without line ends must not fill the memory.
const LONGEST: u64 = 64 << 20;

pub(crate) struct Lines {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    number: u64,
    buffer: Vec<u8>,
}

impl Lines {
    /// Opens a file; `-` is the standard input.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let reader: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(path).map_err(|source| Error::read(path, source))?;
            Box::new(BufReader::with_capacity(1 << 16, file))
        };
        let mut lines = Self { path: path.to_owned(), reader, number: 0, buffer: Vec::new() };
        lines.skip_byte_order_mark()?;
        Ok(lines)
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), Error> {
        let start = self.reader.fill_buf().map_err(|source| Error::read(&self.path, source))?;
        if start.starts_with(b"\xef\xbb\xbf") {
            self.reader.consume(3);
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The next line that is not blank, without white space around it; `None` at the end.
    pub(crate) fn next_line(&mut self) -> Result<Option<&str>, Error> {
        loop {
            self.buffer.clear();
            let mut bounded = self.reader.by_ref().take(LONGEST);
            let read = bounded.read_until(b'\n', &mut self.buffer);
            if read.map_err(|source| Error::read(&self.path, source))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.buffer.len() as u64 == LONGEST {
                return Err(self.line_error("the line does not end".to_owned(), "a text file with line ends"));
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        match std::str::from_utf8(&self.buffer) {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(self.line_error("this is no text".to_owned(), "UTF-8 text")),
        }
    }

    /// Whether the first character that is not blank is `{`; reads nothing away but blank lines.
    pub(crate) fn starts_with_brace(&mut self) -> Result<bool, Error> {
        loop {
            let start = self.reader.fill_buf().map_err(|source| Error::read(&self.path, source))?;
            let blank = start.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank < start.len() || start.is_empty() {
                return Ok(start.get(blank) == Some(&b'{'));
            }
            self.number += start[..blank].split(|&byte| byte == b'\n').count() as u64 - 1;
            self.reader.consume(blank);
        }
    }

    /// Number of the line that was read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn line_error(&self, problem: String, expected: &'static str) -> Error {
        Error::Line { path: self.path.clone(), line: self.number, problem, expected }
    }

    pub(crate) fn json_error(&self, source: serde_json::Error, expected: &'static str) -> Error {
        Error::Json { path: self.path.clone(), line: self.number, expected, source }
    }
}

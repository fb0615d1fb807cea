//! `seqinfo.ini`, what a `MOTChallenge` sequence says about itself.

use std::path::Path;

use crate::Error;

/// What of it is used here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SeqInfo {
    /// Number of frames.
    pub length: Option<u64>,
    /// Frames a second.
    pub frame_rate: Option<f64>,
    /// Width of the picture in pixels.
    pub width: Option<usize>,
    /// Height of the picture in pixels.
    pub height: Option<usize>,
}

const EXPECTED: &str = "a number above 0";

impl SeqInfo {
    /// Reads `folder/seqinfo.ini`; nothing is known where there is none.
    ///
    /// # Errors
    /// When it cannot be read, and by the line for a number that is none.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("seqinfo.ini");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).map_err(|(line, problem)| Error::Line {
                path,
                line,
                problem,
                expected: EXPECTED,
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::read(&path, error)),
        }
    }

    fn parse(text: &str) -> Result<Self, (u64, String)> {
        let mut info = Self::default();
        for (line, text) in (1..).zip(text.lines()) {
            let Some((key, value)) = text.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            let wrong = || (line, format!("{key} is {value:?}"));
            let whole = || value.parse().ok().filter(|&n: &u64| n > 0).ok_or_else(wrong);
            if key.eq_ignore_ascii_case("seqLength") {
                info.length = Some(whole()?);
            } else if key.eq_ignore_ascii_case("imWidth") {
                info.width = Some(whole()? as usize);
            } else if key.eq_ignore_ascii_case("imHeight") {
                info.height = Some(whole()? as usize);
            } else if key.eq_ignore_ascii_case("frameRate") {
                let rate = value.parse().ok().filter(|&n: &f64| n > 0.0 && n.is_finite());
                info.frame_rate = Some(rate.ok_or_else(wrong)?);
            }
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests {
    use super::SeqInfo;

    #[test]
    fn length_and_rate_are_read() {
        let text =
            "[Sequence]\r\nname=A\r\nframeRate = 14\r\nseqlength=600\r\nimWidth=640\r\nimHeight=480\r\n";
        let info = SeqInfo::parse(text).unwrap();
        let (width, height) = (Some(640), Some(480));
        assert_eq!(info, SeqInfo { length: Some(600), frame_rate: Some(14.0), width, height });
        assert_eq!(SeqInfo::parse("").unwrap(), SeqInfo::default());
        let error = SeqInfo::parse("[Sequence]\nseqLength=many").unwrap_err();
        assert_eq!(error, (2, "seqLength is \"many\"".to_owned()));
    }
}

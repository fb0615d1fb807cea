//! `seqinfo.ini`, what a MOTChallenge sequence says about itself.

use std::path::Path;

use anyhow::Context as _;

/// What of it is used here.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SeqInfo {
    /// Number of frames.
    pub(super) length: Option<u64>,
    /// Frames a second.
    pub(super) frame_rate: Option<f64>,
}

impl SeqInfo {
    /// Reads `folder/seqinfo.ini`; nothing is known where there is none.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("seqinfo.ini");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).with_context(|| format!("reading {}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut info = Self::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let (key, value) = (key.trim(), value.trim());
            let wrong = || format!("{key}={value}: expected a number above 0");
            if key.eq_ignore_ascii_case("seqLength") {
                let length = value.parse().ok().filter(|&n: &u64| n > 0);
                info.length = Some(length.with_context(wrong)?);
            } else if key.eq_ignore_ascii_case("frameRate") {
                let rate = value.parse().ok().filter(|&n: &f64| n > 0.0 && n.is_finite());
                info.frame_rate = Some(rate.with_context(wrong)?);
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
        let info = SeqInfo::parse("[Sequence]\r\nname=A\r\nframeRate = 14\r\nseqlength=600\r\n").unwrap();
        assert_eq!(info, SeqInfo { length: Some(600), frame_rate: Some(14.0) });
        assert_eq!(SeqInfo::parse("").unwrap(), SeqInfo::default());
        let error = SeqInfo::parse("seqLength=many").unwrap_err().to_string();
        assert_eq!(error, "seqLength=many: expected a number above 0");
    }
}

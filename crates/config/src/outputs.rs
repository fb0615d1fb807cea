//! What a run writes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use footfall_private::LocalPath;
use serde::Deserialize;

use crate::NamedSource;

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outputs {
    /// The annotated video.
    pub video: Option<LocalPath>,
    /// Tracks, as MOT text or JSON lines by the file's name.
    pub tracks: Option<LocalPath>,
    /// Crossings and visits, as JSON lines.
    pub crossings: Option<LocalPath>,
    /// Boxes of the detector's, as JSON lines.
    pub detections: Option<LocalPath>,
    /// All that the tracker is given, for replaying.
    pub record: Option<LocalPath>,
    /// The summary, as JSON.
    pub summary: Option<LocalPath>,
}

impl Outputs {
    /// The files of each of `sources`, by their names.
    ///
    /// # Errors
    ///
    /// Where several sources would all write to standard output.
    pub fn of(&self, sources: &[NamedSource]) -> anyhow::Result<Vec<Self>> {
        let several = sources.len() > 1;
        let own = |path: &Option<LocalPath>, source: &NamedSource, ending: &str| match path {
            Some(path) if several && **path == *Path::new("-") => {
                bail!("- takes one source only: name a file or a folder, and each source has its own there")
            }
            Some(path) => Ok(Some(of_source(path, &source.file_stem(), ending, several).into())),
            None => Ok(None),
        };
        let files = |source: &NamedSource| {
            Ok(Self {
                video: own(&self.video, source, "mp4")?,
                tracks: own(&self.tracks, source, "txt")?,
                detections: own(&self.detections, source, "jsonl")?,
                record: own(&self.record, source, "ffrec")?,
                ..self.clone()
            })
        };
        sources.iter().map(files).collect()
    }

    /// Makes the folders in which each of several sources has its files.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be made.
    pub fn make_folders(&self, sources: &[NamedSource]) -> anyhow::Result<()> {
        let Self { video, tracks, detections, record, crossings: _, summary: _ } = self;
        let own = [video, tracks, detections, record].into_iter().flatten();
        for folder in own.filter(|path| sources.len() > 1 && is_named_as_folder(path)) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        }
        Ok(())
    }
}

fn is_named_as_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR)
}

/// Where `path` leads for the source called `name`: {source} is replaced by the name; of several sources,
/// in a folder the file is called by it, and else it goes before the ending.
fn of_source(path: &Path, name: &str, ending: &str, several: bool) -> PathBuf {
    let text = path.to_string_lossy();
    if text.contains("{source}") {
        return text.replace("{source}", name).into();
    }
    if !several {
        return path.to_owned();
    }
    if is_named_as_folder(path) || path.is_dir() {
        return path.join(format!("{name}.{ending}"));
    }
    let given = path.extension().map_or_else(|| ending.into(), |given| given.to_string_lossy());
    path.with_extension(format!("{name}.{given}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::of_source;

    #[test]
    fn each_of_several_sources_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = |text: &str, several| {
            let path = of_source(&folder.path().join(text), "front", "txt", several);
            path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(path("tracks.txt", false), "tracks.txt");
        assert_eq!(path("tracks.txt", true), "tracks.front.txt");
        assert_eq!(path("tracks", true), "tracks.front.txt");
        assert_eq!(path("new/", true), "new/front.txt");
        std::fs::create_dir(folder.path().join("new")).unwrap();
        assert_eq!(path("new", true), "new/front.txt", "a folder that is there needs no slash");
        for several in [false, true] {
            assert_eq!(path("{source}-1.txt", several), "front-1.txt");
        }
        assert_eq!(of_source(Path::new("a.b/c.d.txt"), "x", "txt", true), Path::new("a.b/c.d.x.txt"));
    }
}

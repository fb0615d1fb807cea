//! The folder that is made: identities' folders, `crops.csv` and `manifest.json`.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use footfall_scratch::{Privacy, ScratchFolder};

use crate::screen::Sighting;
use crate::{Error, Manifest};

const HEADER: &str = "track,frame,time,x,y,width,height,confidence,overlap,sharpness,decision,file\n";

/// A folder under a temporary name beside the final one, which it takes when it is complete. Dropped
/// before that, it leaves nothing. It shows people, so it is for this user alone.
pub(crate) struct Album {
    path: PathBuf,
    folder: ScratchFolder,
    list: BufWriter<File>,
}

impl Album {
    /// Starts the folder `path`, which must not exist or be empty.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        refuse_existing(path)?;
        let folder = ScratchFolder::beside(path, Privacy::Private).map_err(Error::write(path))?;
        let list = private(&folder.path().join("crops.csv")).map_err(Error::write(path.join("crops.csv")))?;
        let mut album = Self { path: path.to_owned(), folder, list: BufWriter::new(list) };
        album.line(HEADER)?;
        Ok(album)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a crop's file, `name` within the folder.
    pub(crate) fn put(&self, name: &Path, bytes: &[u8]) -> Result<(), Error> {
        let file = self.folder.path().join(name);
        let folder = file.parent().unwrap_or(self.folder.path());
        let write = || {
            let mut folders = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
            folders.recursive(true).create(folder)?;
            private(&file)?.write_all(bytes)
        };
        let written = write();
        written.map_err(Error::write(self.path.join(name)))
    }

    /// Notes what became of a sighting; `file` is empty where it was left out.
    pub(crate) fn note(
        &mut self,
        track: u64,
        sighting: &Sighting,
        decision: &str,
        file: &str,
    ) -> Result<(), Error> {
        let Sighting { frame, time, bbox, confidence, overlap, sharpness } = sighting;
        let sharpness = sharpness.map_or_else(String::new, |value| format!("{value:.1}"));
        let (x, y, width, height) = (bbox.x, bbox.y, bbox.width, bbox.height);
        let time = time.as_secs_f64();
        self.line(&format!(
            "{track},{frame},{time:.3},{x:.1},{y:.1},{width:.1},{height:.1},{confidence:.3},{overlap:.3},{sharpness},{decision},{file}\n"
        ))
    }

    fn line(&mut self, text: &str) -> Result<(), Error> {
        self.list.write_all(text.as_bytes()).map_err(Error::write(self.path.join("crops.csv")))
    }

    /// Gives the folder its name.
    pub(crate) fn finish(mut self, manifest: &Manifest) -> Result<(), Error> {
        let text =
            serde_json::to_string_pretty(manifest).map_err(|error| Error::write(&self.path)(error.into()))?;
        self.put(Path::new("manifest.json"), (text + "\n").as_bytes())?;
        self.list.flush().map_err(Error::write(self.path.join("crops.csv")))?;
        refuse_existing(&self.path)?;
        self.folder.persist(&self.path).map_err(Error::write(&self.path))
    }
}

/// A new file that only this user may read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(true).open(path)
}

fn refuse_existing(path: &Path) -> Result<(), Error> {
    let exists = || Error::Exists { path: path.to_owned() };
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| Err(exists())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Err(exists()),
        Err(error) => Err(Error::write(path)(error)),
    }
}

//! The folder that is made: identities' folders, `crops.csv` and `manifest.json`.

use std::fs::{self, File, Permissions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::screen::Sighting;
use crate::{Error, Manifest};

const HEADER: &str = "track,frame,time,x,y,width,height,confidence,overlap,sharpness,decision,file\n";

/// A folder under a temporary name beside the final one, which it takes when it is complete. Dropped
/// before that, it leaves nothing.
pub(crate) struct Album {
    path: PathBuf,
    folder: TempDir,
    list: BufWriter<File>,
}

impl Album {
    /// Starts the folder `path`, which must not exist or be empty.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        refuse_existing(path)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_owned();
        let mut builder = tempfile::Builder::new();
        builder.prefix(&name).suffix(".partial");
        // The system's umask still applies; a temporary folder's own default would be private.
        #[cfg(unix)]
        builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777));
        let folder = builder.tempdir_in(parent).map_err(|error| {
            let plain =
                error.get_ref().and_then(|e| e.source()).and_then(|e| e.downcast_ref::<std::io::Error>());
            let code = plain.and_then(std::io::Error::raw_os_error);
            Error::write(path)(code.map_or(error, std::io::Error::from_raw_os_error))
        })?;
        let list =
            File::create(folder.path().join("crops.csv")).map_err(Error::write(path.join("crops.csv")))?;
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
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, bytes));
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
        // An empty folder that is there is replaced.
        fs::rename(self.folder.path(), &self.path).map_err(Error::write(&self.path))?;
        // Nothing is under the temporary name any more.
        let _ = self.folder.keep();
        Ok(())
    }
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

//! Sets of people's crops: one folder an identity, as a folder or as a tar archive of it.

mod listing;
mod naming;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

pub use naming::Naming;

use crate::Error;
use listing::Place;

/// One picture of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Index into [`CropSet::identities`].
    pub identity: u32,
    /// Its path within the set.
    pub path: PathBuf,
    /// Which camera saw it, where its name tells.
    pub camera: Option<u32>,
    place: Place,
}

/// The pictures of `SET/IDENTITY/IMAGE`, sorted by path.
#[derive(Clone, Debug)]
pub struct CropSet {
    path: PathBuf,
    identities: Vec<String>,
    crops: Vec<Crop>,
    naming: Naming,
    /// Pictures that were passed over: neither a person nor anything else.
    junk: usize,
}

impl CropSet {
    /// Lists a set, and reads cameras from names by `naming`, or by what [`Naming::of`] finds.
    ///
    /// A folder at any depth is an identity if pictures lie in it. Hidden files, and those that do not
    /// end like a picture (.jpg, .jpeg, .png, .bmp, .webp), are passed over. With Market-1501's names, so is its
    /// junk, the folder `-1`, and the folder `0000` has [distractors](Self::is_distractor).
    ///
    /// # Errors
    /// When the set cannot be read, has no pictures, has pictures outside of identities' folders, or
    /// two identities' folders share a name.
    pub fn open(path: &Path, naming: Option<Naming>) -> Result<Self, Error> {
        let listed = listing::list(path)?;
        let naming = naming.unwrap_or_else(|| Naming::of(listed.iter().map(|(path, _)| path.as_path())));
        let (mut identities, mut crops) = (Vec::<String>::new(), Vec::new());
        let mut folders = Vec::<PathBuf>::new();
        let mut junk = 0;
        for (inner, place) in listed {
            let folder = inner.parent().unwrap_or(Path::new("")).to_owned();
            if naming.is_junk(&folder) {
                junk += 1;
                continue;
            }
            if folders.last() != Some(&folder) {
                identities.push(identity_name(path, &folder, &inner)?);
                folders.push(folder);
            }
            let identity = identities.len() as u32 - 1;
            crops.push(Crop { identity, camera: naming.camera(&inner), path: inner, place });
        }
        if crops.is_empty() {
            return Err(Error::NoCrops { path: path.to_owned() });
        }
        refuse_twins(path, &identities, &folders)?;
        Ok(Self { path: path.to_owned(), identities, crops, naming, junk })
    }

    /// The set without its distractors; how many pictures they were.
    ///
    /// # Errors
    /// When nothing else is in it.
    pub fn without_distractors(mut self) -> Result<(Self, usize), Error> {
        let count = self.crops.len();
        // Identities keep their numbers: one without a crop is nobody.
        let is_person = |crop: &Crop| !self.naming.is_distractor(&self.identities[crop.identity as usize]);
        self.crops = self.crops.iter().filter(|crop| is_person(crop)).cloned().collect();
        if self.crops.is_empty() {
            return Err(Error::NoCrops { path: self.path });
        }
        let left_out = count - self.crops.len();
        Ok((self, left_out))
    }

    /// How many pictures of Market-1501's folder `-1` were passed over.
    #[must_use]
    pub fn junk(&self) -> usize {
        self.junk
    }

    /// Whether a picture shows no person, or no one in particular: it is there to be mistaken for somebody, and
    /// is nobody to be looked for.
    #[must_use]
    pub fn is_distractor(&self, crop: &Crop) -> bool {
        self.naming.is_distractor(&self.identities[crop.identity as usize])
    }

    /// Where the set is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the identities' folders.
    #[must_use]
    pub fn identities(&self) -> &[String] {
        &self.identities
    }

    /// The pictures, those of one identity behind each other.
    #[must_use]
    pub fn crops(&self) -> &[Crop] {
        &self.crops
    }

    /// How names were read.
    #[must_use]
    pub fn naming(&self) -> Naming {
        self.naming
    }

    /// The picture as a person can find it.
    #[must_use]
    pub fn full_path(&self, crop: &Crop) -> PathBuf {
        self.path.join(&crop.path)
    }

    /// The bytes of a picture's file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&self, crop: &Crop) -> Result<Vec<u8>, Error> {
        let failed = |source| Error::read(&self.full_path(crop), source);
        match crop.place {
            Place::File => std::fs::read(self.full_path(crop)).map_err(failed),
            Place::Archive { position, size } => {
                let mut file = File::open(&self.path).map_err(failed)?;
                file.seek(SeekFrom::Start(position)).map_err(failed)?;
                let mut bytes = Vec::new();
                file.take(size).read_to_end(&mut bytes).map_err(failed)?;
                Ok(bytes)
            }
        }
    }
}

/// The name of the identity whose pictures lie in `folder` (within the set).
fn identity_name(set: &Path, folder: &Path, picture: &Path) -> Result<String, Error> {
    let name = folder
        .file_name()
        .ok_or_else(|| Error::LooseCrop { set: set.to_owned(), picture: picture.to_owned() })?;
    Ok(name.to_string_lossy().into_owned())
}

/// Two folders of one name, in different places, may or may not be one person: the user must say.
fn refuse_twins(set: &Path, identities: &[String], folders: &[PathBuf]) -> Result<(), Error> {
    let mut order: Vec<usize> = (0..identities.len()).collect();
    order.sort_by_key(|&index| &identities[index]);
    let twins = order.windows(2).find(|pair| identities[pair[0]] == identities[pair[1]]);
    match twins {
        None => Ok(()),
        Some(pair) => Err(Error::TwinIdentities {
            set: set.to_owned(),
            one: folders[pair[0]].clone(),
            other: folders[pair[1]].clone(),
        }),
    }
}

#[cfg(test)]
mod tests;

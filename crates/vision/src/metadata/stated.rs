//! What is said about a network without opening it.

use std::path::Path;

use super::{Layers, Metadata, Statement};
use crate::Error;

/// Greatest cosine distances that counting goes by, as options and the file beside an embedder state them: of two
/// tracks of one person, of one visitor, and from a look that was enrolled. `None` stands for what is not stated.
///
/// # Errors
/// When the file beside it cannot be read or understood.
pub fn counting_distances(network: &Path, options: &[Statement]) -> Result<[Option<f64>; 3], Error> {
    let layers = Layers::of(network, options)?;
    let read = Metadata::read(|key| layers.get(key, |_| None));
    let metadata = read.map_err(|source| Error::Model { path: network.to_path_buf(), source })?;
    Ok(metadata.counting)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::counting_distances;
    use crate::beside;

    #[test]
    fn distances_stand_in_the_file_beside() {
        let folder = tempfile::tempdir().unwrap();
        let network = folder.path().join("own.onnx");
        assert_eq!(counting_distances(&network, &[]).unwrap(), [None; 3]);
        fs::write(beside(&network), "join_distance = 0.5\nstaff_distance = 0.25\n").unwrap();
        assert_eq!(counting_distances(&network, &[]).unwrap(), [Some(0.5), None, Some(0.25)]);
        let options = ["join_distance=0.75".parse().unwrap()];
        assert_eq!(counting_distances(&network, &options).unwrap(), [Some(0.75), None, Some(0.25)]);
        fs::write(beside(&network), "join_distance = 3\n").unwrap();
        assert!(counting_distances(&network, &[]).is_err());
    }
}

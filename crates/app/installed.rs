//! Where things are on a machine on which a package has set the service up.

use std::path::{Path, PathBuf};

/// The configuration of the service.
const CONFIG: &str = "/etc/footfall/footfall.toml";
/// The folder of the service alone: ledger and pictures.
const STATE: &str = "/var/lib/footfall";

/// The service's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) config: PathBuf,
    pub(crate) state: PathBuf,
}

impl Service {
    /// Of this machine, for root: nobody else may set it up.
    pub(crate) fn of_this_machine() -> Option<Self> {
        #[cfg(unix)]
        if rustix::process::geteuid().is_root() {
            return Self::below(Path::new("/"));
        }
        None
    }

    fn below(root: &Path) -> Option<Self> {
        let at = |path: &str| root.join(path.trim_start_matches('/'));
        let found = Self { config: at(CONFIG), state: at(STATE) };
        (found.config.parent().is_some_and(Path::is_dir) && found.state.is_dir()).then_some(found)
    }

    /// Whether `config` is this service's.
    pub(crate) fn has(&self, config: &Path) -> bool {
        footfall_scratch::is_same(&self.config, config)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Service;

    #[test]
    fn a_service_has_a_folder_for_its_configuration_and_one_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc/footfall")).unwrap();
        assert_eq!(Service::below(root.path()), None);
        fs::create_dir_all(root.path().join("var/lib/footfall")).unwrap();
        let service = Service::below(root.path()).unwrap();
        assert_eq!(service.config, root.path().join("etc/footfall/footfall.toml"));
        fs::write(&service.config, "").unwrap();
        assert!(service.has(&root.path().join("etc/../etc/footfall/footfall.toml")));
        assert!(!service.has(&root.path().join("footfall.toml")));
    }
}

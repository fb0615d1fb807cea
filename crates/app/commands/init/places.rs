//! Where the files of a new configuration go.

use std::path::{Path, PathBuf};

use footfall_config::Config;

use crate::installed::Service;

/// The configuration, the pictures and the ledger.
pub(super) struct Places {
    pub(super) output: PathBuf,
    /// The picture as it is, and with the line drawn.
    pub(super) plain: PathBuf,
    pub(super) drawn: PathBuf,
    pub(super) ledger: PathBuf,
    /// Whether it is the service's configuration.
    is_service: bool,
}

/// The configuration that is meant: the service's on a machine that has one, else `footfall.toml` here.
pub(super) fn configuration(output: Option<&Path>) -> PathBuf {
    Places::new(output, "").output
}

impl Places {
    /// Beside the configuration; those of the service in its own folder, which holds what it counts and sees.
    pub(super) fn new(output: Option<&Path>, name: &str) -> Self {
        Self::with(output, name, Service::of_this_machine())
    }

    fn with(output: Option<&Path>, name: &str, service: Option<Service>) -> Self {
        let service = service.filter(|service| output.is_none_or(|output| service.has(output)));
        let usual = service.as_ref().map_or_else(|| PathBuf::from("footfall.toml"), |s| s.config.clone());
        let output = output.map_or(usual, Path::to_owned);
        let beside = output.parent().unwrap_or(Path::new("")).to_owned();
        let folder = service.as_ref().map_or(beside, |service| service.state.clone());
        Self {
            plain: folder.join(format!("{name}.jpg")),
            drawn: folder.join(format!("{name}-line.jpg")),
            ledger: folder.join(format!("{name}.db")),
            output,
            is_service: service.is_some(),
        }
    }

    /// How the configuration names a file: by its name alone where it lies beside it.
    pub(super) fn named(&self, file: &Path) -> String {
        let name = file.file_name().filter(|_| file.parent() == self.output.parent());
        name.unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
    }

    /// Whether that is the service's configuration as the package has brought it, which names no source yet.
    pub(super) fn is_template(&self, file: &Path) -> bool {
        let names_none = |config: Config| config.source.list.is_empty();
        self.is_service && file == self.output && Config::load(Some(file)).is_ok_and(names_none)
    }

    /// What to do now.
    pub(super) fn next(&self, is_live: bool) -> String {
        let (drawn, output) = (self.drawn.display(), self.output.display());
        if !self.is_service {
            return format!("next: look at {drawn}, then footfall run --config {output}\n");
        }
        let page = if is_live {
            format!(
                "; then the page is at http://{}/, where lines can be moved",
                footfall_serve::Config::LOCAL
            )
        } else {
            String::new()
        };
        format!("next: look at {drawn}, then systemctl restart footfall{page}\n")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::Places;
    use crate::installed::Service;

    #[test]
    fn files_lie_beside_the_configuration() {
        let places = Places::with(Some(Path::new("shop/door.toml")), "cam", None);
        assert_eq!(places.ledger, Path::new("shop/cam.db"));
        assert_eq!(
            (places.named(&places.plain), places.named(&places.ledger)),
            ("cam.jpg".into(), "cam.db".into())
        );
        assert_eq!(Places::with(None, "cam", None).output, Path::new("footfall.toml"));
    }

    #[test]
    fn those_of_the_service_lie_in_its_own_folder() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("etc")).unwrap();
        let service = Service { config: at("etc/footfall.toml"), state: at("state") };
        fs::write(&service.config, "# nothing yet\n[serve]\n").unwrap();
        let places = Places::with(None, "cam", Some(service.clone()));
        assert_eq!(places.output, service.config);
        assert_eq!(places.named(&places.ledger), at("state/cam.db").to_str().unwrap());
        assert!(places.is_template(&service.config) && !places.is_template(&places.plain));
        assert!(places.next(true).contains("systemctl restart footfall"));
        fs::write(&service.config, "[[source]]\nname = \"a\"\nurl = \"0\"\n").unwrap();
        assert!(!places.is_template(&service.config), "somebody's own");
        let own = Places::with(Some(Path::new("own.toml")), "cam", Some(service));
        assert_eq!(own.ledger, Path::new("cam.db"));
        assert!(!own.next(true).contains("systemctl"));
    }
}

//! One rule for all paths in a configuration: they begin in the folder that the file is in.
//!
//! Each part is taken apart whole, so that a new setting is in here or does not compile.

use std::path::Path;

use anyhow::bail;
use footfall_private::{LocalPath, Place, Secret};
use footfall_serve::{Config as ServeConfig, PublishConfig};

use crate::LedgerConfig;
use crate::RememberConfig;
use crate::StaffConfig;
use crate::models::{is_embedder_name, is_name};
use crate::{Config, NetworkConfig, Outputs, SourceEntry, Sources};

impl Config {
    /// Every path that is relative is so to `folder` from now on.
    ///
    /// # Errors
    /// When the ledger is not there but where the program was started, as it used to be looked for: a new one in its
    /// place would look as if everything was lost.
    pub(crate) fn begin_in(&mut self, folder: &Path) -> anyhow::Result<()> {
        let Self {
            networks,
            source,
            detector: _,
            embedder: _,
            tracker: _,
            counter: _,
            staff,
            remember,
            site: _,
            overlay: _,
            health: _,
            pipeline: _,
            outputs,
            ledger,
            evidence,
            opening: _,
            hours: _,
            serve,
            publish,
            lines: _,
            zones: _,
            masks: _,
            set_in_tracker: _,
            set_distances: _,
        } = self;
        let NetworkConfig { device: _, detector, embedder, runtime, no_embedder: _ } = networks;
        let StaffConfig { gallery, max_cosine_distance: _ } = staff;
        let Outputs { video, tracks, crossings, detections, record, summary } = outputs;
        let LedgerConfig {
            file,
            retention: _,
            remove_unsent: _,
            removed_lines: _,
            start_time: _,
            recount: _,
        } = ledger;
        let Sources { options, list } = source;
        for entry in list {
            let SourceEntry { name: _, url, anchor: _, layout: _, windows: _, reference, hours: _, options } =
                entry;
            place(url, folder);
            reference.iter_mut().chain(&mut options.login_file).for_each(|path| begin(path, folder));
        }
        if let Some(file) = file.as_deref().filter(|file| file.exists() && !folder.join(file).exists()) {
            bail!(
                "ledger.file is {} in the folder of the configuration, where there is none, and one of that name is in the \
                 folder where this was started: move it with the files beside it, or name it by its whole path",
                folder.join(file).display()
            );
        }
        let detector = detector.as_mut().filter(|file| !is_name(file));
        let embedder = embedder.as_mut().filter(|file| !is_embedder_name(file));
        let own = [runtime, gallery, video, tracks, crossings, detections, record, summary, file];
        let RememberConfig { file: visitors, key: sealed } = remember;
        let visitors = visitors.iter_mut().chain(sealed.as_mut().and_then(file_of));
        let kept = evidence.folder.iter_mut().chain(evidence.key.as_mut().and_then(file_of)).chain(visitors);
        let own = own
            .into_iter()
            .flatten()
            .chain(kept)
            .chain(detector)
            .chain(embedder)
            .chain(&mut options.login_file);
        own.chain(of_page(serve)).chain(of_publishers(publish)).for_each(|path| begin(path, folder));
        Ok(())
    }
}

fn of_page(serve: &mut ServeConfig) -> impl Iterator<Item = &mut LocalPath> {
    serve.tls.iter_mut().flat_map(|tls| [&mut tls.certificate, &mut tls.key])
}

fn of_publishers(publish: &mut PublishConfig) -> impl Iterator<Item = &mut LocalPath> {
    let PublishConfig { mqtt, webhooks, nats, office, mail, alerts: _ } = publish;
    let (mut keys, mut authority) = (Vec::new(), None);
    if let Some(office) = office {
        keys.extend(office.key.iter_mut().chain(&mut office.password));
        authority = office.authority.as_mut();
    }
    let passwords = mqtt.iter_mut().filter_map(|mqtt| mqtt.password.as_mut());
    let passwords = passwords.chain(nats.iter_mut().filter_map(|nats| nats.password.as_mut()));
    let passwords = passwords.chain(mail.iter_mut().filter_map(|mail| mail.password.as_mut()));
    let secrets = passwords.chain(webhooks.iter_mut().map(|hook| &mut hook.secret));
    secrets.chain(keys).filter_map(file_of).chain(authority)
}

/// The file that a secret is in.
fn file_of(secret: &mut Secret) -> Option<&mut LocalPath> {
    match secret {
        Secret::File { file } => Some(file),
        Secret::Here(_) | Secret::Env { .. } => None,
    }
}

/// `-` is stdin or stdout.
fn begin(path: &mut LocalPath, folder: &Path) {
    if **path != *Path::new("-") {
        *path = path.within(folder);
    }
}

/// A source that is a file or a folder: whatever is no camera's number and no address.
fn place(place: &mut Place, folder: &Path) {
    let text = place.reveal();
    let is_path =
        !text.contains(":/") && !text.starts_with("${") && !text.bytes().all(|b| b.is_ascii_digit());
    if is_path {
        *place = folder.join(text).to_string_lossy().into_owned().into();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::Config;

    #[test]
    fn paths_begin_where_the_file_is() {
        let text = "
            [networks]
            detector = 'd.onnx'
            [ledger]
            file = 'shop.db'
            [outputs]
            tracks = '/var/t.txt'
            crossings = '-'
            [serve.tls]
            certificate = 'c.pem'
            key = 'sub/c.key'
            [publish.mqtt]
            url = 'mqtt://a'
            password = { file = 'word' }
            [[source]]
            name = 'front'
            url = 'clips/a.mp4'
            reference = 'front.jpg'
            login_file = 'login'
            [[source]]
            name = 'back'
            url = 'rtsp://cam/1'
            [[source]]
            name = 'own'
            url = '0'
        ";
        let mut config = Config::parse(text).unwrap();
        config.begin_in(Path::new("/etc/shop")).unwrap();
        let path = |path: &Option<footfall_private::LocalPath>| path.as_ref().unwrap().display().to_string();
        assert_eq!(path(&config.networks.detector), "/etc/shop/d.onnx");
        assert_eq!(path(&config.ledger.file), "/etc/shop/shop.db");
        assert_eq!(
            (path(&config.outputs.tracks), path(&config.outputs.crossings)),
            ("/var/t.txt".into(), "-".into())
        );
        assert_eq!(config.serve.tls.unwrap().key.display().to_string(), "/etc/shop/sub/c.key");
        let [front, back, own] = &config.source.list[..] else { panic!() };
        assert_eq!(front.url.reveal(), "/etc/shop/clips/a.mp4");
        assert_eq!((back.url.reveal(), own.url.reveal()), ("rtsp://cam/1", "0"));
        assert_eq!(path(&front.reference), "/etc/shop/front.jpg");
        assert_eq!(path(&front.options.login_file), "/etc/shop/login");
        let mut named = Config::parse("[networks]\ndetector = 'overhead'\nembedder = 'clean'\n").unwrap();
        named.begin_in(Path::new("/etc/shop")).unwrap();
        assert_eq!(path(&named.networks.detector), "overhead");
        assert_eq!(path(&named.networks.embedder), "clean");
        // Tests run in the folder of their crate.
        let mut left = Config::parse("[ledger]\nfile = 'Cargo.toml'\n").unwrap();
        let error = left.begin_in(Path::new("/etc/shop")).unwrap_err().to_string();
        assert!(error.contains("/etc/shop/Cargo.toml") && error.contains("move it"), "{error}");
        left.begin_in(Path::new("")).unwrap();
    }
}

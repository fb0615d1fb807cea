use std::fs;
use std::path::PathBuf;

use clap::Parser as _;
use footfall_config::NamedSource;
use footfall_count::{Layout, Line};
use footfall_serve::{Drawing, Saved, SetupError};
use footfall_site::{InForce, keep};

use crate::cli::{Cli, Command, RunArgs};
use crate::overrides;
use crate::sources::resolve;

/// A run with a configuration file that somebody changes, on the page and by hand.
struct Shop {
    _folder: tempfile::TempDir,
    path: PathBuf,
    args: RunArgs,
    sources: Vec<NamedSource>,
    in_force: InForce,
}

const SIZE: Option<(usize, usize)> = Some((768, 576));
const DOOR: &str = "[[line]]\nname = \"door\"\nfrom = [384, 576]\nto = [384, 0]\n";

impl Shop {
    fn open(text: &str, words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("footfall.toml");
        fs::write(&path, text).unwrap();
        let config = ["--config", path.to_str().unwrap()];
        let words = [&["footfall", "run"], words, &config].concat();
        let Command::Run(args) = Cli::try_parse_from(words).unwrap().command else { panic!("it is a run") };
        let sources = resolve(&args, &overrides::for_run(&args).unwrap()).unwrap();
        let in_force = InForce::new(&sources);
        Self { _folder: folder, path, args: *args, sources, in_force }
    }

    /// Draws these lines over a source, from what is in force there now.
    fn draw(&self, index: usize, lines: &[&str]) -> Saved {
        let now = self.in_force.drawing(index);
        let layout = Layout { lines: parsed(lines), ..now.layout };
        self.submit(index, Drawing { layout, ..now }).unwrap()
    }

    fn submit(&self, index: usize, drawing: Drawing) -> Result<Saved, SetupError> {
        let NamedSource { name, kept, .. } = &self.sources[index];
        let save = |was: &Layout, next: &Layout| keep(Some(&self.path), name, *kept, was, next);
        let mut applied = None;
        let drawn = self.in_force.draw(index, drawing, SIZE, save, |layout| applied = Some(layout.clone()));
        assert_eq!(applied, drawn.as_ref().ok().map(|(drawing, _)| drawing.layout.clone()));
        drawn.map(|(_, saved)| saved)
    }

    /// The file is read again: what of each source is new then.
    fn read_again(&self) -> anyhow::Result<Vec<Vec<&'static str>>> {
        let sources = resolve(&self.args, &overrides::for_run(&self.args)?)?;
        let layouts = sources.iter().map(|source| &source.layout).enumerate();
        let configure = |(index, layout)| {
            let mut applied = None;
            let news = self.in_force.configure(index, layout, false, |layout| applied = Some(layout.clone()));
            assert_eq!(applied, (!news.is_empty()).then(|| layout.clone()), "only what is new");
            news
        };
        Ok(layouts.map(configure).collect())
    }

    fn lines(&self, index: usize) -> Vec<Line> {
        self.in_force.drawing(index).layout.lines
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }
}

fn parsed(lines: &[&str]) -> Vec<Line> {
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn what_the_page_has_saved_is_no_news_when_the_file_is_read_again() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    for lines in [&["front:384,576,384,0"][..], &["front:1,2,3,4", "back:5,6,7,8"], &["back:5,6,7,8"], &[]] {
        assert_eq!(shop.draw(0, lines), Saved::File);
        let revision = shop.in_force.drawing(0).revision;
        assert_eq!(shop.read_again().unwrap(), [Vec::<&str>::new()], "{lines:?}");
        assert_eq!(
            shop.in_force.drawing(0),
            Drawing { revision, layout: Layout { lines: parsed(lines), ..Layout::default() } }
        );
    }
}

#[test]
fn renaming_the_first_of_two_lines_lets_every_later_change_be_made() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    shop.draw(0, &["door:384,576,384,0", "till:1,2,3,4"]);
    shop.draw(0, &["entrance:384,576,384,0", "till:1,2,3,4"]);
    shop.read_again().unwrap();
    assert_eq!(shop.draw(0, &["entrance:384,570,384,0", "till:1,2,3,4"]), Saved::File);
}

#[test]
fn lines_of_the_command_line_stay_where_nobody_draws_and_what_is_drawn_stays_over_them() {
    let shop = Shop::open(DOOR, &["shop.mp4", "--line", "own:1,1,9,9"]);
    assert_eq!(shop.draw(0, &["drawn:2,2,8,8"]), Saved::Elsewhere, "at the next start --line says otherwise");
    assert_eq!(shop.text(), DOOR, "so the file's line is not lost for it");
    fs::write(&shop.path, format!("{DOOR}[counter]\ndead_band = 0.3\n")).unwrap();
    assert_eq!(shop.read_again().unwrap(), [Vec::<&str>::new()]);
    assert_eq!(shop.lines(0), parsed(&["drawn:2,2,8,8"]), "what else the file says takes nothing back");
}

#[test]
fn of_two_sources_that_the_file_does_not_know_one_does_not_get_the_others_lines() {
    let shop = Shop::open("", &["front=a.mp4", "back=b.mp4"]);
    assert_eq!(shop.draw(0, &["door:2,2,8,8"]), Saved::Elsewhere);
    shop.read_again().unwrap();
    assert_eq!((shop.lines(0), shop.lines(1)), (parsed(&["door:2,2,8,8"]), Vec::new()));
}

#[test]
fn what_is_drawn_over_another_source_than_the_files_does_not_get_to_those() {
    let own = "[[source]]\nname = \"front\"\nurl = \"a.mp4\"\n";
    let shop = Shop::open(own, &["other.mp4"]);
    assert_eq!(shop.draw(0, &["door:2,2,8,8"]), Saved::Elsewhere);
    assert_eq!(shop.text(), own);
}

#[test]
fn other_thresholds_are_brought_with_what_was_drawn_and_is_in_no_file() {
    let shop = Shop::open(DOOR, &["shop.mp4", "--line", "own:1,1,9,9"]);
    shop.draw(0, &["drawn:2,2,8,8"]);
    let mut applied = None;
    let configured = shop.sources[0].layout.clone();
    let news = shop.in_force.configure(0, &configured, true, |layout| applied = Some(layout.lines.clone()));
    assert_eq!((news.len(), applied), (0, Some(parsed(&["drawn:2,2,8,8"]))));
}

#[test]
fn of_two_sources_of_the_file_each_keeps_its_own_and_none_where_the_last_is_removed() {
    let two =
        "[[source]]\nname = \"front\"\nurl = \"a.mp4\"\n\n[[source]]\nname = \"back\"\nurl = \"b.mp4\"\n";
    let shop = Shop::open(&format!("{DOOR}\n{two}"), &[]);
    assert_eq!(shop.draw(1, &["yard:2,2,8,8"]), Saved::File);
    assert_eq!(shop.draw(1, &[]), Saved::File);
    assert_eq!(shop.read_again().unwrap(), [Vec::<&str>::new(), Vec::new()]);
    let anew = Shop::open(&shop.text(), &[]);
    assert_eq!((anew.lines(0).len(), anew.lines(1)), (1, Vec::new()), "not the file's again");
}

#[test]
fn a_broken_file_changes_nothing_and_what_was_drawn_meanwhile_is_not_lost() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    fs::write(&shop.path, "[[line]\n").unwrap();
    assert!(shop.read_again().is_err());
    assert_eq!(shop.lines(0), parsed(&["door:384,576,384,0"]));
    let now = shop.in_force.drawing(0);
    let refused = shop.submit(0, Drawing { layout: Layout::default(), ..now.clone() });
    assert!(matches!(refused, Err(SetupError::Save { .. })), "it cannot be saved to such a file");
    assert_eq!((shop.in_force.drawing(0), shop.text()), (now, "[[line]\n".to_owned()));
}

#[test]
fn who_draws_over_what_was_changed_by_hand_is_told() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    let before = shop.in_force.drawing(0);
    fs::write(&shop.path, DOOR.replace("576", "500")).unwrap();
    assert_eq!(shop.read_again().unwrap(), [vec!["lines"]]);
    assert_eq!(shop.lines(0), parsed(&["door:384,500,384,0"]));
    let current = before.revision + 1;
    let stale = shop.submit(0, before);
    assert!(matches!(stale, Err(SetupError::Stale { current: told }) if told == current), "{stale:?}");
}

#[test]
fn a_change_by_hand_that_was_not_read_yet_is_in_force_beside_what_is_drawn() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    let zone = "\n[[zone]]\nname = \"till\"\npoints = [[1, 1], [9, 1], [9, 9]]\n";
    fs::write(&shop.path, format!("{DOOR}{zone}")).unwrap();
    assert_eq!(shop.draw(0, &["door:380,576,384,0"]), Saved::File);
    assert_eq!(shop.read_again().unwrap(), [vec!["zones"]]);
    let now = shop.in_force.drawing(0).layout;
    assert_eq!((now.lines, now.zones.len()), (parsed(&["door:380,576,384,0"]), 1));
}

#[test]
fn whoever_listens_is_told_what_is_in_force_now_and_after_each_change() {
    let shop = Shop::open(DOOR, &["shop.mp4"]);
    let (tell, told) = std::sync::mpsc::channel();
    shop.in_force.listen(0, move |layout| tell.send(layout.lines.len()).unwrap());
    shop.draw(0, &["a:1,2,3,4", "b:5,6,7,8"]);
    shop.draw(0, &[]);
    shop.read_again().unwrap();
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 2, 0]);
}

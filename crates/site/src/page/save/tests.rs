use footfall_config::Config;
use footfall_count::{Layout, Line, Role};

use super::redrawn;

const NOTHING: Layout = Layout { lines: Vec::new(), zones: Vec::new(), masks: Vec::new() };

/// `text` with these lines, of which it had others.
fn with_lines(text: &str, source: &str, lines: &[Line]) -> String {
    let other = Layout { lines: vec!["other:0,0,1,1".parse().unwrap()], ..NOTHING };
    redrawn(text, source, &other, &Layout { lines: lines.to_vec(), ..NOTHING }).unwrap()
}

const TEXT: &str = "\
# my shop
[tracker] # as it was
max_cosine_distance = 0.3

# the front door
[[line]]
name = \"door\" # wide
from = [384.0, 576.0]
to = [384.0, 0.0]

[[line]]
name = \"back\"
from = [1.0, 2.0]
to = [3.0, 4.0]
";

#[test]
fn other_lines_and_comments_stay() {
    let lines = ["door:380,576,384,0".parse().unwrap(), "new \"one\":5,6,7,8.5".parse().unwrap()];
    let text = with_lines(TEXT, "clip", &lines);
    let expected = TEXT.replace("[384.0, 576.0]", "[380.0, 576.0]");
    let expected = expected.split("\n[[line]]\nname = \"back\"").next().unwrap();
    assert!(text.starts_with(expected), "{text}");
    assert!(!text.contains("back"), "{text}");
    let read: toml::Table = text.parse().unwrap();
    let names: Vec<_> =
        read["line"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["door", "new \"one\""]);
    assert_eq!(with_lines(&text, "clip", &lines), text, "once more changes nothing");
}

/// What is read from the file after each change is what was drawn, in its order: else the next change would be
/// taken for one that was made from something else.
#[test]
fn what_is_read_is_what_was_drawn() {
    let line = |text: &str| text.parse::<Line>().unwrap();
    let (door, back) = ("door:384,576,384,0", "back:1,2,3,4");
    let steps: [&[&str]; 9] = [
        &["front:384,576,384,0", back],
        &["front:380,570,384,0", back],
        &[back, "front:380,570,384,0"],
        &["gate:0,0,9,9,5,5", back, "front:380,570,384,0"],
        &["front:0,0,9,9,5,5", "gate:1,2,3,4", "back:380,570,384,0"],
        &["back:380,570,384,0"],
        &["a:380,570,384,0", "b:380,570,384,0"],
        &[],
        &[door, back],
    ];
    let mut was = Layout { lines: vec![line(door), line(back)], ..NOTHING };
    let mut text = TEXT.to_owned();
    for step in steps {
        let drawing = Layout { lines: step.iter().map(|text| line(text)).collect(), ..NOTHING };
        text = redrawn(&text, "clip", &was, &drawing).unwrap();
        assert_eq!(Config::parse(&text).unwrap().lines, drawing.lines, "{text}");
        was = drawing;
    }
    let renamed = Layout { lines: vec![line("front:384,576,384,0"), line(back)], ..NOTHING };
    let was = Layout { lines: vec![line(door), line(back)], ..NOTHING };
    let text = redrawn(TEXT, "clip", &was, &renamed).unwrap();
    assert_eq!(text, TEXT.replace("\"door\" # wide", "\"front\" # wide"), "nothing else has changed");
}

#[test]
fn what_a_line_is_for_is_written_where_it_is_no_entrance() {
    let text = TEXT.replace("name = \"back\"\n", "name = \"back\"\nrole = \"entrance\" # to the yard\n");
    let lines = Config::parse(&text).unwrap().lines;
    let was = Layout { lines: lines.clone(), ..NOTHING };
    let moved = vec![lines[0].clone().with_role(Role::Inner), "back:1,2,3,5".parse().unwrap()];
    let changed = redrawn(&text, "clip", &was, &Layout { lines: moved.clone(), ..NOTHING }).unwrap();
    assert!(changed.contains("role = \"inner\"") && changed.contains("# to the yard"), "{changed}");
    assert_eq!(Config::parse(&changed).unwrap().lines, moved);
    let now = Layout { lines: moved, ..NOTHING };
    let back = redrawn(&changed, "clip", &now, &was).unwrap();
    assert_eq!(back, text, "and is gone again");
}

#[test]
fn a_source_that_has_none_of_its_own_any_more_does_not_get_those_of_the_file() {
    let text = format!("{TEXT}\n[[source]]\nname = \"a\"\nurl = \"0\"\n");
    let of_file = Config::parse(&text).unwrap().lines;
    let (all, none) = (Layout { lines: of_file.clone(), ..NOTHING }, NOTHING);
    let without = redrawn(&text, "a", &all, &none).unwrap();
    let config = Config::parse(&without).unwrap();
    assert_eq!(
        (config.lines, config.source.list[0].layout.lines.as_deref()),
        (of_file.clone(), Some(&[][..]))
    );
    let again = redrawn(&without, "a", &none, &Layout { lines: of_file[..1].to_vec(), ..NOTHING }).unwrap();
    assert_eq!(Config::parse(&again).unwrap().source.list[0].layout.lines.as_deref(), Some(&of_file[..1]));
}

#[test]
fn a_file_without_lines_gets_them_and_loses_them() {
    let text = with_lines("[counter]\ndead_band = 0.2\n", "clip", &["a:1,2,3,4".parse().unwrap()]);
    assert!(text.starts_with("[counter]\ndead_band = 0.2\n") && text.contains("[[line]]"), "{text}");
    assert!(!with_lines(&text, "clip", &[]).contains("line"));
}

#[test]
fn a_source_of_the_file_has_its_own() {
    let text = "[[source]]\nname = \"a\"\nurl = \"0\"\n\n[[source]]\nname = \"b\"\nurl = \"1\"\n";
    let changed = with_lines(text, "b", &["door:1,2,3,4".parse().unwrap()]);
    let read: toml::Table = changed.parse().unwrap();
    assert!(read.get("line").is_none() && read["source"][0].get("line").is_none(), "{changed}");
    assert_eq!(read["source"][1]["line"][0]["name"].as_str(), Some("door"));
}

#[test]
fn zones_and_masks_are_kept_beside_what_was_written() {
    let text = "\
[[line]]
name = \"door\" # of glass
from = [384, 576]
to = [384, 0]

# the tills
[[zone]]
name = \"till\"
points = [[0.1, 0.2], [0.3, 0.2], [0.3, 0.5]] # by the window
relative = true

# the mirror
[[mask]]
points = [[1, 2], [3, 2], [3, 9]]
";
    let was = Layout {
        lines: vec!["door:384,576,384,0".parse().unwrap()],
        zones: vec!["till:10%,20%,30%,20%,30%,50%".parse().unwrap()],
        masks: vec!["1,2,3,2,3,9".parse().unwrap()],
    };
    assert_eq!(redrawn(text, "clip", &was, &was).unwrap(), text);
    let mut drawing = was.clone();
    drawing.zones.push("shelf:0,0,9,0,9,9".parse().unwrap());
    drawing.masks.push("0,0,5,0,5,5".parse().unwrap());
    let changed = redrawn(text, "clip", &was, &drawing).unwrap();
    let read: toml::Table = changed.parse().unwrap();
    assert_eq!(read["zone"][1]["points"][2][1].as_float(), Some(9.0), "{changed}");
    assert_eq!(
        (read["mask"].as_array().unwrap().len(), read["zone"][0]["relative"].as_bool()),
        (2, Some(true))
    );
    for kept in ["# of glass\nfrom = [384, 576]\n", "# the tills\n", "# by the window\n", "# the mirror\n"] {
        assert!(changed.contains(kept), "{kept} in {changed}");
    }
    let moved = Layout { zones: vec!["till:1,2,3,2,3,4".parse().unwrap()], masks: Vec::new(), ..was.clone() };
    let changed = redrawn(&changed, "clip", &drawing, &moved).unwrap();
    assert!(!changed.contains("relative") && !changed.contains("mirror") && !changed.contains("shelf"));
    assert!(changed.contains("# the tills\n"), "{changed}");
}

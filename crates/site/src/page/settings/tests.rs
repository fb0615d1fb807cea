use footfall_config::Config;
use footfall_serve::{Change, Role, TokenConfig};

use super::changed;

const TEXT: &str = "\
# my shop
[serve] # for the wall
address = \"127.0.0.1:8080\"

# at the glass door
[[source]]
name = \"front\" # wide
url = \"rtsp://me:hunter2@10.0.0.7/stream\" # upstairs
[[source.line]]
name = \"door\"
from = [1, 2]
to = [3, 4]
";

fn said(text: &str, change: &Change) -> String {
    changed(text, change).unwrap_err().to_string()
}

fn moved(address: &str) -> Change {
    Change::MoveSource { name: "front".into(), address: address.into() }
}

fn token(name: &str, role: Role) -> Change {
    Change::AddToken(TokenConfig { name: name.into(), role, sha256: "ab".repeat(32) })
}

#[test]
fn a_password_changes_and_all_else_stays() {
    let text = changed(TEXT, &moved("rtsp://me:other@10.0.0.7/stream")).unwrap();
    assert_eq!(text, TEXT.replace("hunter2", "other"));
    let text = changed(TEXT, &moved("rtsp://***@10.0.0.7/second")).unwrap();
    assert_eq!(text, TEXT.replace("/stream", "/second"), "*** is the login that it has");
    let elsewhere = said(TEXT, &moved("rtsp://***@10.0.0.8/stream"));
    assert!(elsewhere.contains("anew") && !elsewhere.contains("hunter2"), "{elsewhere}");
    for wrong in ["/etc/passwd", "file:///etc/passwd", "rtsp://", "", "rtsp://a b", "12345"] {
        assert!(said(TEXT, &moved(wrong)).contains("begins with"), "{wrong}");
    }
    let nowhere = Change::MoveSource { name: "back".into(), address: "0".into() };
    assert!(said(TEXT, &nowhere).contains("no source \"back\""));
}

#[test]
fn sources_come_and_go() {
    let add = |name: &str| Change::AddSource { name: name.into(), address: "rtsp://10.0.0.8/1".into() };
    let text = changed(TEXT, &add("back")).unwrap();
    assert!(text.starts_with(TEXT), "{text}");
    let config = Config::parse(&text).unwrap();
    assert_eq!((config.source.list.len(), config.source.list[1].layout.lines.as_ref()), (2, None));
    assert!(said(TEXT, &add("front")).contains("already"));
    let remove = |name: &str| Change::RemoveSource { name: name.into() };
    assert_eq!(changed(&text, &remove("back")).unwrap(), TEXT);
    assert!(said(TEXT, &remove("front")).contains("only source"));
    let of_all = format!("{TEXT}\n[[line]]\nname = \"a\"\nfrom = [1, 2]\nto = [3, 4]\n");
    let config = Config::parse(&changed(&of_all, &add("back")).unwrap()).unwrap();
    assert_eq!(
        config.source.list[1].layout.lines.as_deref(),
        Some(&[][..]),
        "nothing that was drawn elsewhere"
    );
    assert!(said("[source]\nread_timeout = 3.0\n", &add("back")).contains("where it was started"));
}

#[test]
fn alerts_come_and_go() {
    let alert = |value: serde_json::Value| Change::AddAlert(Box::new(serde_json::from_value(value).unwrap()));
    let full = alert(serde_json::json!({ "name": "full", "when": "occupancy", "above": 80 }));
    let text = changed(TEXT, &full).unwrap();
    assert!(text.starts_with(TEXT) && !text.contains("[publish]\n"), "{text}");
    let config = Config::parse(&text).unwrap();
    assert_eq!((config.publish.alerts.len(), config.publish.alerts[0].above), (1, Some(80)));
    assert!(said(&text, &full).contains("twice"));
    let none = alert(serde_json::json!({ "name": "x", "when": "nobody" }));
    assert!(said(TEXT, &none).contains("needs minutes"));
    let without = changed(&text, &Change::RemoveAlert { name: "full".into() }).unwrap();
    assert!(Config::parse(&without).unwrap().publish.alerts.is_empty(), "{without}");
}

#[test]
fn hours_are_set_by_day_and_all_else_stays() {
    let week = |mon: &str, tue: &str| {
        let mut week: [String; 7] = Default::default();
        (week[0], week[1]) = (mon.to_owned(), tue.to_owned());
        Change::SetHours(week)
    };
    let text = changed(TEXT, &week("09:00-18:30", "")).unwrap();
    assert!(text.contains("[hours]\nmon = \"09:00-18:30\"\n") && text.contains("# upstairs"), "{text}");
    let noted = text.replace("18:30\"", "18:30\" # Easter");
    let text = changed(&noted, &week("10:00-12:00, 13:00-18:00", "09:00-12:00")).unwrap();
    assert!(text.contains("mon = \"10:00-12:00, 13:00-18:00\" # Easter\ntue = "), "{text}");
    assert!(!changed(&text, &week("", "09:00-12:00")).unwrap().contains("mon"));
    assert!(said(TEXT, &week("nine", "")).contains("nine"));
}

#[test]
fn tokens_come_and_go_and_nobody_is_locked_out() {
    assert!(said(TEXT, &token("wall", Role::Read)).contains("make that first"));
    let one = changed(TEXT, &token("me", Role::Change)).unwrap();
    let two = changed(&one, &token("wall", Role::Read)).unwrap();
    assert!(two.contains("# for the wall") && two.contains("# upstairs"), "{two}");
    let names = |text: &str| -> Vec<_> {
        Config::parse(text).unwrap().serve.tokens.into_iter().map(|token| token.name).collect()
    };
    assert_eq!(names(&two), ["me", "wall"]);
    assert!(said(&two, &token("me", Role::Read)).contains("already"));
    let remove = |name: &str| Change::RemoveToken { name: name.into() };
    assert!(said(&two, &remove("me")).contains("make that first"));
    assert_eq!(names(&changed(&two, &remove("wall")).unwrap()), ["me"]);
    let open = one.replace("127.0.0.1", "0.0.0.0");
    assert!(said(&open, &remove("me")).contains("footfall token"), "strangers reach it");
}

//! The modules of the program: which ones import which, by their `use` statements and paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path, as in `commands`, `eval`, `mot`; the program's own is empty.
pub(crate) type Module = Vec<String>;

/// Which modules below `folder` import which others, tests left out.
pub(crate) fn imports(folder: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut files = BTreeMap::new();
    find(folder, &mut Vec::new(), &mut files);
    let modules: BTreeSet<Module> = files.keys().cloned().collect();
    let of = |(module, path): (&Module, &PathBuf)| {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let known = names(code).into_iter().filter_map(|name| resolve(module, &name, &modules));
        (module.clone(), known.filter(|other| other != module && !other.is_empty()).collect())
    };
    files.iter().map(of).collect()
}

fn find(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            module.push(name);
            find(&path, module, files);
            module.pop();
        } else if path.extension().is_some_and(|ending| ending == "rs") && name != "tests" {
            let is_folders_own = name == "mod" || name == "main";
            let own = module.iter().cloned().chain((!is_folders_own).then_some(name)).collect();
            files.insert(own, path);
        }
    }
}

/// Every path that begins with `crate`, `super` or `self`, with the branches of `use a::{b, c}` apart.
fn names(code: &str) -> Vec<Module> {
    let code: String = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut names = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                branches(&code[at..], &mut Vec::new(), &mut names);
            }
        }
    }
    names
}

/// Reads one path with its branches from the beginning of `text`; gives how much of it that was.
fn branches(text: &str, root: &mut Module, names: &mut Vec<Module>) -> usize {
    let depth = root.len();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if word > 0 {
            root.push(rest[..word].to_owned());
            at += word;
        } else if rest.starts_with('{') {
            at += 1;
            while !text[at..].starts_with('}') && at < text.len() {
                let skipped = text[at..].find(|c: char| c.is_alphanumeric() || c == '_' || c == '}');
                at += skipped.unwrap_or(text.len() - at);
                if !text[at..].starts_with('}') {
                    at += branches(&text[at..], root, names);
                }
            }
            at += 1;
        }
        if !text[at.min(text.len())..].starts_with("::") {
            break;
        }
        at += 2;
    }
    names.push(root.clone());
    root.truncate(depth);
    at
}

/// The module that a path leads to from within `module`.
fn resolve(module: &Module, name: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let mut path = match name.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => module.clone(),
        _ => module[..module.len().checked_sub(1)?].to_vec(),
    };
    for part in &name[1..] {
        if part == "super" {
            path.pop();
        } else {
            path.push(part.clone());
        }
    }
    while !path.is_empty() && !modules.contains(&path) {
        path.pop();
    }
    Some(path)
}

/// Groups of things that all lead to each other.
pub(crate) fn circles<T: Ord + Clone>(leads: &BTreeMap<T, BTreeSet<T>>) -> Vec<BTreeSet<T>> {
    let reached = |from: &T| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = open.pop() {
            for other in leads.get(&next).into_iter().flatten() {
                if seen.insert(other.clone()) {
                    open.push(other.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&T, BTreeSet<T>> = leads.keys().map(|from| (from, reached(from))).collect();
    let mut circles: Vec<BTreeSet<T>> = Vec::new();
    for (&from, to) in &all {
        let back = |other: &&T| all.get(other).is_some_and(|seen| seen.contains(from));
        let circle: BTreeSet<T> = to.iter().filter(back).cloned().collect();
        if !circle.is_empty() && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

#[test]
fn paths_are_found_in_uses_and_in_code() {
    let code = "use crate::a::{self, b::C, d};\nfn f() { super::g(); not_crate::h(); } // crate::comment";
    let names: BTreeSet<String> = names(code).into_iter().map(|name| name.join("::")).collect();
    let expected = ["crate::a", "crate::a::b::C", "crate::a::d", "crate::a::self", "super::g"];
    assert_eq!(names, expected.map(ToOwned::to_owned).into());
}

#[test]
fn a_circle_is_found() {
    let leads = [(1, vec![2]), (2, vec![3]), (3, vec![2, 4]), (4, vec![])];
    let leads = leads.into_iter().map(|(from, to)| (from, to.into_iter().collect())).collect();
    assert_eq!(circles(&leads), [BTreeSet::from([2, 3])]);
}

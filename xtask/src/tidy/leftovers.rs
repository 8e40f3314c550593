//! Left-overs: what may stand in a draft and never in the tree.

use std::path::Path;

/// What is forbidden, where (by ending of the file's name), and what to do instead. The words are
/// written in two halves so that this file does not find itself.
const FORBIDDEN: &[(&[&str], &str, &[&str], &str)] = &[
    (&["FIX", "ME"], "", &[], "mend it now or write it down as an issue"),
    (&["XX", "X:"], "", &[], "mend it now or write it down as an issue"),
    (&["#[ign", "ore"], ".rs", &[], "a test that does not run is no test"),
    (&["unbounded", "_channel"], ".rs", &[], "every queue has a bound: use mpsc::channel"),
    (&["std::sync::mpsc", "::channel("], ".rs", &[], "every queue has a bound: sync_channel"),
    (&[".on", "ly("], ".ts", &[], "run all tests"),
    (&[".sk", "ip("], ".ts", &[], "a test that does not run is no test"),
    (&["\"resol", "ved\":"], "package-lock.json", &[], "set omit-lockfile-registry-resolved"),
    (&["/wo", "rk/"], "", &[], "no absolute path of a machine"),
    (&["/ro", "ot/"], "", &[], "no absolute path of a machine"),
];

pub(super) fn check(file: &Path, text: &str) -> Vec<String> {
    let name = file.to_string_lossy();
    let mut findings = Vec::new();
    for (halves, ending, except, remedy) in FORBIDDEN {
        let word = halves.concat();
        let applies = name.ends_with(ending) && !except.iter().any(|path| name.starts_with(path));
        if !applies || !text.contains(&word) {
            continue;
        }
        let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&word));
        findings.extend(lines.map(|(at, _)| format!("{name}:{}: `{word}`: {remedy}", at + 1)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leftover_is_found_where_it_counts_and_only_there() {
        let test = format!("{}{}]\nfn later() {{}}", "#[ign", "ore");
        assert_eq!(check(Path::new("a/b.rs"), &test).len(), 1);
        assert!(check(Path::new("a/b.md"), &test).is_empty());
        assert!(check(Path::new("a/b.rs"), "fn done() {}").is_empty());
    }
}

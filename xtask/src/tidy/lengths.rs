//! Lengths of files and functions, as a ratchet: what is too long today is named with its length in
//! `xtask/ratchet.toml` and may only shrink; nothing new may become too long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::Visit;

/// Lines of a source file at most.
const FILE_LINES_MAX: usize = 500;
/// Lines of a function at most, from `fn` to the closing brace.
const FUNCTION_LINES_MAX: usize = 70;

/// Today's exceptions: path, or `path::function`, and the length it may have at most.
#[derive(Deserialize, Default)]
pub(super) struct Ratchet {
    #[serde(default)]
    files: BTreeMap<String, usize>,
    #[serde(default)]
    functions: BTreeMap<String, usize>,
}

impl Ratchet {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }
}

pub(super) fn check(file: &Path, text: &str, ratchet: &Ratchet) -> Vec<String> {
    let name = file.to_string_lossy();
    let is_source =
        ["rs", "ts", "tsx", "css"].iter().any(|ending| name.ends_with(&format!(".{ending}")));
    if !is_source || name.contains(".gen.") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let lines = text.lines().count();
    let allowed = ratchet.files.get(name.as_ref()).copied().unwrap_or(FILE_LINES_MAX);
    if lines > allowed {
        findings.push(format!("{name}: {lines} lines; at most {allowed}: cut it along its ideas"));
    }
    if name.ends_with(".rs") {
        findings.extend(check_functions(&name, text, ratchet));
    }
    findings
}

fn check_functions(name: &str, text: &str, ratchet: &Ratchet) -> Vec<String> {
    let Ok(syntax) = syn::parse_file(text) else {
        // Newer syntax than this parser knows: the compiler judges the file, we do not.
        return Vec::new();
    };
    let mut visitor = Functions::default();
    visitor.visit_file(&syntax);
    let long = visitor.lengths.into_iter().filter_map(|(function, lines)| {
        let key = format!("{name}::{function}");
        let allowed = ratchet.functions.get(&key).copied().unwrap_or(FUNCTION_LINES_MAX);
        (lines > allowed).then(|| format!("{key}: {lines} lines; at most {allowed}"))
    });
    long.collect()
}

/// Exceptions that are no longer needed, or whose file is gone.
pub(super) fn stale(files: &[PathBuf], root: &Path, ratchet: &Ratchet) -> Vec<String> {
    let gone = ratchet.files.iter().filter_map(|(name, allowed)| {
        let lines = files
            .iter()
            .find(|file| file.to_string_lossy() == *name)
            .and_then(|file| std::fs::read_to_string(root.join(file)).ok())
            .map(|text| text.lines().count());
        match lines {
            Some(lines) if lines > FILE_LINES_MAX && lines == *allowed => None,
            Some(lines) => Some(format!("ratchet.toml: {name} has {lines} lines now: say so")),
            None => Some(format!("ratchet.toml: {name} is gone: remove the line")),
        }
    });
    gone.collect()
}

#[derive(Default)]
struct Functions {
    lengths: Vec<(String, usize)>,
}

impl Functions {
    fn note(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let lines = block.span().end().line - signature.span().start().line + 1;
        self.lengths.push((signature.ident.to_string(), lines));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_a_long_function_are_found_and_the_ratchet_forgives_today() {
        let text = format!("fn long() {{\n{}}}\n", "    let _ = 1;\n".repeat(80));
        let found = check(Path::new("a.rs"), &text, &Ratchet::default());
        assert_eq!(found.len(), 1, "{found:?}");
        let functions = BTreeMap::from([("a.rs::long".to_owned(), 82)]);
        let ratchet = Ratchet { functions, ..Ratchet::default() };
        assert!(check(Path::new("a.rs"), &text, &ratchet).is_empty());
        let text = "// line\n".repeat(501);
        assert_eq!(check(Path::new("b.ts"), &text, &Ratchet::default()).len(), 1);
    }
}

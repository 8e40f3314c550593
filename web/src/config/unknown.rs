//! Finds a key that no setting has, by comparing what was given with the documented defaults. Pure.

use config::{Value, ValueKind};

/// The full name of the first key of `given` that `known` lacks, in the order of names.
pub(super) fn first_unknown(known: &Value, given: &Value) -> Option<String> {
    walk(known, given, "")
}

fn walk(known: &Value, given: &Value, path: &str) -> Option<String> {
    match (&known.kind, &given.kind) {
        (ValueKind::Table(known), ValueKind::Table(given)) => {
            let mut keys: Vec<_> = given.keys().collect();
            keys.sort();
            keys.into_iter().find_map(|key| {
                let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match known.get(key) {
                    Some(below) => walk(below, &given[key], &full),
                    None => Some(full),
                }
            })
        }
        // A list of sections ([[queue]]): every item may have the keys of the documented one.
        (ValueKind::Array(known), ValueKind::Array(given)) => {
            let pattern = known.first()?;
            given.iter().find_map(|item| walk(pattern, item, path))
        }
        // A plain value; its form is checked when it is read.
        _ => None,
    }
}

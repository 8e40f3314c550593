//! Bencode, as rtpengine's control protocol has it: strings, integers, lists, dictionaries. Pure.

use std::collections::BTreeMap;

/// Levels of lists and dictionaries that are read.
const DEPTH_MAX: usize = 16;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Bytes, mostly text.
    Text(String),
    /// A number.
    Number(i64),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Dictionary(BTreeMap<String, Self>),
}

impl Value {
    /// A dictionary of texts.
    #[must_use]
    pub fn texts(of: &[(&str, &str)]) -> Self {
        let text =
            |(key, value): &(&str, &str)| ((*key).to_owned(), Self::Text((*value).to_owned()));
        Self::Dictionary(of.iter().map(text).collect())
    }

    /// A text of a dictionary.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        if let Self::Dictionary(of) = self
            && let Self::Text(text) = of.get(key)?
        {
            return Some(text);
        }
        None
    }

    /// Adds an entry to a dictionary; of other values there is none.
    #[must_use]
    pub fn with(mut self, key: &str, value: Self) -> Self {
        if let Self::Dictionary(of) = &mut self {
            of.insert(key.to_owned(), value);
        }
        self
    }

    /// Its bytes.
    #[must_use]
    pub fn write(&self) -> String {
        match self {
            Self::Text(text) => format!("{}:{text}", text.len()),
            Self::Number(number) => format!("i{number}e"),
            Self::List(of) => format!("l{}e", of.iter().map(Self::write).collect::<String>()),
            Self::Dictionary(of) => {
                let entry = |(key, value): (&String, &Self)| {
                    format!("{}:{key}{}", key.len(), value.write())
                };
                format!("d{}e", of.iter().map(entry).collect::<String>())
            }
        }
    }

    /// Reads one value; bytes after it are ignored.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        read(text, 0).map(|(value, _rest)| value)
    }
}

fn read(text: &str, depth: usize) -> Option<(Value, &str)> {
    if depth > DEPTH_MAX {
        return None;
    }
    match text.as_bytes().first()? {
        b'i' => {
            let (number, rest) = text[1..].split_once('e')?;
            Some((Value::Number(number.parse().ok()?), rest))
        }
        b'l' => {
            let (mut of, mut rest) = (Vec::new(), &text[1..]);
            while !rest.starts_with('e') {
                let (value, left) = read(rest, depth + 1)?;
                of.push(value);
                rest = left;
            }
            Some((Value::List(of), &rest[1..]))
        }
        b'd' => {
            let (mut of, mut rest) = (BTreeMap::new(), &text[1..]);
            while !rest.starts_with('e') {
                let (key, left) = read_text(rest)?;
                let (value, left) = read(left, depth + 1)?;
                of.insert(key.to_owned(), value);
                rest = left;
            }
            Some((Value::Dictionary(of), &rest[1..]))
        }
        _ => read_text(text).map(|(text, rest)| (Value::Text(text.to_owned()), rest)),
    }
}

fn read_text(text: &str) -> Option<(&str, &str)> {
    let (len, rest) = text.split_once(':')?;
    rest.split_at_checked(len.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back() {
        let value = Value::texts(&[("command", "offer"), ("sdp", "v=0\r\n")])
            .with("flags", Value::List(vec![Value::Text("symmetric".to_owned())]))
            .with("n", Value::Number(-3));
        let text = value.write();
        assert_eq!(text, "d7:command5:offer5:flagsl9:symmetrice1:ni-3e3:sdp5:v=0\r\ne");
        assert_eq!(Value::read(&text), Some(value));
    }

    #[test]
    fn what_is_cut_is_nothing() {
        let text = Value::texts(&[("result", "ok")]).write();
        for len in 0..text.len() {
            assert_eq!(Value::read(&text[..len]), None, "{len}");
        }
        assert_eq!(Value::read(&"l".repeat(100_000)), None, "no end of depth");
    }
}

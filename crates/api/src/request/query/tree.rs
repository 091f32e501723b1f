//! The tree while it is built.

use super::Parameter;
use super::key::Segment;

/// A parameter that may still grow.
#[derive(Debug, Default)]
pub(super) enum Node {
    #[default]
    Nothing,
    Text(String),
    /// Items with the index under which they were sent, if any.
    List(Vec<(Option<u64>, Node)>),
    Map(Vec<(String, Node)>),
}

/// Inserts `text` at `path` below the entry `name`.
pub(super) fn insert(entries: &mut Vec<(String, Node)>, name: String, path: &[Segment], text: String) {
    match entries.iter_mut().find(|(key, _)| *key == name) {
        Some((_, node)) => *node = std::mem::take(node).with(path, text),
        None => entries.push((name, Node::Nothing.with(path, text))),
    }
}

impl Node {
    /// Returns the node with `text` at `path`. A value already there becomes a list; what does not fit, one more item.
    fn with(self, path: &[Segment], text: String) -> Self {
        match (path.split_first(), self) {
            (None, Self::Nothing) => Self::Text(text),
            (None | Some((Segment::Append, [])), node) => node.with_item(None, Self::Text(text)),
            // `a[][b]=1&a[][c]=2` is one item with two entries, as in the reference.
            (Some((Segment::Append, rest)), node) => node.with_index(0, rest, text),
            (Some((Segment::Index(index), rest)), Self::Map(mut entries)) => {
                insert(&mut entries, index.to_string(), rest, text);
                Self::Map(entries)
            }
            (Some((Segment::Index(index), rest)), node) => node.with_index(*index, rest, text),
            (Some((Segment::Name(name), rest)), Self::Map(mut entries)) => {
                insert(&mut entries, name.clone(), rest, text);
                Self::Map(entries)
            }
            (Some((Segment::Name(name), rest)), node) => {
                let map = Self::Map(vec![(name.clone(), Self::Nothing.with(rest, text))]);
                if matches!(node, Self::Nothing) { map } else { node.with_item(None, map) }
            }
        }
    }

    fn with_index(self, index: u64, rest: &[Segment], text: String) -> Self {
        let mut items = self.into_items();
        match items.iter_mut().find(|(key, _)| *key == Some(index)) {
            Some((_, node)) => *node = std::mem::take(node).with(rest, text),
            None => items.push((Some(index), Self::Nothing.with(rest, text))),
        }
        Self::List(items)
    }

    fn with_item(self, index: Option<u64>, item: Self) -> Self {
        let mut items = self.into_items();
        items.push((index, item));
        Self::List(items)
    }

    fn into_items(self) -> Vec<(Option<u64>, Self)> {
        match self {
            Self::Nothing => Vec::new(),
            Self::List(items) => items,
            node => vec![(None, node)],
        }
    }
}

/// Items in the order of their indices, then those without one.
impl From<Node> for Parameter {
    fn from(node: Node) -> Self {
        match node {
            Node::Nothing => Self::Text(String::new()),
            Node::Text(text) => Self::Text(text),
            Node::List(mut items) => {
                items.sort_by_key(|(index, _)| index.unwrap_or(u64::MAX));
                Self::List(items.into_iter().map(|(_, node)| node.into()).collect())
            }
            Node::Map(entries) => Self::Map(entries.into_iter().map(|(name, node)| (name, node.into())).collect()),
        }
    }
}

//! Taking out of a tree what its schema does not declare.

use super::Node;
use crate::Value;

/// What every object has, declared or not.
pub const META_FIELDS: &[&str] = &["apiVersion", "kind", "metadata"];

/// Takes out what `schema` does not declare; answers the paths of what went.
/// `root`: the tree is a whole object, whose `apiVersion`, `kind` and
/// `metadata` are not the schema's to say.
pub fn prune(tree: &mut Value, schema: &Node, root: bool) -> Vec<String> {
    let mut gone = Gone {
        path: Vec::new(),
        unknown: Vec::new(),
    };
    if schema.preserve_unknown {
        gone.keep(tree, schema, root || schema.embedded);
    } else {
        gone.walk(tree, Some(schema), root || schema.embedded);
    }
    gone.unknown
}

enum Step {
    Member(String),
    Index(usize),
}

struct Gone {
    path: Vec<Step>,
    unknown: Vec<String>,
}

impl Gone {
    fn tell(&mut self, name: &str) {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
                Step::Index(at) => text.push_str(&format!("[{at}]")),
            }
        }
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
        self.unknown.push(text);
    }

    fn enter(&mut self, tree: &mut Value, schema: Option<&Node>) {
        match schema {
            Some(node) if node.preserve_unknown => self.keep(tree, node, node.embedded),
            Some(node) => self.walk(tree, schema, node.embedded),
            None => self.walk(tree, None, false),
        }
    }

    fn walk(&mut self, tree: &mut Value, schema: Option<&Node>, object: bool) {
        match tree {
            Value::Object(members) => {
                let mut dropped = Vec::new();
                for (name, value) in members.iter_mut() {
                    if object && META_FIELDS.contains(&&**name) {
                        continue;
                    }
                    let inner = schema.and_then(|node| node.property(name));
                    let free = schema.and_then(|node| node.additional.as_ref());
                    if inner.is_none() && free.is_none() {
                        if !META_FIELDS.contains(&&**name) || !self.path.is_empty() {
                            self.tell(name);
                        }
                        dropped.push(name.clone());
                        continue;
                    }
                    self.path.push(Step::Member(name.to_string()));
                    let inner = inner.or_else(|| schema.and_then(Node::additional_node));
                    self.enter(value, inner);
                    self.path.pop();
                }
                if !dropped.is_empty() {
                    members.retain(|name, _| !dropped.iter().any(|gone| gone == name));
                }
            }
            Value::Array(items) => {
                let inner = schema.and_then(|node| node.items.as_deref());
                for (at, item) in items.iter_mut().enumerate() {
                    self.path.push(Step::Index(at));
                    self.enter(item, inner);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    // Unknown fields stay, but what is declared below is pruned all the same.
    fn keep(&mut self, tree: &mut Value, schema: &Node, object: bool) {
        match tree {
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    if object && META_FIELDS.contains(&&**name) {
                        continue;
                    }
                    let inner = match (schema.property(name), &schema.additional) {
                        (Some(inner), _) => Some(inner),
                        (None, Some(_)) => schema.additional_node(),
                        (None, None) => continue,
                    };
                    self.path.push(Step::Member(name.to_string()));
                    self.enter(value, inner);
                    self.path.pop();
                }
            }
            Value::Array(items) => {
                let Some(inner) = schema.items.as_deref() else {
                    return;
                };
                for (at, item) in items.iter_mut().enumerate() {
                    self.path.push(Step::Index(at));
                    self.enter(item, Some(inner));
                    self.path.pop();
                }
            }
            _ => {}
        }
    }
}

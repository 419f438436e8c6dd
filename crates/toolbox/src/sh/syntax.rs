//! The shape of a script.

use std::sync::{Arc, OnceLock};

/// A piece of a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Text. Quoted text is neither split nor matched against file names.
    Text(String, bool),
    /// A parameter.
    Parameter {
        name: String,
        operator: Option<(String, Word)>,
        quoted: bool,
    },
    /// What a command prints.
    Command(Box<Node>, bool),
    /// The value of an expression.
    Arithmetic(Word, bool),
}

/// A word, before it is expanded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Word(pub Vec<Part>);

impl Word {
    /// Its text when nothing in it needs expansion and nothing is quoted.
    pub fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Text(text, false)] => Some(text),
            _ => None,
        }
    }
}

/// Where a stream goes to or comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Redirect {
    Read(u8, Word),
    Write(u8, Word),
    Append(u8, Word),
    /// A copy of another descriptor; `-` closes.
    Copy(u8, Word),
    /// The text that follows.
    Here(u8, Arc<OnceLock<Word>>),
}

/// What stands between two pipelines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Join {
    And,
    Or,
}

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// One after the other; true: in the background.
    Sequence(Vec<(Node, bool)>),
    Chain(Box<Node>, Vec<(Join, Node)>),
    Not(Box<Node>),
    Pipeline(Vec<Node>),
    Simple {
        assignments: Vec<(String, Word)>,
        words: Vec<Word>,
        redirects: Vec<Redirect>,
    },
    Group(Box<Node>, Vec<Redirect>),
    Subshell(Box<Node>, Vec<Redirect>),
    If {
        branches: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
        redirects: Vec<Redirect>,
    },
    Loop {
        condition: Box<Node>,
        until: bool,
        body: Box<Node>,
        redirects: Vec<Redirect>,
    },
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: Box<Node>,
        redirects: Vec<Redirect>,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, Node)>,
        redirects: Vec<Redirect>,
    },
    Function(String, Box<Node>),
}

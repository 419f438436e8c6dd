//! CEL, the Common Expression Language, as Kubernetes uses it.
//!
//! An [`Env`] declares variables and knows a version's functions; it compiles
//! a text to a [`Program`], which is evaluated against an [`Activation`].
//! Values borrow from the trees that they are made of, so that nothing is
//! copied that an expression does not look at.
//!
//! ```
//! use skeg_cel::{Activation, DeclType, Env, EnvOptions, Val, limits};
//! use skeg_schema::json;
//!
//! let spec = DeclType::object(
//!     "Spec",
//!     vec![
//!         ("replicas".to_owned(), DeclType::int()),
//!         ("max".to_owned(), DeclType::int()),
//!     ],
//! );
//! let env = Env::new(EnvOptions::stored()).declare("self", spec.clone());
//! let program = env.compile("self.replicas <= self.max")?;
//! assert_eq!(program.result_type().to_string(), "bool");
//!
//! let value = json!({"replicas": 3, "max": 2});
//! let activation = Activation::new().with("self", Val::tree(&value, Some(&spec)));
//! let outcome = program.eval(&activation, limits::PER_CALL)?;
//! assert_eq!(outcome.value.as_bool(), Some(false));
//!
//! let error = env.compile("self.nope == 1").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What an expression may cost is estimated when it is compiled
//! ([`Program::estimate`]) and counted while it is evaluated; both figures are
//! upstream's, as are the texts of errors.
//!
//! This crate must not know any kind, storage or HTTP.

#![deny(missing_docs)]

mod address;
pub mod admission;
mod amount;
mod ast;
mod authz;
mod checker;
mod constants;
mod cost;
mod decl;
pub mod devices;
mod env;
mod error;
mod escape;
mod eval;
mod format_string;
mod functions;
mod lexer;
mod lib_authz;
mod lib_format;
mod lib_lists;
mod lib_net;
mod lib_quantity;
mod lib_std;
mod lib_strings;
mod lib_time;
pub mod limits;
mod macros;
mod parser;
pub mod regex;
mod semver;
mod source;
mod structural;
mod time;
mod types;
mod unescape;
mod unify;
mod url;
mod validate;
mod value;

pub use amount::Amount;
pub use authz::{Answer, Authorize, Authz, Check, User};
pub use cost::CostEstimate;
pub use decl::{DeclType, ListKind, StructuralSchema};
pub use env::{Env, EnvOptions, Outcome, Program};
pub use error::EvalError;
pub use escape::{escape, unescape};
pub use eval::Activation;
pub use lib_format::Format;
pub use parser::is_identifier;
pub use semver::Version;
pub use source::{CompileError, CompileErrors};
pub use time::{Duration, Timestamp};
pub use types::Type;
pub use url::Url;
pub use value::{Entries, List, Map, Message, Part, Text, Val};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! Edits of a schema: what a declaration has to become, and where.
//!
//! A reader of tokens, not a parser, looks at the text of the one declaration that a finding is about.
//! Where that is not of a well-known shape there is no edit.

mod declaration;
mod names;
mod tokens;

pub(crate) use declaration::{Declaration, Rewrite};
pub(crate) use names::{Reach, append_call, column_path, imports};

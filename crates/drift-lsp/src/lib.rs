//! The language server: shows in an editor what a check finds, while somebody types.
//!
//! [`serve`] speaks the language server protocol over a pair of streams, and knows neither the
//! terminal nor the command line. What is found is the business of `drift_check`. [`hover()`],
//! [`definitions`], [`references`] and [`actions`] look at a [`View`] and speak of spans and texts; they
//! know nothing of the protocol.

mod action;
mod capabilities;
mod client;
mod definition;
mod diagnostics;
mod documents;
mod features;
mod find;
mod hover;
mod hover_reach;
mod mark;
mod markdown;
mod moved;
mod paths;
mod plain;
mod position;
mod server;
#[cfg(test)]
mod tests;
mod transport;
mod view;
mod watchdog;
mod worker;
mod workspace;

pub use crate::action::{Action, ActionKind, actions};
pub use crate::definition::{Link, definitions, references};
pub use crate::hover::{Hover, hover};
pub use crate::transport::{Farewell, serve};
pub use crate::view::View;

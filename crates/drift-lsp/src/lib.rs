//! The language server: shows in an editor what a check finds, while somebody types.
//!
//! [`serve`] speaks the language server protocol over a pair of streams, and knows neither the
//! terminal nor the command line. What is found is the business of `drift_check`.

mod client;
mod server;
mod transport;

pub use crate::transport::{Farewell, serve};

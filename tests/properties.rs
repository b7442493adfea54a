//! What must not change: the same project, written otherwise, has the same findings.
//!
//! Each fixture, each example of a rule and as many generated projects as there is time for are read as they
//! are, and again with other texts in the place of their files. Two or three ways of writing each are tried in
//! an ordinary run; `DRIFT_PROPERTIES=50` tries 50, `DRIFT_SEED=7` others. `DRIFT_FOLDER` names a folder of
//! projects of which the ignored test makes the same demands, `DRIFT_KEEP` one for the texts that fail.

mod formatters;
mod generated;
mod layout;
mod projects;
mod rename;
mod runs;
mod sql;
mod swap;
mod typescript;
mod view;

use std::env;

/// How many ways of writing a project are tried, where an ordinary run tries `least`.
fn effort(least: usize) -> usize {
    number("DRIFT_PROPERTIES").map_or(least, |it| it as usize)
}

/// A source of the same numbers for the same `DRIFT_SEED` and the same words.
fn random(words: &str) -> fastrand::Rng {
    let mut seed = number("DRIFT_SEED").unwrap_or(1);
    for byte in words.bytes() {
        // FNV-1a.
        seed = (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    fastrand::Rng::with_seed(seed)
}

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

//! Finds Drizzle projects, their files and what is configured about them.
//!
//! [`discover`] turns a [`Request`] (paths or flags of the command line) into [`Project`]s: which
//! schema files drizzle-kit would load, where the migrations lie, which dialect they are in. The
//! disk lives here: [`Disk`] is the one implementation of `FileSystem` and `ModuleResolver` that
//! touches it. What a schema or a migration says is not this crate's business.

mod alternatives;
mod compiled;
mod config;
mod configs;
mod dependencies;
mod disk;
mod foreign_keys_off;
mod glob;
mod lockfile;
mod memory;
mod options;
mod placed;
mod project;
mod project_settings;
mod recorded;
#[cfg(feature = "schema")]
mod schema;
mod scripts;
mod settings;
mod stamp;
#[cfg(test)]
mod tests;
mod tsconfig;
mod version;
mod walk;
mod whole;
mod write;
mod written;

pub use crate::dependencies::Dependencies;
pub use crate::disk::{Anew, Disk, Texts};
pub use crate::foreign_keys_off::turns_foreign_keys_off;
pub use crate::memory::{Changes, Memory};
pub use crate::project::{Discovery, Project, Request, discover};
pub use crate::project_settings::{OrderSetting, ProjectSetting, Written};
#[cfg(feature = "schema")]
pub use crate::schema::settings_schema;
pub use crate::settings::{IgnoreSetting, RuleSetting, Settings, read_settings};
pub use crate::write::{append_to_file, create_new_file, file_size, replace_file};

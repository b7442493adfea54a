//! The command as its users meet it: the built binary, driven by the real programs that call it.
//!
//! Each module is one such client. What a client needs is installed by the test or by
//! `scripts/test.sh`; where it cannot be had the test says so and passes, and fails in CI.

#![allow(clippy::disallowed_methods, reason = "tests look at the files of this repository")]

#[cfg(unix)]
mod action;
mod binstall;
mod completions;
#[cfg(unix)]
mod git;
#[cfg(unix)]
mod gitlab;
#[cfg(unix)]
mod hook_runners;
#[cfg(unix)]
mod hook_story;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod husky;
mod init;
#[cfg(unix)]
mod installs;
#[cfg(unix)]
mod language_server;
#[cfg(unix)]
mod lefthook;
#[cfg(unix)]
mod licenses;
mod man_pages;
#[cfg(unix)]
mod neovim;
#[cfg(unix)]
mod npm;
#[cfg(unix)]
mod pre_commit;
#[cfg(unix)]
mod problem_matcher;
#[cfg(unix)]
mod release;
#[cfg(unix)]
mod releases;
#[cfg(unix)]
mod runner;
mod sandbox;
#[cfg(target_os = "linux")]
mod system_calls;
#[cfg(unix)]
mod watch;
#[cfg(unix)]
mod workflows;

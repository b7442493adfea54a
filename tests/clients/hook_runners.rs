//! Projects of teams that have their tools from npm.

use super::git::Repository;
use super::installs::npm_packages;
use super::npm::registry::registry;
use super::sandbox::{has_all, project_with_drift};

/// A repository with drift in which the npm package is installed, and the programs that run hooks can be
/// called; `None`, with a message, where that cannot be had.
pub(crate) fn project() -> Option<Repository> {
    if !has_all(&["git", "node", "npm"]) {
        return None;
    }
    let runners = npm_packages("hook_runners")?;
    let repository =
        Repository::new(project_with_drift()).on_path(&runners.join("node_modules/.bin"));
    repository.write(".gitignore", "node_modules\n");
    repository.write("package.json", "{ \"private\": true }\n");
    repository.run(
        repository
            .command("npm")
            .args(["install", "--save-dev", "--no-audit", "--no-fund", "drizzle-drift"])
            .args(["--registry", registry()])
            .env("npm_config_cache", repository.cache()),
    );
    Some(repository)
}

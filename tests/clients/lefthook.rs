//! lefthook, from npm.

use super::hook_runners::project;
use super::hook_story::{
    passes_over_what_cannot_matter, refuses_a_deletion, refuses_drift_of_a_partially_staged_file,
    refuses_drift_until_it_is_mended, refuses_for_an_unstaged_file,
};

const CONFIG: &str = include_str!("../../crates/drizzle-drift/templates/lefthook.yml");

#[test]
fn refuses_drift() {
    let Some(repository) = project() else { return };
    repository.write("lefthook.yml", CONFIG);
    repository.run(repository.command("lefthook").arg("install"));
    refuses_drift_until_it_is_mended(&repository);
    passes_over_what_cannot_matter(&repository, "drizzle-drift (skip) no matching staged files");
    assert!(refuses_drift_of_a_partially_staged_file(&repository));
    assert!(refuses_for_an_unstaged_file(&repository), "it looks at the work tree");
    assert!(refuses_a_deletion(&repository));
}

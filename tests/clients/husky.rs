//! husky, from npm, by itself and with lint-staged.

use super::git::Repository;
use super::hook_runners::project;
use super::hook_story::{
    passes_over_what_cannot_matter, refuses_a_deletion, refuses_drift_of_a_partially_staged_file,
    refuses_drift_until_it_is_mended, refuses_for_an_unstaged_file,
};

const HOOK: &str = include_str!("../../crates/drizzle-drift/templates/husky-pre-commit.sh");
const LINT_STAGED: &str =
    include_str!("../../crates/drizzle-drift/templates/lint-staged.config.mjs");

#[test]
fn refuses_drift() {
    let Some(repository) = project() else { return };
    install(&repository, HOOK);
    refuses_drift_until_it_is_mended(&repository);
    assert!(!refuses_drift_of_a_partially_staged_file(&repository), "it looks at the work tree");
    assert!(refuses_for_an_unstaged_file(&repository), "it looks at the work tree");
    assert!(refuses_a_deletion(&repository));
}

#[test]
fn refuses_drift_through_lint_staged() {
    let Some(repository) = project() else { return };
    repository.write("lint-staged.config.mjs", LINT_STAGED);
    install(&repository, "lint-staged\n");
    refuses_drift_until_it_is_mended(&repository);
    let words = "lint-staged could not find any staged files matching configured tasks";
    passes_over_what_cannot_matter(&repository, words);
    assert!(refuses_drift_of_a_partially_staged_file(&repository));
    assert!(refuses_for_an_unstaged_file(&repository), "it hides partially staged files only");
    assert!(!refuses_a_deletion(&repository), "deleted files are none that it looks for");

    // Each part of the story ends with the hook that was committed.
    install(&repository, "lint-staged --hide-unstaged\n");
    assert!(!refuses_for_an_unstaged_file(&repository), "it hides what is not staged");
    install(&repository, "lint-staged --diff-filter=ACMRD\n");
    assert!(refuses_a_deletion(&repository));
}

fn install(repository: &Repository, hook: &str) {
    repository.run(&mut repository.command("husky"));
    repository.write(".husky/pre-commit", hook);
}

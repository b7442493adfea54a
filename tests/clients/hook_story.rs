//! What every hook has to do, whoever runs it.

use super::git::Repository;
use super::sandbox::{SCHEMA, mend};

/// What the command says of a project with drift, in the middle of what else a hook prints.
const REPORT: [&str; 3] = [
    "error[on-delete-mismatch]: ON DELETE of posts.author_id",
    "--> src/schema.ts:11:65",
    "drizzle/0000_init.sql:10:126",
];

/// The commit without drift, to which every further part of the story goes back.
const MENDED: &str = "mended";

/// The drift is refused with the report, and what mends it goes through.
pub(crate) fn refuses_drift_until_it_is_mended(repository: &Repository) {
    let (is_made, text) = repository.commit_all();
    assert!(!is_made, "the drift was committed:\n{text}");
    for part in REPORT {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    mend(repository.folder());
    let (is_made, text) = repository.commit_all();
    assert!(is_made, "the mended schema was refused:\n{text}");
    repository.git(&["tag", MENDED]);
}

/// A commit of nothing that matters does not run the command; the hook runner says so in its words.
pub(crate) fn passes_over_what_cannot_matter(repository: &Repository, words: &str) {
    drift(repository);
    repository.write("README.md", "Read me.\n");
    repository.write("src/style.css", "a { color: red }\n");
    repository.git(&["add", "README.md", "src/style.css"]);
    let (is_made, text) = repository.commit();
    assert!(is_made && text.contains(words), "no `{words}` in\n{text}");
    undo(repository);
}

/// What becomes of drift that is staged while the file in the work tree is mended already: whether the
/// commit is refused, as it should be.
pub(crate) fn refuses_drift_of_a_partially_staged_file(repository: &Repository) -> bool {
    drift(repository);
    repository.git(&["add", "src/schema.ts"]);
    mend(repository.folder());
    let (is_made, text) = repository.commit();
    assert!(is_made || text.contains(REPORT[0]), "{text}");
    // However it went, nobody's work is lost.
    let unstaged = repository.git(&["diff", "--name-only"]);
    assert_eq!(unstaged.trim(), "src/schema.ts", "{text}");
    undo(repository);
    !is_made
}

/// Whether the drift of a file that is not staged at all keeps others from being committed.
pub(crate) fn refuses_for_an_unstaged_file(repository: &Repository) -> bool {
    drift(repository);
    repository.write("src/other.ts", "export {};\n");
    repository.git(&["add", "src/other.ts"]);
    let (is_made, text) = repository.commit();
    assert!(is_made || text.contains(REPORT[0]), "{text}");
    undo(repository);
    !is_made
}

/// Whether a commit that only deletes a migration runs the command, which refuses it.
pub(crate) fn refuses_a_deletion(repository: &Repository) -> bool {
    repository.git(&["rm", "--quiet", "drizzle/0000_init.sql"]);
    let (is_made, text) = repository.commit();
    assert!(is_made || text.contains("error[missing-migration-file]"), "{text}");
    undo(repository);
    !is_made
}

/// Drift that was there before lets commits through, and drift that comes with one does not.
pub(crate) fn refuses_new_drift_only(repository: &Repository) {
    let (is_made, text) = repository.commit_all();
    assert!(is_made, "refused for what was there before:\n{text}");
    repository.write("src/schema.ts", &SCHEMA.replace("\"cascade\"", "\"set null\""));
    let (is_made, text) = repository.commit_all();
    assert!(!is_made && text.contains("is set null in the schema"), "{text}");
}

fn drift(repository: &Repository) {
    repository.write("src/schema.ts", SCHEMA);
}

/// Back to the commit without drift.
fn undo(repository: &Repository) {
    repository.git(&["reset", "--quiet", "--hard", MENDED]);
}

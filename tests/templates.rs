//! What the documentation offers for pasting is what the templates have, which tests try and `init` writes.

use std::collections::BTreeSet;
use std::fs;

use super::repository;

/// What is said before a block that holds a template.
const MARK: &str = "<!-- template: ";

#[test]
fn the_documentation_has_the_templates_verbatim() {
    let mut shown = BTreeSet::new();
    for entry in fs::read_dir(repository().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for part in text.split(MARK).skip(1) {
            let (name, rest) = part.split_once(" -->\n").expect("a whole comment");
            let template = repository().join("crates/drizzle-drift/templates").join(name);
            let template = fs::read_to_string(&template).unwrap();
            assert_eq!(block(rest), template, "{name} in {}", path.display());
            shown.insert(name.to_owned());
        }
    }
    for name in [
        "github-workflow.yml",
        "gitlab-ci.yml",
        "husky-pre-commit.sh",
        "lefthook.yml",
        "lint-staged.config.mjs",
        "pre-commit-config.yaml",
        "vscode-tasks.json",
        "zed-tasks.json",
    ] {
        assert!(shown.contains(name), "{name} is in no documentation");
    }
}

/// The text of the code block that a text begins with.
fn block(text: &str) -> &str {
    let (fence, rest) = text.split_once('\n').expect("a code block");
    assert!(fence.starts_with("```"), "no code block behind a mark, but {fence}");
    let end = rest.find("```\n").expect("the end of a code block");
    &rest[..end]
}

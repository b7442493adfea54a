//! The files that `init` writes. The documentation shows the same ones.

pub(super) const SETTINGS: &str = include_str!("../../templates/settings.jsonc");
pub(super) const PRE_COMMIT: &str = include_str!("../../templates/pre-commit-config.yaml");
pub(super) const LEFTHOOK: &str = include_str!("../../templates/lefthook.yml");
pub(super) const HUSKY: &str = include_str!("../../templates/husky-pre-commit.sh");
pub(super) const LINT_STAGED: &str = include_str!("../../templates/lint-staged.config.mjs");
pub(super) const GITHUB: &str = include_str!("../../templates/github-workflow.yml");
pub(super) const GITLAB: &str = include_str!("../../templates/gitlab-ci.yml");
pub(super) const VSCODE: &str = include_str!("../../templates/vscode-tasks.json");
pub(super) const ZED: &str = include_str!("../../templates/zed-tasks.json");

//! What an editor offers to do about the findings at a place.
//!
//! Remedies that are SQL are not offered: a new migration is a new file, which a team's tool names and
//! numbers.

use std::ops::Range;

use drift_model::{Edit, FileId, Finding, Language, Span};

use crate::view::View;

/// The reason that stands in a comment until somebody writes another one. Without a reason a comment
/// accepts nothing.
const REASON: &str = "TODO say why";

/// How many findings of a range may be accepted one by one: for each the whole file is looked at, and
/// nobody reads on in a longer list.
const COMMENTS_AT_MOST: usize = 25;

/// Something that an editor can do.
#[derive(Debug, Clone)]
pub struct Action {
    /// What it does, as a user would say it.
    pub title: String,
    /// What it changes; places count bytes of the texts as they are.
    pub edits: Vec<Edit>,
    /// The finding that it is about: the project, and the finding within it.
    pub finding: (usize, usize),
    /// Whether it is what somebody would probably do.
    pub is_preferred: bool,
    /// What it does about the finding.
    pub kind: ActionKind,
}

/// What is done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    /// It is mended.
    Mend,
    /// It is accepted.
    Suppress,
}

/// What can be done about the findings that point into a range of a file, which counts bytes.
pub fn actions(view: &View<'_>, file: FileId, range: Range<u32>) -> Vec<Action> {
    let (mut actions, mut comments) = (Vec::new(), 0);
    let near = Span::new(file, range.start, range.end);
    for (project, report) in view.projects.iter().enumerate() {
        for (position, reported) in report.findings.iter().enumerate() {
            let finding = &reported.finding;
            if finding.labels.iter().any(|it| touches(it.span, near)) {
                let at = (project, position);
                mend(view, file, finding, at, &mut actions);
                if comments < COMMENTS_AT_MOST {
                    comments += 1;
                    actions.extend(suppress(view, near, finding, at));
                }
            }
        }
    }
    let mut seen: Vec<Action> = Vec::new();
    for action in actions {
        // Projects that share a file find the same in it, and one edit may mend several things.
        if !seen.iter().any(|it| is_same(it, &action)) {
            seen.push(action);
        }
    }
    name_foreign_keys(view, &mut seen);
    // What mends comes before what hides.
    seen.sort_by_key(|it| it.kind == ActionKind::Suppress);
    seen
}

/// Tells actions of one title from each other.
fn name_foreign_keys(view: &View<'_>, actions: &mut [Action]) {
    let titles: Vec<String> = actions.iter().map(|it| it.title.clone()).collect();
    for action in actions {
        let (project, position) = action.finding;
        let finding = &view.projects[project].findings[position].finding;
        if titles.iter().filter(|it| **it == action.title).count() > 1
            && let Some(foreign_key) = &finding.foreign_key
        {
            action.title.push_str(&format!(": {foreign_key}"));
        }
    }
}

fn touches(span: Span, near: Span) -> bool {
    span.file == near.file && span.start <= near.end && near.start <= span.end
}

fn is_same(one: &Action, other: &Action) -> bool {
    let alike = |(a, b): (&Edit, &Edit)| a.span == b.span && a.text == b.text;
    one.edits.len() == other.edits.len()
        && one.edits.iter().zip(&other.edits).all(alike)
        && one.title == other.title
}

fn mend(
    view: &View<'_>,
    file: FileId,
    finding: &Finding,
    at: (usize, usize),
    actions: &mut Vec<Action>,
) {
    let mut remedies = finding.remedies.iter().filter(|it| !it.is_query()).enumerate();
    for (rank, remedy) in remedies.by_ref() {
        let (Some(edit), Language::TypeScript) = (&remedy.edit, remedy.language) else { continue };
        let mut title = imperative(&remedy.title);
        if edit.span.file != file {
            title.push_str(&format!(" ({})", view.place(edit.span)));
        }
        actions.push(Action {
            title,
            edits: vec![edit.clone()],
            finding: at,
            is_preferred: rank == 0,
            kind: ActionKind::Mend,
        });
    }
}

/// `if the migrations are right, change the schema` as somebody would say it who does it.
fn imperative(title: &str) -> String {
    let title = title.replace('`', "'");
    let (condition, deed) = match title.strip_prefix("if ").and_then(|it| it.split_once(", ")) {
        Some((condition, deed)) => (format!(", if {condition}"), deed),
        None => (String::new(), title.strip_prefix("to ").unwrap_or(&title)),
    };
    let mut chars = deed.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}{condition}", first.collect::<String>(), chars.as_str())
}

fn suppress(view: &View<'_>, near: Span, finding: &Finding, at: (usize, usize)) -> Option<Action> {
    let engine = view.analyses.get(at.0)?.engine;
    let edits = drift_check::suppress(view.sources, near, engine, finding, REASON)?;
    let what = if edits.len() == 1 { "a comment" } else { "comments" };
    Some(Action {
        title: format!("Accept {} here with {what}", finding.rule),
        edits,
        finding: at,
        is_preferred: false,
        kind: ActionKind::Suppress,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_begin_with_what_is_done() {
        assert_eq!(
            imperative("if the migrations are right, declare it on `author_id`"),
            "Declare it on 'author_id', if the migrations are right"
        );
        assert_eq!(imperative("to name it in the schema"), "Name it in the schema");
    }
}

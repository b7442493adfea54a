//! What an editor shows of the foreign key, or the table, that the pointer is on.

use drift_check::ProjectReport;
use drift_model::{FileId, Finding, ForeignKey, Level, Span};
use drift_rules::{Comparison, Dossier};

use crate::find::{What, find};
use crate::hover_reach::Deletes;
use crate::markdown::{code, prose, row};
use crate::view::View;

/// How many foreign keys are told of at one place.
const KEYS_AT_MOST: usize = 5;

/// Up to how many of them are told in full.
const IN_FULL: usize = 2;

/// How many findings are told of one foreign key.
const FINDINGS_AT_MOST: usize = 4;

/// What is shown at a place.
#[derive(Debug)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// The text.
    pub markdown: String,
}

/// What is to be said of the foreign keys or the table at a place; `offset` counts bytes.
pub fn hover(view: &View<'_>, file: FileId, offset: u32) -> Option<Hover> {
    let found = find(view, file, offset);
    let span = found.first()?.span;
    let mut told: Vec<(usize, String)> = Vec::new();
    for (project, analysis) in view.analyses.iter().enumerate() {
        let here: Vec<What<'_>> =
            found.iter().filter(|it| it.project == project).map(|it| it.what).collect();
        let report = view.projects.get(project);
        if here.is_empty() {
            continue;
        }
        let text =
            view.compare(analysis, |comparison| Teller { view, report, comparison }.tell(&here));
        // Several projects may say the same of what they share.
        let text = text.filter(|text| !told.iter().any(|it| it.1 == *text));
        told.extend(text.map(|it| (project, it)));
    }
    let has_several = told.len() > 1;
    let sections = told.into_iter().map(|(project, text)| match has_several {
        true => format!("In {}:\n\n{text}", code(&view.analyses[project].name)),
        false => text,
    });
    let markdown = sections.collect::<Vec<_>>().join(SEPARATOR);
    Some(Hover { span, markdown })
}

const SEPARATOR: &str = "\n\n---\n\n";

/// Tells of what one project has at a place.
struct Teller<'a, 'c, 's> {
    view: &'a View<'a>,
    report: Option<&'a ProjectReport>,
    comparison: &'c Comparison<'s>,
}

impl Teller<'_, '_, '_> {
    fn tell(&self, here: &[What<'_>]) -> String {
        let deletes = Deletes::new(self.comparison);
        let mut keys: Vec<&ForeignKey> = Vec::new();
        for what in here {
            match what {
                What::Table(table) => return deletes.of_table(table),
                What::ForeignKey(key) => {
                    // A column may carry one that both sources have.
                    if !keys.iter().any(|it| self.comparison.is_same(it, key)) {
                        keys.push(key);
                    }
                }
            }
        }
        let is_full = keys.len() <= IN_FULL;
        let shown = keys.iter().take(KEYS_AT_MOST);
        let mut sections: Vec<String> =
            shown.map(|it| self.tell_of(it, is_full.then_some(&deletes))).collect();
        if let Some(more @ 1..) = keys.len().checked_sub(KEYS_AT_MOST) {
            let keys = if more == 1 { "foreign key" } else { "foreign keys" };
            sections.push(format!("and {more} more {keys}"));
        }
        sections.join(SEPARATOR)
    }

    /// All about a foreign key, or in short where many are told of.
    fn tell_of(&self, key: &ForeignKey, deletes: Option<&Deletes<'_, '_>>) -> String {
        let dossier = self.comparison.dossier(key);
        let mut paragraphs = vec![self.title(key, &dossier)];
        paragraphs.extend(self.findings(key, &dossier));
        match deletes {
            Some(deletes) => {
                paragraphs.push(self.table(&dossier));
                paragraphs.extend(deletes.of_foreign_key(key, &dossier));
                paragraphs.extend(self.history(&dossier));
            }
            None => paragraphs.push(self.short(&dossier)),
        }
        paragraphs.join("\n\n")
    }

    fn title(&self, key: &ForeignKey, dossier: &Dossier<'_>) -> String {
        let is_live = !dossier.migrated.is_empty() || !dossier.declared.is_empty();
        let is_former = !is_live && !dossier.dropped.is_empty();
        let what = if is_former { "Former foreign key" } else { "Foreign key" };
        format!("**{what}** {}", code(&key.to_string()))
    }

    /// What is wrong with it.
    fn findings(&self, key: &ForeignKey, dossier: &Dossier<'_>) -> Option<String> {
        let keys = [&dossier.declared, &dossier.migrated].into_iter().flatten().copied();
        let lost = dossier.lost.iter().filter_map(|it| it.foreign_key.as_deref());
        let names: Vec<String> = keys.chain(lost).chain([key]).map(ToString::to_string).collect();
        let findings = self.report.iter().flat_map(|it| &it.findings).map(|it| &it.finding);
        let is_its = |name: &String| names.contains(name);
        let own: Vec<&Finding> =
            findings.filter(|it| it.foreign_key.as_ref().is_some_and(is_its)).collect();
        let (infos, told): (Vec<&Finding>, Vec<&Finding>) =
            own.into_iter().partition(|it| it.level == Level::Info);
        let mut lines: Vec<String> = told
            .iter()
            .take(FINDINGS_AT_MOST)
            .map(|it| format!("- **{}**: {} ({})", word(it.level), prose(&it.message), it.rule))
            .collect();
        if let Some(more @ 1..) = told.len().checked_sub(FINDINGS_AT_MOST) {
            lines.push(format!("- and {more} more"));
        }
        if !infos.is_empty() {
            // What they say is shown with the diagnostics, and seldom urgent.
            let mut rules: Vec<&str> = infos.iter().map(|it| it.rule).collect();
            rules.dedup();
            lines.push(format!("- **info**: {}", rules.join(", ")));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// What each source says.
    fn table(&self, dossier: &Dossier<'_>) -> String {
        let rows = self.rows(dossier);
        let said: Vec<&ForeignKey> = rows.iter().filter_map(|it| it.said.ok()).collect();
        let has_targets = said.iter().any(|it| !self.comparison.is_same(it, said[0]));
        let has_names = said.iter().any(|it| it.name.is_some());
        let mut head = vec!["", "ON DELETE", "ON UPDATE"];
        head.extend(has_targets.then_some("references"));
        head.extend(has_names.then_some("name"));
        head.push("where");
        let mut lines = vec![row(&head), row(&vec!["---"; head.len()])];
        for Row { source, said, span } in &rows {
            let place = span.map(|it| code(&self.view.place(it))).unwrap_or_default();
            let mut cells = vec![(*source).to_owned()];
            match said {
                Ok(key) => {
                    cells.extend([key.on_delete.to_string(), key.on_update.to_string()]);
                    cells.extend(has_targets.then(|| code(&key.referenced_side())));
                    cells.extend(has_names.then(|| code(key.name.as_deref().unwrap_or_default())));
                }
                Err(why) => {
                    cells.push((*why).to_owned());
                    cells.resize(head.len() - 1, String::new());
                }
            }
            cells.push(place);
            lines.push(row(&cells));
        }
        lines.join("\n")
    }

    /// What each source that there is says, or why it says nothing.
    fn rows<'d>(&self, dossier: &Dossier<'d>) -> Vec<Row<'d>> {
        let mut rows = Vec::new();
        let mut add = |source, all: &[&'d ForeignKey], none: (&'static str, Option<Span>)| {
            let said = all.iter().map(|it| Row { source, said: Ok(it), span: Some(it.span) });
            rows.extend(said);
            if all.is_empty() {
                rows.push(Row { source, said: Err(none.0), span: none.1 });
            }
        };
        let sources = &self.comparison.sources;
        if sources.schema.is_some() {
            let lost = dossier.lost.first();
            add(
                "schema",
                &dossier.declared,
                match lost {
                    Some(lost) => ("drizzle drops it", Some(lost.span)),
                    None => ("does not declare it", None),
                },
            );
        }
        if sources.migrations.is_some() {
            let dropped = dossier.dropped.last().and_then(|it| it.history.last());
            let forgotten = dossier.forgotten.last().map(|it| it.span);
            let skipped = dossier.skipped.last().map(|it| it.foreign_key.span);
            add(
                "migrations",
                &dossier.migrated,
                match (forgotten, skipped, dropped) {
                    (Some(span), ..) => ("ignored by MySQL", Some(span)),
                    (_, _, Some(change)) => ("dropped", Some(change.span)),
                    (_, Some(span), _) => ("did nothing", Some(span)),
                    _ => ("do not make it", None),
                },
            );
        }
        let has_snapshot = sources.snapshot.is_some_and(|it| it.errors.is_empty());
        if has_snapshot && !(dossier.snapshot.is_empty() && dossier.declared.is_empty()) {
            add("snapshot", &dossier.snapshot, ("does not have it", None));
        }
        rows
    }

    /// What each source says of deletes, in a line.
    fn short(&self, dossier: &Dossier<'_>) -> String {
        let rows = self.rows(dossier);
        let said = rows.iter().map(|Row { source, said, span }| {
            let place = span.map(|it| format!(" ({})", code(&self.view.place(it))));
            let place = place.unwrap_or_default();
            match said {
                Ok(key) => format!("{source}: on delete {}{place}", key.on_delete),
                Err(why) => format!("{source}: {why}{place}"),
            }
        });
        said.collect::<Vec<_>>().join(" · ")
    }

    /// How the database got there, where that is more than one statement.
    fn history(&self, dossier: &Dossier<'_>) -> Option<String> {
        let last_dropped = dossier.dropped.last().filter(|_| dossier.migrated.is_empty());
        let keys = dossier.migrated.iter().copied().chain(last_dropped.copied());
        let places = self.view.places();
        let told = keys.filter_map(|key| {
            let deeds = self.comparison.deeds(key);
            let deeds: Vec<String> = deeds
                .iter()
                .map(|it| {
                    format!("{} in {}", prose(&it.message), code(&places.short_place(it.span)))
                })
                .collect();
            (deeds.len() > 1).then(|| format!("In the migrations: {}", deeds.join(", ")))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("\n\n"))
    }
}

/// What one source says.
struct Row<'d> {
    source: &'static str,
    /// Or why it says nothing.
    said: Result<&'d ForeignKey, &'static str>,
    span: Option<Span>,
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "info",
    }
}

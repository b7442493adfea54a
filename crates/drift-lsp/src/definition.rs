//! From a declaration to the statement that made it, and back.

use drift_model::{Change, ChangeKind, FileId, ForeignKey, Span, TableName};
use drift_rules::Comparison;

use crate::find::{Found, What, find, is_sql};
use crate::view::View;

/// Words of a declaration that lead to SQL. Any other name in it, such as that of the table, leads to where
/// TypeScript declares it, which another language server knows.
const OWN_WORDS: [&str; 4] = ["references", "foreignKey", "onDelete", "onUpdate"];

/// A way from one place to another.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// What it leads from.
    pub origin: Span,
    /// Where to.
    pub target: Span,
}

/// The statements that made what is declared at a place of the schema, or the declarations of what a
/// place in SQL makes or drops; `offset` counts bytes.
pub fn definitions(view: &View<'_>, file: FileId, offset: u32) -> Vec<Link> {
    let from_sql = is_sql(&view.sources.file(file).path);
    links(view, &own(view, file, offset), |comparison, found| match found.what {
        What::ForeignKey(key) => targets_of(comparison, key, found.span, from_sql),
        What::Table(table) => tables(comparison, table, from_sql).into_iter().collect(),
    })
}

/// Every place that concerns the foreign keys, or the table, at a place: the schema, each statement of
/// the migrations, the snapshot; `offset` counts bytes.
pub fn references(view: &View<'_>, file: FileId, offset: u32) -> Vec<Link> {
    let both = [false, true];
    let mut links = links(view, &own(view, file, offset), |comparison, found| match found.what {
        What::ForeignKey(key) => places(comparison, key),
        What::Table(table) => both.iter().filter_map(|it| tables(comparison, table, *it)).collect(),
    });
    let key = |link: &Link| {
        let Span { file, start, end } = link.target;
        (view.sources.file(file).path.clone(), start, end)
    };
    links.sort_by_cached_key(key);
    links
}

/// Where all that was found leads to, each place once.
fn links(
    view: &View<'_>,
    all: &[Found<'_>],
    targets: impl Fn(&Comparison<'_>, &Found<'_>) -> Vec<Span>,
) -> Vec<Link> {
    let mut links = Vec::new();
    for (project, analysis) in view.analyses.iter().enumerate() {
        let here: Vec<&Found<'_>> = all.iter().filter(|it| it.project == project).collect();
        if here.is_empty() {
            continue;
        }
        view.compare(analysis, |comparison| {
            for found in here {
                add(&mut links, found.span, targets(comparison, found));
            }
        });
    }
    links
}

fn add(links: &mut Vec<Link>, origin: Span, targets: Vec<Span>) {
    for target in targets {
        if !links.iter().any(|it| it.target == target) {
            links.push(Link { origin, target });
        }
    }
}

/// What is at a place, unless it is a name of TypeScript.
fn own<'a>(view: &View<'a>, file: FileId, offset: u32) -> Vec<Found<'a>> {
    let file_read = view.sources.file(file);
    if !is_sql(&file_read.path) {
        let word = word_at(&file_read.text, offset as usize);
        let is_own =
            word.is_empty() || OWN_WORDS.contains(&word) || is_text(&file_read.text, offset);
        if !is_own {
            return Vec::new();
        }
    }
    find(view, file, offset)
}

/// The name that an offset is in, or touches.
fn word_at(text: &str, offset: usize) -> &str {
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return "" };
    let start = before.len()
        - before.chars().rev().take_while(|it| is_part(*it)).map(char::len_utf8).sum::<usize>();
    let end =
        offset + after.chars().take_while(|it| is_part(*it)).map(char::len_utf8).sum::<usize>();
    &text[start..end]
}

/// Whether an offset lies between quotation marks of its line.
fn is_text(text: &str, offset: u32) -> bool {
    let before = text.get(..offset as usize).unwrap_or_default();
    let line = &before[before.rfind('\n').map_or(0, |it| it + 1)..];
    let mut open = None;
    for char in line.chars() {
        match open {
            Some(quote) if quote == char => open = None,
            None if matches!(char, '"' | '\'' | '`') => open = Some(char),
            _ => {}
        }
    }
    open.is_some()
}

/// Where a foreign key comes from on the other side; where that has none, where it would be.
fn targets_of(
    comparison: &Comparison<'_>,
    key: &ForeignKey,
    origin: Span,
    from_sql: bool,
) -> Vec<Span> {
    let dossier = comparison.dossier(key);
    if !from_sql {
        let live = dossier.migrated.iter().rev().map(|it| it.span);
        let live: Vec<Span> = live.collect();
        if !live.is_empty() {
            return live;
        }
        let forgotten = dossier.forgotten.iter().map(|it| it.span);
        let skipped = dossier.skipped.iter().map(|it| it.foreign_key.span);
        let dropped = dossier.dropped.last().and_then(|it| it.history.last()).map(|it| it.span);
        let in_vain: Vec<Span> = forgotten.chain(skipped).chain(dropped).collect();
        if !in_vain.is_empty() {
            return in_vain;
        }
        return tables(comparison, &key.referencing_table, false).into_iter().collect();
    }
    // What drops leads to what it drops.
    let is_origin = |it: &&Change| it.span == origin;
    let last = key.history.iter().rfind(is_origin).map(|it| it.kind);
    if matches!(last, Some(ChangeKind::Dropped | ChangeKind::DroppedAlong)) {
        let before = key.history.iter().take_while(|it| it.span != origin);
        return before.last().map(|it| it.span).into_iter().collect();
    }
    let declared = dossier.declared.iter().map(|it| it.span);
    let declared: Vec<Span> = declared.chain(dossier.lost.iter().map(|it| it.span)).collect();
    if !declared.is_empty() {
        return declared;
    }
    tables(comparison, &key.referencing_table, true).into_iter().collect()
}

/// The declaration of a table in the schema, or in the migrations.
fn tables(comparison: &Comparison<'_>, table: &TableName, in_schema: bool) -> Option<Span> {
    let found = match in_schema {
        true => comparison.schema_table(table),
        false => comparison.migrated_table(table),
    };
    found.map(|it| it.span)
}

fn places(comparison: &Comparison<'_>, key: &ForeignKey) -> Vec<Span> {
    let dossier = comparison.dossier(key);
    let skipped = dossier.skipped.iter().map(|it| &it.foreign_key);
    let keys = [&dossier.declared, &dossier.migrated, &dossier.dropped, &dossier.forgotten];
    let keys =
        keys.into_iter().flatten().copied().chain(skipped).chain(dossier.snapshot.iter().copied());
    let places =
        keys.flat_map(|it| std::iter::once(it.span).chain(it.history.iter().map(|it| it.span)));
    places.chain(dossier.lost.iter().map(|it| it.span)).collect()
}

//! From entry files to what they declare.

use drift_model::{Catalog, ForeignKey, LostDeclaration, Span};
use rustc_hash::FxHashSet;
use typed_arena::Arena as TypedArena;

use crate::accounting::Trace;
use crate::ahead::Ahead;
use crate::draft::{Finished, Rules};
use crate::evaluate::{Context, Evaluator};
use crate::finishing::{Finishing, Slot};
use crate::parse::{drop_later, with_large_stack};
use crate::trees::SyntaxTrees;
use crate::value::Arena;
use crate::{Extraction, SchemaInput};

/// Reads the tables that drizzle-kit would collect from the entry files.
pub fn extract(input: &SchemaInput<'_>) -> Extraction {
    run(input, None, false)
}

/// As [`extract`], and says what became of everything that the text mentions.
pub fn extract_and_account(input: &SchemaInput<'_>) -> Extraction {
    run(input, None, true)
}

/// As [`extract`] or [`extract_and_account`], where files are only parsed that `trees` does not know.
pub fn extract_with_trees(
    input: &SchemaInput<'_>,
    trees: &SyntaxTrees,
    accounts: bool,
) -> Extraction {
    run(input, Some(trees), accounts)
}

fn run(input: &SchemaInput<'_>, trees: Option<&SyntaxTrees>, accounts: bool) -> Extraction {
    let ahead = Ahead::new(input, trees);
    let SchemaInput { dialect, line, casing, .. } = *input;
    let finishing = Finishing::new(Rules { dialect, line, casing });
    with_large_stack(|| {
        let parsed = TypedArena::new();
        let extraction = rayon::in_place_scope(|scope| {
            ahead.expect(input.entries.iter().cloned(), scope);
            let (arena, modules) = (Arena::default(), TypedArena::new());
            let context = Context {
                parse: &|path| ahead.take(path, scope),
                finish: &|drafts| finishing.hand_over(drafts, scope),
                resolver: input.resolver,
                sources: input.sources,
                env: input.env,
                dialect,
                line,
                casing,
                skipped_keys: &[],
            };
            let mut evaluator = Evaluator::new(context, &arena, &parsed, &modules);
            evaluator.trace = accounts.then(Trace::default);
            extract_with(&mut evaluator, input, &finishing)
        });
        drop_later(parsed);
        extraction
    })
}

fn extract_with(
    evaluator: &mut Evaluator<'_>,
    input: &SchemaInput<'_>,
    finishing: &Finishing,
) -> Extraction {
    let mut collected = evaluator.collect(input.entries);
    let written = evaluator.write(&collected.tables);
    let mut unresolved = std::mem::take(&mut collected.unresolved);
    unresolved.extend(written.unresolved);
    // A declaration that several tables share is one place to look at.
    let mut seen = FxHashSet::default();
    unresolved.retain(|it| seen.insert((it.span, it.reason.clone(), it.may_add)));
    let (catalog, replaced, mut lost) = catalog(&written.slots, finishing.wait());
    if !written.lost.is_empty() {
        lost.extend(without_declared(&catalog, written.lost));
    }
    if let Some(trace) = &mut evaluator.trace {
        trace.replaced = replaced;
    }
    let mut extraction = Extraction {
        catalog,
        unresolved,
        lost,
        opaque_exports: collected.opaque_exports.drain(..).map(|it| it.1).collect(),
        errors: std::mem::take(&mut evaluator.errors),
        ..Extraction::default()
    };
    evaluator.account(&collected.tables, &mut extraction);
    extraction.relations = evaluator.relations();
    extraction.unexported = evaluator.unexported(&collected, &extraction.catalog);
    extraction
}

/// What is lost of tables that others replace, and not declared in those others as well.
fn without_declared(catalog: &Catalog, mut lost: Vec<LostDeclaration>) -> Vec<LostDeclaration> {
    let place = |it: &ForeignKey| {
        let (table, columns) = (it.referencing_table.clone(), it.referencing_columns.clone());
        let target = (it.referenced_table.clone(), it.referenced_columns.clone());
        (table, columns, target, it.on_delete, it.on_update)
    };
    let declared: FxHashSet<_> = catalog.foreign_keys.iter().map(place).collect();
    lost.retain(|it| !it.foreign_key.as_ref().is_some_and(|it| declared.contains(&place(it))));
    lost
}

/// The tables of some slots, in that order, the places of the foreign keys that others replace, and
/// those that drizzle forgets.
fn catalog(
    slots: &[Slot],
    finished: Vec<(Slot, Finished)>,
) -> (Catalog, Vec<Span>, Vec<LostDeclaration>) {
    let (mut catalog, mut replaced, mut lost) = (Catalog::default(), Vec::new(), Vec::new());
    // Large lists that grow are copied again and again.
    catalog.tables.reserve_exact(finished.len());
    catalog.foreign_keys.reserve_exact(finished.iter().map(|it| it.1.foreign_keys.len()).sum());
    let mut finished: Vec<_> = finished.into_iter().map(|(_, table)| Some(table)).collect();
    for &slot in slots {
        // Every slot is handed over, and is in order.
        let Some(table) = finished.get_mut(slot).and_then(Option::take) else { continue };
        catalog.tables.push(table.table);
        catalog.foreign_keys.extend(table.foreign_keys);
        replaced.extend(table.replaced);
        lost.extend(table.lost);
    }
    (catalog, replaced, lost)
}

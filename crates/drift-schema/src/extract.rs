//! From entry files to what they declare.

use drift_model::{Catalog, Span};
use rustc_hash::FxHashSet;
use typed_arena::Arena as TypedArena;

use crate::accounting::Trace;
use crate::ahead::Ahead;
use crate::draft::{Finished, Rules};
use crate::evaluate::{Context, Evaluator};
use crate::finishing::{Finishing, Slot};
use crate::parse::{drop_later, with_large_stack};
use crate::value::Arena;
use crate::{Extraction, SchemaInput};

/// Reads the tables that drizzle-kit would collect from the entry files.
pub fn extract(input: &SchemaInput<'_>) -> Extraction {
    run(input, false)
}

/// As [`extract`], and says what became of everything that the text mentions.
pub fn extract_and_account(input: &SchemaInput<'_>) -> Extraction {
    run(input, true)
}

fn run(input: &SchemaInput<'_>, accounts: bool) -> Extraction {
    let ahead = Ahead::new(input);
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
    let collected = evaluator.collect(input.entries);
    let written = evaluator.write(&collected.tables);
    let mut unresolved = collected.unresolved;
    unresolved.extend(written.unresolved);
    // A declaration that several tables share is one place to look at.
    let mut seen = FxHashSet::default();
    unresolved.retain(|it| seen.insert((it.span, it.reason.clone(), it.may_add)));
    let (catalog, replaced) = catalog(&written.slots, finishing.wait());
    if let Some(trace) = &mut evaluator.trace {
        trace.replaced = replaced;
    }
    let mut extraction = Extraction {
        catalog,
        unresolved,
        opaque_exports: collected.opaque_exports.into_iter().map(|it| it.1).collect(),
        errors: std::mem::take(&mut evaluator.errors),
        ..Extraction::default()
    };
    evaluator.account(&collected.tables, &mut extraction);
    extraction.relations = evaluator.relations();
    extraction
}

/// The tables of some slots, in that order, and the places of the foreign keys that others replace.
fn catalog(slots: &[Slot], finished: Vec<(Slot, Finished)>) -> (Catalog, Vec<Span>) {
    let (mut catalog, mut replaced) = (Catalog::default(), Vec::new());
    let mut finished: Vec<_> = finished.into_iter().map(|(_, table)| Some(table)).collect();
    for &slot in slots {
        // Every slot is handed over, and is in order.
        let Some(table) = finished.get_mut(slot).and_then(Option::take) else { continue };
        catalog.tables.push(table.table);
        catalog.foreign_keys.extend(table.foreign_keys);
        replaced.extend(table.replaced);
    }
    (catalog, replaced)
}

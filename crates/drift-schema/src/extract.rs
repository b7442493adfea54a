//! From entry files to what they declare.

use std::path::Path;

use drift_model::SourceError;
use rustc_hash::FxHashSet;
use typed_arena::Arena as TypedArena;

use crate::accounting::Trace;
use crate::ahead::Ahead;
use crate::evaluate::{Context, Evaluator};
use crate::parse::{ParsedFile, drop_later, with_large_stack};
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
    with_large_stack(|| {
        let parsed = TypedArena::new();
        let extraction = rayon::in_place_scope(|scope| {
            ahead.expect(input.entries.iter().cloned(), scope);
            extract_into(input, &|path| ahead.take(path, scope), &parsed, accounts)
        });
        drop_later(parsed);
        extraction
    })
}

fn extract_into(
    input: &SchemaInput<'_>,
    parse: &dyn Fn(&Path) -> Result<ParsedFile, SourceError>,
    parsed: &TypedArena<ParsedFile>,
    accounts: bool,
) -> Extraction {
    let arena = Arena::default();
    let modules = TypedArena::new();
    let context = Context {
        parse,
        resolver: input.resolver,
        sources: input.sources,
        env: input.env,
        dialect: input.dialect,
        line: input.line,
        casing: input.casing,
        skipped_keys: &[],
    };
    let mut evaluator = Evaluator::new(context, &arena, parsed, &modules);
    evaluator.trace = accounts.then(Trace::default);
    let collected = evaluator.collect(input.entries);
    let mut extraction = Extraction {
        unresolved: collected.unresolved,
        opaque_exports: collected.opaque_exports.into_iter().map(|it| it.1).collect(),
        ..Extraction::default()
    };
    evaluator.write(&collected.tables, &mut extraction);
    // A declaration that several tables share is one place to look at.
    let mut seen = FxHashSet::default();
    extraction.unresolved.retain(|it| seen.insert((it.span, it.reason.clone(), it.may_hold_any)));
    extraction.errors.append(&mut evaluator.errors);
    evaluator.account(&collected.tables, &mut extraction);
    extraction.relations = evaluator.relations();
    extraction
}

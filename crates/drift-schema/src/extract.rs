//! From entry files to what they declare.

use typed_arena::Arena as TypedArena;

use crate::evaluate::{Context, Evaluator};
use crate::module_graph::ModuleId;
use crate::parse::{ParsedFile, drop_later, with_large_stack};
use crate::value::Arena;
use crate::{Extraction, SchemaInput};

/// Reads the tables that drizzle-kit would collect from the entry files.
pub fn extract(input: &SchemaInput<'_>) -> Extraction {
    with_large_stack(|| {
        let parsed = TypedArena::new();
        let extraction = extract_into(input, &parsed);
        drop_later(parsed);
        extraction
    })
}

fn extract_into(input: &SchemaInput<'_>, parsed: &TypedArena<ParsedFile>) -> Extraction {
    let arena = Arena::default();
    let modules = TypedArena::new();
    let context = Context {
        files: input.files,
        resolver: input.resolver,
        sources: input.sources,
        env: input.env,
        dialect: input.dialect,
        line: input.line,
        casing: input.casing,
        skipped_keys: &[],
    };
    let mut evaluator = Evaluator::new(context, &arena, parsed, &modules);
    evaluator.load_with_reexports(input.entries);
    let entries: Vec<ModuleId> =
        input.entries.iter().filter_map(|path| evaluator.load(path).ok()).collect();
    let collected = evaluator.collect(&entries);
    let mut extraction = Extraction { unresolved: collected.unresolved, ..Extraction::default() };
    evaluator.write(&collected.tables, &mut extraction);
    extraction.errors.append(&mut evaluator.errors);
    extraction.relations = evaluator.relations();
    extraction
}

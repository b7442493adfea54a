//! Parses text and throws the result away: what a reader of the same files cannot do without.

use sqlparser::dialect::Dialect;
use sqlparser::parser::Parser as SqlParser;
use swc_common::BytePos;
use swc_ecma_parser::{Parser, StringInput, Syntax, TsSyntax};

/// The line between two statements of a migration.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// What was parsed.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Items of TypeScript modules, or SQL statements.
    pub(crate) items: usize,
    /// Modules, or pieces of SQL between two breakpoints, that the parser refused.
    pub(crate) failures: usize,
}

/// Parses a TypeScript module as SWC does for a compiler.
pub(crate) fn typescript(text: &str) -> Counts {
    // SWC counts bytes from 1; 0 is its "nowhere".
    let first = BytePos(1);
    let input = StringInput::new(text, first, BytePos(first.0 + text.len() as u32));
    let syntax = Syntax::Typescript(TsSyntax::default());
    match Parser::new(syntax, input, None).parse_module() {
        Ok(module) => Counts { items: module.body.len(), failures: 0 },
        Err(_) => Counts { items: 0, failures: 1 },
    }
}

/// Parses a migration piece by piece, so that one refused statement costs only its own piece.
pub(crate) fn sql(text: &str, dialect: &dyn Dialect) -> Counts {
    let mut counts = Counts::default();
    for piece in text.split(BREAKPOINT) {
        match SqlParser::parse_sql(dialect, piece) {
            Ok(statements) => counts.items += statements.len(),
            Err(_) => counts.failures += 1,
        }
    }
    counts
}

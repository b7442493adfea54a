//! From text to syntax tree.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use drift_model::{FileId, FileSystem, SourceError, SourceFile, SourceMap, Span};
use rayon::{ThreadPool, ThreadPoolBuilder};
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{ExportDefaultExpr, Module, ModuleDecl, ModuleItem};
use swc_ecma_parser::error::Error;
use swc_ecma_parser::{EsSyntax, Parser, StringInput, Syntax, TsSyntax};

use crate::nesting;

/// A file and its syntax tree.
pub(crate) struct ParsedFile {
    pub(crate) source: Arc<SourceFile>,
    pub(crate) module: Module,
}

/// Reads a file.
///
/// # Errors
/// It cannot be read.
pub(crate) fn load(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<Arc<SourceFile>, SourceError> {
    sources.load(files, path).map_err(|error| SourceError {
        path: path.to_path_buf(),
        span: None,
        message: format!("cannot read the file: {error}"),
    })
}

/// Parses a file by what its extension says.
///
/// # Errors
/// The text is not in its language, or nested too deeply to be read safely.
pub(crate) fn parse(source: Arc<SourceFile>) -> Result<ParsedFile, SourceError> {
    if let Some(offset) = nesting::too_deep_at(&source) {
        return Err(SourceError {
            path: source.path.clone(),
            span: Some(Span::new(source.id, offset, offset + 1)),
            message: "nested too deeply to be read".to_owned(),
        });
    }
    let extension = source.path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let parsed = match extension {
        "json" => parse_json(&source.text),
        "tsx" => parse_module(&source.text, typescript(true)),
        "js" | "mjs" | "cjs" | "jsx" => parse_module(&source.text, javascript())
            // Type annotations in a `.js` file are an error to Node, but not to every loader.
            .or_else(|error| parse_module(&source.text, typescript(true)).map_err(|_| error)),
        _ => parse_module(&source.text, typescript(false)),
    };
    match parsed {
        Ok(module) => Ok(ParsedFile { source, module }),
        Err(error) => Err(SourceError {
            path: source.path.clone(),
            span: Some(file_span(source.id, error.span())),
            message: format!("syntax error: {}", error.kind().msg()),
        }),
    }
}

/// Whether a file holds code or data that [`parse`] understands.
pub(crate) fn is_readable(path: &Path) -> bool {
    const EXTENSIONS: [&str; 9] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "json"];
    path.extension().and_then(|it| it.to_str()).is_some_and(|it| EXTENSIONS.contains(&it))
}

/// Where a span of SWC lies: it counts bytes from 1.
pub(crate) fn file_span(file: FileId, span: swc_common::Span) -> Span {
    let start = span.lo.0.saturating_sub(FIRST.0);
    Span::new(file, start, span.hi.0.saturating_sub(FIRST.0).max(start))
}

/// Runs `work` on a pool of threads whose stacks are large enough for every syntax tree that is let
/// through: parsing, walking and dropping a tree recurse as deeply as it goes. Reading a schema does so by
/// itself; what goes on beside it is best run here as well, since threads of two pools get in each other's way.
pub fn with_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match &*POOL {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Whether [`with_large_stack`] can keep its promise.
pub(crate) fn has_large_stack() -> bool {
    POOL.is_some()
}

/// Drops syntax trees where the stack is large enough, without making anybody wait for it: it takes
/// as long as a third of parsing them.
pub(crate) fn drop_later(files: impl Send + 'static) {
    match &*POOL {
        Some(pool) => pool.spawn(move || drop(files)),
        None => drop(files),
    }
}

/// The position of the first byte; 0 is SWC's "nowhere".
const FIRST: BytePos = BytePos(1);

static POOL: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    const STACK_SIZE: usize = 256 << 20;
    // The pages of a stack are only taken when they are touched.
    ThreadPoolBuilder::new().stack_size(STACK_SIZE).build().ok()
});

fn parse_module(text: &str, syntax: Syntax) -> Result<Module, Error> {
    parser(text, syntax).parse_module()
}

/// JSON is an expression; it becomes the default export.
fn parse_json(text: &str) -> Result<Module, Error> {
    let expr = parser(text, javascript()).parse_expr()?;
    let span = expr.span();
    let export = ExportDefaultExpr { span, expr };
    let body = vec![ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(export))];
    Ok(Module { span, body, shebang: None })
}

fn parser(text: &str, syntax: Syntax) -> Parser<swc_ecma_parser::Lexer<'_>> {
    let end = BytePos(FIRST.0 + text.len() as u32);
    Parser::new(syntax, StringInput::new(text, FIRST, end), None)
}

fn typescript(tsx: bool) -> Syntax {
    Syntax::Typescript(TsSyntax {
        tsx,
        decorators: true,
        // Loaders strip types without checking them; what they accept is to be read.
        no_early_errors: true,
        ..TsSyntax::default()
    })
}

fn javascript() -> Syntax {
    Syntax::Es(EsSyntax {
        jsx: true,
        decorators: true,
        decorators_before_export: true,
        import_attributes: true,
        allow_super_outside_method: true,
        allow_return_outside_function: true,
        auto_accessors: true,
        explicit_resource_management: true,
        ..EsSyntax::default()
    })
}

//! Which tables a text could touch that was not understood, or is put together when it runs.

use drift_model::{Scope, Span, TableName};

use crate::apply::Applier;
use crate::cursor::{Cursor, Source};
use crate::lex::{self, Lexer, Token, TokenKind};
use crate::state::{State, TableId};
use crate::statement::QualifiedName;

/// How deep texts in strings in texts are looked at.
const DEPTH_LIMIT: usize = 4;

/// What a text could touch, before it is known what becomes of the tables.
#[derive(Debug, Clone)]
pub(crate) enum Touched<'a> {
    Any,
    Tables {
        /// Those that are there.
        known: Vec<TableId>,
        /// What the text calls them, for those that are made later.
        names: Vec<QualifiedName<'a>>,
    },
}

impl Touched<'_> {
    /// No table.
    pub(crate) fn nothing() -> Self {
        Touched::Tables { known: Vec::new(), names: Vec::new() }
    }

    /// What either of the two touches.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (
                Touched::Tables { mut known, mut names },
                Touched::Tables { known: more, names: others },
            ) => {
                known.extend(more);
                names.extend(others);
                Touched::Tables { known, names }
            }
            _ => Touched::Any,
        }
    }
}

/// The tables that a text names.
#[derive(Debug, Default)]
struct Named<'a> {
    /// Behind `ALTER TABLE` and the like.
    targets: Vec<QualifiedName<'a>>,
    /// Strings that could be the name of a table.
    strings: Vec<QualifiedName<'a>>,
    /// Whether there is DDL whose table is put in when it runs.
    has_open_target: bool,
}

impl<'a> Applier<'a> {
    /// What a statement could touch that was not understood: the tables whose DDL it is.
    pub(crate) fn touched_by_unread(&self, span: Span) -> Touched<'a> {
        match self.text_of(span) {
            Some(text) => self.touched(self.named(text).targets),
            None => Touched::nothing(),
        }
    }

    /// What a step of the statement at hand could touch that is put together when it runs. Where
    /// the step doesn't say which tables, they are named elsewhere in the statement, or nowhere.
    pub(crate) fn touched_by_dynamic(&self, step: Span) -> Touched<'a> {
        let text = self.text_of(step);
        let step = text.map(|it| self.named(it)).unwrap_or_default();
        if !step.has_open_target && !step.targets.is_empty() {
            return self.touched(step.targets);
        }
        let whole = self.span.and_then(|it| self.text_of(it)).or(text);
        whole.map_or(Touched::Any, |it| self.touched_by_text(it))
    }

    /// What a text could touch that runs as a whole.
    pub(crate) fn touched_by_text(&self, text: &'a str) -> Touched<'a> {
        let named = self.named(text);
        let is_open = named.has_open_target || named.targets.is_empty();
        let has_tables = named.strings.iter().any(|name| self.find(name).is_some());
        if is_open && (!has_tables || selects_by_more_than_names(text)) {
            return Touched::Any;
        }
        self.touched(named.targets.into_iter().chain(named.strings).collect())
    }

    fn named(&self, text: &'a str) -> Named<'a> {
        let mut found = Named::default();
        if let Some(source) = self.file {
            look_through(Source { text, ..source }, 0, &mut found);
        }
        found
    }

    fn touched(&self, names: Vec<QualifiedName<'a>>) -> Touched<'a> {
        let known = names.iter().filter_map(|name| self.find(name)).collect();
        Touched::Tables { known, names }
    }

    fn find(&self, name: &QualifiedName<'a>) -> Option<TableId> {
        find(&self.state, name)
    }

    /// The text at a place in the file at hand.
    pub(crate) fn text_of(&self, span: Span) -> Option<&'a str> {
        self.file?.text.get(span.start as usize..span.end as usize)
    }
}

/// The scope of something, after the last migration.
pub(crate) fn scope<'a>(touched: &Touched<'a>, state: &State<'a>) -> Scope {
    let Touched::Tables { known, names } = touched else { return Scope::Any };
    let later = names.iter().filter_map(|name| find(state, name));
    let mut tables: Vec<TableId> = known.iter().copied().chain(later).collect();
    tables.sort_unstable();
    tables.dedup();
    tables.retain(|id| state.is_alive(*id));
    let tables = tables.into_iter().map(|id| state.table(id));
    Scope::Tables(
        tables
            .map(|table| TableName {
                namespace: (table.namespace != state.home).then(|| table.namespace.to_string()),
                name: table.name.to_string(),
            })
            .collect(),
    )
}

fn find<'a>(state: &State<'a>, name: &QualifiedName<'a>) -> Option<TableId> {
    state.lookup(name).or_else(|| {
        let is_open = name.namespace.is_none();
        state.lookup_in_any_namespace(&name.name).first().copied().filter(|_| is_open)
    })
}

/// Whether a text looks tables up by more than their own names, so that those it names say nothing
/// about which it finds.
fn selects_by_more_than_names(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "not in",
        "<>",
        "!=",
        "like",
        "~",
        "similar",
        "confrelid",
        "constraint_column_usage",
        "referential_constraints",
    ];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

fn look_through<'a>(source: Source<'a>, depth: usize, found: &mut Named<'a>) {
    let text = source.text;
    let tokens: Vec<Token> = Lexer::new(text, 0, text.len(), source.engine).collect();
    let mut cursor = Cursor::new(source, &tokens);
    while let Some(token) = cursor.next() {
        match token.kind {
            TokenKind::Word if depth == 0 && token.is_word(text, "execute") => {
                found.has_open_target |= cursor.peek().is_some_and(|next| {
                    next.kind == TokenKind::Word && !cursor.is_any(&["format", "concat"])
                });
            }
            TokenKind::Word if is_behind_ddl(&cursor, token) => target(&mut cursor, found),
            TokenKind::String => string(source, token, depth, found),
            _ => {}
        }
    }
}

/// Whether the token before the cursor is the `TABLE` of a statement.
fn is_behind_ddl(cursor: &Cursor<'_, '_>, token: Token) -> bool {
    const VERBS: [&str; 6] = ["alter", "drop", "create", "rename", "temporary", "unlogged"];
    let text = cursor.source.text;
    let before = cursor.at().checked_sub(2).and_then(|at| cursor.tokens(at, at + 1).first());
    token.is_word(text, "table")
        && before.is_some_and(|it| VERBS.iter().any(|verb| it.is_word(text, verb)))
}

/// Reads the names behind `ALTER TABLE` or `DROP TABLE`.
fn target<'a>(cursor: &mut Cursor<'_, 'a>, found: &mut Named<'a>) {
    while cursor.take_any(&["if", "not", "exists", "only"]) {}
    loop {
        let name = cursor.qualified_name();
        let is_whole = !cursor.is_symbol(b'%') && !cursor.is_symbol(b'.');
        match name {
            Ok(name) if is_whole && !name.name.contains('%') => found.targets.push(name),
            _ => {
                found.has_open_target = true;
                return;
            }
        }
        if !cursor.take_symbol(b',') {
            return;
        }
    }
}

/// A string is the name of a table, or SQL in its turn.
fn string<'a>(source: Source<'a>, token: Token, depth: usize, found: &mut Named<'a>) {
    let text = token.text(source.text);
    // In a text with quotes in it the doubled ones are read as strings, which does no harm.
    let body = lex::plain_body(text).unwrap_or(1..text.len().saturating_sub(1).max(1));
    let Some(body) = text.get(body) else { return };
    let source = Source { text: body, ..source };
    // More tokens than a name has say that it is none.
    let tokens: Vec<Token> = Lexer::new(body, 0, body.len(), source.engine).take(4).collect();
    let mut cursor = Cursor::new(source, &tokens);
    match cursor.qualified_name() {
        Ok(name) if cursor.is_done() => found.strings.push(name),
        _ if depth < DEPTH_LIMIT => look_through(source, depth + 1, found),
        _ => found.has_open_target = true,
    }
}

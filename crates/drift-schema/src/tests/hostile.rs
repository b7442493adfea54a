//! Nothing that is read may make the reader panic, hang, overflow or grow without bound.

use drift_model::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Case, ENTRY, PG};
use crate::Extraction;

/// Reads `text` after an ordinary schema, in any way that does not crash.
fn check(text: &str) -> String {
    Case::pg(text).broken().foreign_keys()
}

/// How many levels of some bytes each fit into a text that is too short to be looked through.
fn short(level: usize) -> usize {
    ((32 << 10) - 1_000) / level
}

/// What the parser reads twice takes twice as long with every level.
#[test]
fn survives_what_is_read_twice() {
    for level in [
        "<T>(",
        "<T>(a) => ",
        "a<b>`${",
        "a ? (b): c => ",
        "a ? (b) : (c): d => ",
        "asserts > /x/ ? < ",
        "a ? <T>(b): c => ",
        "<T> <T> (",
        "<T> <T> [",
        "a<'>', (b = ",
        "a ? async (b): c => ",
        "'x' < {",
        "a<{[",
    ] {
        for count in [12, 24, 60, 5_000] {
            check(&format!("export const nested = {}", level.repeat(count)));
        }
    }
}

/// Just below what is refused, and far above it.
#[test]
fn survives_nesting() {
    for (open, middle, close) in [
        ("[", "", "]"),
        ("(", "1", ")"),
        ("{a:", "1", "}"),
        ("f(", "", ")"),
        ("!", "1", ""),
        ("- ", "1", ""),
        ("typeof ", "1", ""),
        ("a ? 1 : ", "1", ""),
        ("a ? ", "1", " : 1"),
        ("x => ", "1", ""),
        ("x = ", "1", ""),
        ("2 ** ", "1", ""),
        ("new ", "a", ""),
        ("`${", "1", "}`"),
        ("1 + ", "1", ""),
        ("a?.b || ", "1", ""),
        ("a ?? ", "1", ""),
        ("await ", "1", ""),
        ("async () => ", "1", ""),
        ("function () { return ", "1", "}"),
        ("<T,>(a: T) => ", "1", ""),
        ("a<b>(", "1", ")"),
        ("a < ", "b", ""),
        ("a<(", "b", ""),
        ("(a?: b) => ", "1", ""),
        ("(a ? (b) : ", "1", ")"),
        ("({ a = ", "1", "})"),
    ] {
        for count in [24, 400, 990, short(open.len() + close.len()), 100_000] {
            let nested = format!("{}{middle}{}", open.repeat(count), close.repeat(count));
            check(&format!("export const nested = {nested};"));
        }
    }
    for statement in [
        "if (a) ",
        "if (a) {} else ",
        "for (;;) ",
        "while (a) ",
        "do ",
        "l: ",
        "try { ",
        "{",
        "class A { static { ",
        "namespace A { ",
        "switch (a) { case 1: ",
    ] {
        for count in [24, 400, 990, short(statement.len()), 100_000] {
            check(&format!("{};", statement.repeat(count)));
        }
    }
    for annotation in
        ["A<", "A | ", "A extends B ? C : ", "keyof ", "(", "{ a: ", "() => ", "[", "A & "]
    {
        for count in [24, 400, 990, short(annotation.len()), 100_000] {
            check(&format!("let a: {}", annotation.repeat(count)));
        }
    }
}

#[test]
fn survives_long_chains() {
    for link in
        [".a", "()", "[0]", ".a()", "!", "?.a", "``", " + 1", " as any", " satisfies A", " || 1"]
    {
        for count in [1_000, 30_000, 300_000] {
            check(&format!("export const chain = users{};", link.repeat(count)));
        }
    }
}

#[test]
fn stops_what_does_not_end() {
    let loops = [
        "const f = () => f(); export const a = f();",
        "for (;;) {} export const a = 1;",
        "while (true) { users; }",
        "const a = []; for (;;) { a.push(a); }",
        "let s = 'ab'; for (;;) { s = s + s; }",
        "let a: any = [1]; for (;;) { a = [...a, ...a]; }",
        "let a: any = {}; for (;;) { a = { a }; }",
        "let o: any = {}; for (let i = 0; ; i++) { o['k' + i] = { ...o }; }",
        "let f = () => 1; for (;;) { const g = f; f = () => g(); }",
        "const f = (n: number): any => (n ? f(n - 1) + f(n - 1) : 1); export const a = f(100);",
        "let s = 'a'; for (;;) { s = s.replaceAll('a', 'aa'); }",
        "let e = process.env.X ? 1 : 2; for (;;) { e = process.env.X ? e : e + 1; }",
        "let e: any = 1; for (;;) { e = process.env.X ? e : { e }; }",
        "let e = process.env.X ? 'a' : 'b'; export const a = e + e + e + e + e + e + e + e + e + e;",
        "const a = { get b() { return this.b; } }; export const c = a.b;",
        "const a: any = {}; a.a = a; export const b = { ...a, ...a.a.a };",
    ];
    for text in loops {
        check(text);
    }
}

#[test]
fn reports_a_foreign_key_behind_an_endless_loop() {
    let text = "const f = () => f(); export const t = pgTable('t', { a: integer('a').references(() => f()) });";
    insta::assert_snapshot!(check(text), @"? this is nested too deeply to be evaluated: references(() => f())");
}

#[test]
fn says_that_it_stopped() {
    let text = "let x = 0; for (;;) { x++; } export const t = pgTable('t', { a: integer('a').references(() => users.id) });";
    insta::assert_snapshot!(check(text), @r"
    ? evaluating this takes too many steps: pgTable('t', { a: integer('a').references(() => users.id) })
    ? evaluating this takes too many steps; what comes after was not read: x++
    ");
    let text = "export const t = new Tables().of({ a: integer('a').references(() => users.id) });";
    insta::assert_snapshot!(check(text), @"? `Tables` is not declared: new Tables().of({ a: integer('a').references(() => users.id) })");
}

#[test]
fn stays_linear() {
    let many = |text: &dyn Fn(usize) -> String, count| (0..count).map(text).collect::<String>();
    let bindings = many(&|it| format!("const a{it} = {it}; a{it}.b = 1;\n"), 20_000);
    check(&format!("{bindings} export const x = a1;"));
    let locals = many(&|it| format!("const a{it} = {it};\n"), 20_000);
    check(&format!("export const x = (() => {{ {locals} return a1; }})();"));
    let keys = many(
        &|it| {
            format!(
                "foreignKey({{ columns: [t.a], foreignColumns: [users.id], name: 'n{it}' }}),\n"
            )
        },
        20_000,
    );
    check(&format!("export const t = pgTable('t', {{ a: integer('a') }}, (t) => [{keys}]);"));
    let columns = many(&|it| format!("a{it}: integer().references(() => t.a{it}),\n"), 20_000);
    check(&format!("export const t = pgTable('t', {{ {columns} }});"));
    let barrel = many(&|it| format!("export * from './s{it}';\n"), 2_000);
    let files = many(
        &|it| format!("//- src/s{it}.ts\nexport const a{it} = 1; export * from './s{}';\n", it + 1),
        2_000,
    );
    Case::new(&format!("//- src/schema.ts\n{barrel}{files}")).broken().foreign_keys();
}

/// What people write, for tests that break it.
const SCHEMA: &str = r#"
    const { a = 1, ...b } = { get c() { return `x${1}`; } };
    const timestamps = { createdAt: timestamp("created_at").notNull().defaultNow() };
    export const role = pgEnum("role", ["admin", 'member']);
    export const posts = pgTable("posts", {
      id: serial().primaryKey(), // é
      ...timestamps,
      role: role().default("admin"),
      author: integer("author_id").references((): AnyPgColumn => users.id, { onDelete: "cascade" }),
      ...(process.env.X ? { extra: text("extra").unique() } : {}),
    }, (t) => [uniqueIndex("posts_idx").on(t.author, sql`lower(${t.role})`).where(sql`a > 1`)]);
    export const t = pgTable("t", { ...b, é: integer("é").references(() => users.id) }, (t) => [
      foreignKey({ columns: [t.é], foreignColumns: [users["id"]] }).onDelete(a ? "cascade" : undefined),
    ]);
    export class Tables { static table = pgTable("static", { id: integer() }); }
    for (const name of ["x", "y"]) { Tables[name] = pgTable(name, {}); }
    "#;

/// More of the language than schemas have, and what drizzle has besides tables.
const MODULE: &str = r#"
    import * as self from "./schema";
    export * from "./schema"; export * as all from "./schema";
    enum Action { Cascade = "cascade", Null = `set ${"null"}`, N = 1 << 2 }
    namespace Names { export const prefix = "acme_"; export namespace Inner { export let n = 0; } }
    declare module "x" { interface Y<T extends keyof Z = never> { a?: T[]; } }
    abstract class Base<T> { static #n = 0; static { this.x = 1; } constructor(private a: T) {} get id() { return 1; } }
    class Derived extends Base<string> { static table = pgTable("d", { id: integer() }); override id = super.id; }
    const creator = pgTableCreator((name: string) => `${Names.prefix}${name}`);
    const byName = new Map(Object.entries({ a: integer, b: text }));
    const rows = [...byName].flatMap(([key, make], at) => (at % 2 ? [] : [[key, make(key)] as const]));
    export const made = creator("made", Object.fromEntries(rows) as never);
    function* walk() { yield* [1, 2, 3]; }
    const load = async () => await import("./schema");
    label: for (let i = 0; i < 3; i++) { for (const x of [i]) { if (x === 1) continue label; else break; } }
    switch (Action.N) { case 4: { Names.Inner.n ??= 3; break; } default: throw new Error("é"); }
    try { JSON.parse("{"); } catch { delete (made as any).x; } finally { void 0; }
    const pattern = /^(a|b)+\/[\]/]$/giu, [first, , ...others] = "a/b".split(pattern);
    export const nodes = pgTable("nodes", { id: serial().primaryKey(), up: integer().references(() => nodes.id) });
    export const shared = { by: integer().references(() => self.nodes.id, { onDelete: Action.Cascade }).unique() };
    export const one = pgTable("one", { ...shared }), two = pgTable("two", shared);
    export const rel = relations(nodes, ({ one, many }) => ({
      up: one(nodes, { fields: [nodes.up], references: [nodes.id] }), down: many(nodes),
    }));
    export const links = defineRelations({ nodes, one, two }, (r) => ({
      nodes: { ones: r.many.one({ from: r.nodes.id.through(r.two.by), to: r.one.by.through(r.two.by) }) },
    }));
    export default { pgTable, walk, load, ...self };
    "#;

#[test]
fn survives_fragments() {
    for text in [SCHEMA, MODULE] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            check_places(&text[..end]);
            check_places(&text[end..]);
        }
    }
    for text in
        ["", "\u{feff}", "\0", "#!", "'", "`", "/", "/*", "\\", "\u{2028}", "@", "<", "export"]
    {
        check_places(text);
    }
}

#[test]
fn reads_fifty_megabytes() {
    let letters = "é x".repeat(25 << 18);
    let tables: String = (0..1_000)
        .map(|it| format!("export const t{it} = pgTable('t{it}', {{ id: integer('id') }});\n"))
        .collect();
    let text = format!("/*{letters}*/ const long = '{letters}'; {tables}");
    assert!(Case::pg(&text).tables().ends_with("t999\n  id integer"));
}

#[test]
fn reads_ten_thousand_files() {
    let part = |it: usize| {
        format!(
            "//- src/t{it}.ts\nimport {{ pgTable }} from 'drizzle-orm/pg-core';\nexport const t{it} = pgTable('t{it}', {{}});\n"
        )
    };
    let barrel: String = (0..10_000).map(|it| format!("export * from './t{it}';\n")).collect();
    let parts: String = (0..10_000).map(part).collect();
    let text = format!("//- {ENTRY}\n{barrel}{parts}");
    assert_eq!(Case::new(&text).extract().catalog.tables.len(), 10_000);
}

#[test]
fn reads_barrels_that_include_themselves() {
    let barrel =
        "export * from './schema'; export * from './other'; export * as self from './schema';";
    let other =
        "export * from './schema'; export * from './other'; export { gone } from './other';";
    let text = format!("//- {ENTRY}\n{barrel} {PG}\n//- src/other.ts\n{other}");
    insta::assert_snapshot!(Case::new(&text).tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    ");
}

/// Unbroken they are read to the end, so that breaking them reaches every part.
#[test]
fn reads_what_is_to_be_broken() {
    for (text, count) in [(SCHEMA, 2), (MODULE, 3)] {
        let extraction = Case::pg(text).broken().extract();
        assert!(extraction.errors.is_empty(), "{:?}", extraction.errors);
        assert_eq!(extraction.catalog.foreign_keys.len(), count);
    }
}

/// The parser would take years to find out what these angle brackets are.
#[test]
fn survives_what_the_parser_guesses_at() {
    for piece in ["a<s, (b = ", "a<(b = ", "a<{["] {
        check_places(&format!("const x = y, {}", piece.repeat(100)));
    }
}

/// The parser repairs this in a way that an assertion of its own takes for a mistake.
#[test]
fn survives_what_the_parser_asserts() {
    check_places("enum A { 0.0 import { users } from './users';");
}

/// Cuts pieces out of text and puts others in, some of them from elsewhere in the text.
fn broken_schema() -> impl Strategy<Value = String> {
    let snippets = vec![
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "`",
        "${",
        "'",
        "\"",
        "/*",
        "//",
        "=>",
        "?",
        ":",
        ",",
        ";",
        ".",
        "...",
        "=",
        "é",
        "\u{2028}",
        "\0",
        "\\",
        "export ",
        "async ",
        "yield ",
        "class ",
        "users",
        "posts.id",
        "t",
        "1e9",
        "-1",
        "foreignKey(",
        ".references(",
        "null",
        "#!",
        "@",
    ];
    let cut = |text: &[char], at: Index, length: usize| {
        let start = at.index(text.len() + 1);
        start..(start + length).min(text.len())
    };
    let inserted = prop_oneof![
        select(snippets).prop_map(|snippet| (Some(snippet), None)),
        (any::<Index>(), 0..200_usize).prop_map(|piece| (None, Some(piece))),
    ];
    let edits = vec((any::<Index>(), 0..40_usize, inserted), 1..6);
    (select(vec![SCHEMA, MODULE]), edits).prop_map(move |(text, edits)| {
        let mut text: Vec<char> = text.chars().collect();
        for (at, length, (snippet, piece)) in edits {
            let inserted: Vec<char> = match piece {
                Some((at, length)) => text[cut(&text, at, length)].to_vec(),
                None => snippet.unwrap_or_default().chars().collect(),
            };
            let range = cut(&text, at, length);
            text.splice(range, inserted);
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn survives_edits(text in broken_schema()) {
        check_places(&text);
    }
}

/// Reads `text` twice; both give the same, and every place lies in its file, between characters.
fn check_places(text: &str) {
    let case = Case::pg(text).broken();
    let extraction = case.extract();
    for span in places(&extraction) {
        let file = case.sources.file(span.file);
        let range = span.start as usize..span.end as usize;
        assert!(file.text.get(range).is_some(), "{span:?} of {text}");
    }
    assert_eq!(
        format!("{extraction:?}"),
        format!("{:?}", Case::pg(text).broken().extract()),
        "{text}"
    );
}

fn places(extraction: &Extraction) -> Vec<Span> {
    let mut places: Vec<Span> = extraction.unresolved.iter().map(|it| it.span).collect();
    places.extend(extraction.relations.iter().map(|it| it.span));
    places.extend(extraction.errors.iter().filter_map(|it| it.span));
    for table in &extraction.catalog.tables {
        places.push(table.span);
        places.extend(table.columns.iter().map(|it| it.span));
        places.extend(table.primary_key.iter().chain(&table.uniques).map(|it| it.span));
        places.extend(table.indexes.iter().map(|it| it.span));
    }
    for key in &extraction.catalog.foreign_keys {
        places.push(key.span);
        places.extend(key.on_delete_span.iter().chain(&key.on_update_span));
    }
    places
}

/// What the language offers to make much of little.
#[test]
fn survives_growth() {
    for text in [
        "const s = 'ab'.repeat(1000).replace(/(a+)+b$|(a|a)*c/g, '$`$`$`$`');",
        "const p = new RegExp('(x+x+)+y'); for (;;) p.test('x'.repeat(40));",
        "const s = 'a'.repeat(1000); let t = s; for (;;) t = s.replace('a', t + '$&$`');",
        "const s = 'a'.repeat(1000); for (;;) s.repeat(9).replaceAll('a'.repeat(4000) + 'b', '');",
        "let t = ','.repeat(1000).repeat(1000); for (;;) { t.split(','); [...t]; const [a, ...b] = t; }",
        "const a = []; for (let i = 0; ; i += 999) a[i] = 1;",
        "const m = new Map(); for (let i = 0; ; i++) { m.set(i, m); [...m]; }",
        "function* g() { for (;;) yield* g(); } [...g()];",
        "function* g() { for (;;) yield [...g2()]; } function* g2() { for (;;) yield 1; } [...g()];",
        "const a: any = []; a.push(a); String(a); JSON.stringify(a); a.flat(Infinity); `${a}`;",
        "const o: any = { toString() { return `${o}`; } }; `${o}`; JSON.stringify({ get a() { return o + o; } });",
        "class A extends A {} new A(); class B extends C {} class C extends B {} new B().x;",
        "class A { constructor() { new A(); } } new A(); class D { x = new D(); static y = new D(); } new D();",
        "class A { get x() { return this.x; } set y(v) { this.y = v; } } const a = new A(); a.x; a.y = 1;",
        "const a: any = {}; Object.setPrototypeOf(a, a); a.x; const b = { __proto__: a }; Object.setPrototypeOf(a, b); a.x;",
        "const f = function () {}.bind(); let g = f; for (;;) g = g.bind(null, g); g();",
        "const p = Promise.resolve(1); p.then(function f() { return p.then(f); });",
        "namespace N { export const a = N.a; export namespace N { export const b = N.N.N; } } N.N;",
        "new Array(4000000000).fill(0); 'x'.padStart(1e9); (1e300).toString(36); 'x'.padEnd(1e9, 'é');",
        "l: for (;;) { m: for (;;) { continue l; } } l: { l: break l; }",
        "try { for (;;) { try { throw 1; } catch { continue; } finally { throw 2; } } } catch {}",
    ] {
        check(&format!("const run = () => {{ {text} }}; export const x = run();"));
        check(text);
    }
    let classes = (1..20_000).map(|it| format!("class A{it} extends A{} {{}}\n", it - 1));
    check(&format!(
        "class A0 {{}}\n{} export const a = new A19999();",
        classes.collect::<String>()
    ));
}

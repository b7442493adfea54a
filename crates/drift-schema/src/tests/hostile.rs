//! Nothing that is read may make the reader panic, hang, overflow or grow without bound.

use super::Case;

/// Reads `text` after an ordinary schema, in any way that does not crash.
fn check(text: &str) -> String {
    Case::pg(text).broken().foreign_keys()
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
        for count in [24, 400, 990, 100_000] {
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
        for count in [24, 400, 990, 100_000] {
            check(&format!("{};", statement.repeat(count)));
        }
    }
    for annotation in
        ["A<", "A | ", "A extends B ? C : ", "keyof ", "(", "{ a: ", "() => ", "[", "A & "]
    {
        for count in [24, 400, 990, 100_000] {
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
    insta::assert_snapshot!(check(text), @"? the instance of a class is not evaluated: new Tables().of({ a: integer('a').references(() => users.id) })");
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

#[test]
fn survives_fragments() {
    let schema = r#"
        const { a = 1, ...b } = { get c() { return `x${1}`; } };
        export const t = pgTable("t", { ...b, é: integer("é").references((): any => users.id, { onDelete: "cascade" }) }, (t) => [
          foreignKey({ columns: [t.é], foreignColumns: [users["id"]] }).onDelete(a ? "cascade" : undefined),
        ]);
        "#;
    for end in (0..schema.len()).filter(|end| schema.is_char_boundary(*end)) {
        check(&schema[..end]);
        check(&schema[end..]);
    }
    for text in
        ["", "\u{feff}", "\0", "#!", "'", "`", "/", "/*", "\\", "\u{2028}", "@", "<", "export"]
    {
        check(text);
    }
}

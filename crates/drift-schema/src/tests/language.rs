use insta::assert_snapshot;

use super::Case;

/// Evaluates `expression` as the name of a table.
pub(super) fn check(expression: &str) -> String {
    let case =
        Case::pg(&format!("export const t = pgTable({expression}, {{}});")).env("PREFIX", "app_");
    let extraction = case.extract();
    match extraction.catalog.tables.get(1) {
        Some(table) => table.name.to_string(),
        None => extraction.unresolved[0].reason.clone(),
    }
}

#[test]
fn evaluates_text() {
    assert_snapshot!(check(r#""a" + "b" + 1"#), @"ab1");
    assert_snapshot!(check(r#"`a_${"b"}_${1 + 1}`"#), @"a_b_2");
    assert_snapshot!(check(r#"process.env.PREFIX + "x""#), @"app_x");
    assert_snapshot!(check(r#"(process.env.UNSET ?? "d") + (process.env.UNSET || "e")"#), @"de");
    assert_snapshot!(check(r#""Ab".toLowerCase().replace("b", "c").concat("_d")"#), @"ac_d");
    assert_snapshot!(check(r#"["a", "b"].map((x, i) => x + i).join("_")"#), @"a0_b1");
    assert_snapshot!(check(r#"({ a: { b: "c" } })["a"]?.b!"#), @"c");
    assert_snapshot!(check(r#"true ? "yes" : "no""#), @"yes");
    assert_snapshot!(check(r#"(() => { if (1 > 2) return "a"; else return "b"; })()"#), @"b");
    assert_snapshot!(check(r#"((a, { b = "x", ...rest }, ...more) => a + b + rest.c + more.length)("1", { c: "2" }, 3, 4)"#), @"1x22");
    assert_snapshot!(check(r#"Object.keys({ a: 1, ...{ b: 2 } }).join()"#), @"a,b");
    assert_snapshot!(check(r#"Object.entries(Object.assign({}, { k: "v" }))[0].join("=")"#), @"k=v");
    assert_snapshot!(check(r#"Object.fromEntries([["a", "b"]]).a"#), @"b");
    assert_snapshot!(check(r#"[..."ab".split("b"), ["c"]].flat().filter(Boolean).concat("d").join("")"#), @"acd");
    assert_snapshot!(check(r#"(function () { let s = ""; for (let i = 0; i < 3; i++) { s += i; } return s; })()"#), @"012");
    assert_snapshot!(check(r#"(function () { switch ("b") { case "a": return "1"; case "b": return "2"; } })()"#), @"2");
    assert_snapshot!(check(r#"({ get name() { return "got"; } }).name"#), @"got");
    assert_snapshot!(check(r#"({ prefix: "p_", of(n) { return this.prefix + n; } }).of("x")"#), @"p_x");
    assert_snapshot!(check(r#"typeof "a""#), @"string");
    assert_snapshot!(check("process.env.UNSET"), @"the name of this table is not known: `process.env.UNSET` is not set");
    assert_snapshot!(check("nowhere"), @"the name of this table is not known: `nowhere` is not declared");
}

#[test]
fn resolves_names_by_scope() {
    let case = Case::pg(
        r#"
        const name = "outer";
        function make(name: string) {
          const users = pgTable(name + "_users", { id: integer("id") });
          { const name = "inner"; }
          return pgTable(name, { a: integer("a").references(() => users.id) });
        }
        export const t = make("t");
        export const u = pgTable(name, { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> t_users(id)
    outer(a) -> users(id)
    ");
}

#[test]
fn makes_tables_in_factories_and_loops() {
    let case = Case::pg(
        r#"
        const { a, b } = Object.fromEntries(["a", "b"].map((name) => [
          name, pgTable(name, { by: integer("by").references(() => users.id, { onDelete: "cascade" }) }),
        ]));
        export { a, b };
        export const makeAudit = ({ of, extra = {} }: any) =>
          pgTable(`audit_${of}`, { user: integer("user").references(() => users.id), ...extra });
        export const c = makeAudit({ of: "c", extra: { more: integer("more").references(() => a.by) } });
        enum Names { Audit = "named_by_enum" }
        class Config { static readonly table = "static_name"; }
        export const d = pgTable(Names.Audit, { a: integer("a").references(() => users.id) });
        export const e = pgTable(Config.table, { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    a(by) -> users(id) on delete cascade
    b(by) -> users(id) on delete cascade
    audit_c(user) -> users(id)
    audit_c(more) -> a(by)
    named_by_enum(a) -> users(id)
    static_name(a) -> users(id)
    ");
}

#[test]
fn follows_both_ways_through_statements() {
    let case = Case::pg(
        r#"
        declare const flag: any;
        function target() {
          if (flag.a) { if (flag.b) return users.id; }
          for (const x of [1]) { if (flag.c) return users.other; }
          switch (flag.d) { case 1: return users.id; default: throw new Error(); }
        }
        function either() { switch (flag) { case "a": case "b": return users.id; default: return users.other; } }
        function certain() { if (flag) { return users.id; } else { return users.id; } }
        let [x, y]: any = [1, 2];
        [x, y] = [users.id, users.other];
        export const t = pgTable("t", {
          a: integer("a").references(() => target()),
          b: integer("b").references(() => either()),
          c: integer("c").references(() => certain()),
          d: integer("d").references(() => y),
        });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id) (conditional)
    t(a) -> users(other) (conditional)
    t(b) -> users(id) (conditional)
    t(b) -> users(other) (conditional)
    t(c) -> users(id)
    t(d) -> users(other)
    ");
}

#[test]
fn says_what_a_loop_over_something_unknown_changes() {
    let case = Case::pg(
        r#"
        import { names } from "./gone";
        const columns: any = { a: integer("a").references(() => users.id) };
        for (const name of names) { columns[name] = integer(name).references(() => users.id); }
        export const t = pgTable("t", columns);
        export const u = pgTable("u", { a: integer("a") }, (t) => {
          const all: any[] = [];
          while (names.more) { all.push(foreignKey({ columns: [t.a], foreignColumns: [users.id] })); }
          for (const key in { x: 1 }) { all.push(foreignKey({ columns: [t.a], foreignColumns: [users.id], name: key })); }
          return all;
        });
        "#,
    );
    assert_snapshot!(case.foreign_keys(), @r"
    t(a) -> users(id) as t_a_users_id_fk
    u(a) -> users(id) as x
    ? `names` is imported from `./gone`, which was not found: { columns[name] = integer(name).references(() => users.id); }
    ? how often this loop runs is not known: { all.push(foreignKey({ columns: [t.a], foreignColumns: [users.id] })); }
    ");
}

#[test]
fn runs_statements_that_change_columns_where_they_stand() {
    let case = Case::pg(
        r#"
        const shared = integer("shared");
        const columns: Record<string, any> = { gone: integer("gone").references(() => users.id) };
        export const before = pgTable("before", { shared });
        shared.notNull().references(() => users.id);
        export const after = pgTable("after", { shared });
        delete columns.gone;
        columns.kept = integer("kept").references(() => users.id);
        export const t = pgTable("t", columns);
        const open: Record<string, any> = {};
        open[nowhere()] = integer("x").references(() => users.id);
        export const u = pgTable("u", open);
        "#,
    );
    assert_snapshot!(case.keys(), @r#"
    after(shared) -> users(id)
    t(kept) -> users(id)
    ? which property this is is not known: open[nowhere()] = integer("x").references(() => users.id)
    "#);
}

#[test]
fn runs_functions_that_fill_an_object() {
    let case = Case::pg(
        r#"
        const columns: Record<string, any> = {};
        function add(name: string) {
          columns[name] = integer(name).references(() => users.id);
        }
        function addTo(to: Record<string, any>) {
          to.last = integer("last").references(() => users.id);
        }
        add("first");
        for (const name of ["second", "third"]) add(name);
        do add("fourth");
        while (false);
        addTo(columns);
        export const t = pgTable("t", columns);
        "#,
    );
    assert_snapshot!(case.keys(), @"
    t(first) -> users(id)
    t(second) -> users(id)
    t(third) -> users(id)
    t(fourth) -> users(id)
    t(last) -> users(id)
    ");
}

#[test]
fn what_happens_under_an_unknown_condition_is_conditional() {
    let case = Case::pg(
        r#"
        import { existsSync } from "node:fs";
        const columns: Record<string, any> = { a: integer("a").references(() => users.id) };
        let target = users.id;
        if (existsSync("x")) {
          columns.b = integer("b").references(() => users.id);
          target = users.other;
        }
        export const t = pgTable("t", { ...columns, c: integer("c").references(() => target) }, (t) => {
          const all = [];
          if (existsSync("x")) all.push(foreignKey({ columns: [t.a], foreignColumns: [users.other] }));
          return all;
        });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    t(a) -> users(id)
    t(b) -> users(id) (conditional)
    t(c) -> users(other) (conditional)
    t(c) -> users(id) (conditional)
    t(a) -> users(other) (conditional)
    ");
}

#[test]
fn reads_back_what_a_compiled_module_exports() {
    let case = Case::pg(
        r#"
        exports.posts = exports.owners = void 0;
        exports.owners = (0, pgTable)("owners", { id: integer("id").primaryKey() });
        exports.posts = (0, pgTable)("posts", { o: integer("o").references(() => exports.owners.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"posts(o) -> owners(id)");
}

#[test]
fn evaluates_what_names_are_made_with() {
    assert_eq!(check(r#"["a-b".at(-1), "abc".charAt(1), "abc".substring(2, 0)].join("")"#), "bbab");
    assert_eq!(
        check(r#""ab".repeat(2) + "abcb".indexOf("b") + "abcb".lastIndexOf("b")"#),
        "abab13"
    );
    assert_eq!(check(r#"Array.from({ length: 2 }, (_, at) => `n${at}`).join("")"#), "n0n1");
    assert_eq!(check(r#"({} as any).make?.("x") ?? "nothing""#), "nothing");
    assert_eq!(check(r#"(function f(n: number): string { return n ? f(n - 1) : "f"; })(2)"#), "f");
    assert_eq!(
        check(r#"(() => { enum Level { Low, Mid = 5 } return Level[5] + Level.Low; })()"#),
        "Mid0"
    );
}

#[test]
fn changes_lists_in_place() {
    let made = |changes: &str| {
        check(&format!(
            r#"(() => {{ const l = ["a", "b", "c"]; {changes}; return l.join(""); }})()"#
        ))
    };
    assert_eq!(made("l.pop()"), "ab");
    assert_eq!(made("l.push(l.shift()!)"), "bca");
    assert_eq!(made(r#"l.unshift("x", "y")"#), "xyabc");
    assert_eq!(made("l.reverse()"), "cba");
    assert_eq!(made("l.length = 1"), "a");
    assert_eq!(made(r#"try { l.pop() } finally { l.push("z") }"#), "abz");
    assert_eq!(made("l.sort((a, b) => (a < b ? 1 : -1))"), "cba");
    assert_eq!(
        made("l.sort(() => nowhere)"),
        "the name of this table is not known: this text is not known"
    );
}

#[test]
fn doubts_calls_chains_deletions_and_what_follows_a_return() {
    let case = Case::pg(
        r#"
        import { existsSync } from "node:fs";
        const unknown = existsSync("x");
        const columns: Record<string, any> = { a: integer("a").references(() => users.id) };
        const chained = integer("chained");
        function fill() {
          if (unknown) return;
          columns.b = integer("b").references(() => users.id);
        }
        fill();
        if (unknown) chained.references(() => users.id);
        if (unknown) delete columns.a;
        unknown && Object.assign(columns, { c: integer("c").references(() => users.id) });
        export const t = pgTable("t", { ...columns, chained, d: integer("d") }, (t) => {
          const key = foreignKey({ columns: [t.d], foreignColumns: [users.id] });
          if (unknown) key.onDelete("cascade");
          return [key];
        });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    t(a) -> users(id) (conditional)
    t(b) -> users(id) (conditional)
    t(c) -> users(id) (conditional)
    t(chained) -> users(id) (conditional)
    t(d) -> users(id) on delete cascade (conditional)
    t(d) -> users(id) (conditional)
    ");
}

#[test]
fn runs_statements_that_are_expressions() {
    let case = Case::pg(
        r#"
        const on = true;
        const columns: Record<string, any> = {};
        const add = (key: string) => (columns[key] = integer(key).references(() => users.id));
        on && (columns.a = integer("a").references(() => users.id));
        on ? Object.assign(columns, { b: integer("b").references(() => users.id) }) : undefined;
        (() => {
          columns.c = integer("c").references(() => users.id);
        })();
        ["d"].forEach(function (key) {
          columns[key] = integer(key).references(() => users.id);
        });
        if (on) add("e");
        export const t = pgTable("t", columns);
        "#,
    );
    assert_snapshot!(case.keys(), @"
    t(a) -> users(id)
    t(b) -> users(id)
    t(c) -> users(id)
    t(d) -> users(id)
    t(e) -> users(id)
    ");
}

#[test]
fn catches_what_the_language_throws() {
    let made = |tried: &str| {
        check(&format!(
            "(() => {{ try {{ {tried} }} catch {{ return 'caught'; }} return 'not'; }})()"
        ))
    };
    assert_eq!(made("const none: any = null; none.x;"), "caught");
    assert_eq!(made("const none: any = {}; none.a.b.c;"), "caught");
    assert_eq!(made("const none: any = {}; none.a?.b.c;"), "not");
    assert_ne!(made("nowhere();"), "not");
}

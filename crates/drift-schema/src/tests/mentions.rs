use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;
use crate::MentionFate;

impl Case {
    /// What became of each mention, with the line it is in.
    fn mentions(&self) -> String {
        let mut lines = Vec::new();
        for mention in self.extract().mentions {
            lines.push(format!("{:?}: {}", mention.fate, self.place(mention.span)));
        }
        lines.join("\n")
    }
}

#[test]
fn says_what_became_of_each_mention() {
    let case = Case::pg(
        r#"
        import { mysqlTable, int } from "drizzle-orm/mysql-core";
        import { column } from "@acme/columns";
        // .references(() => users.id) in a comment, "foreignKey(" in a string
        export const read = pgTable("read", { a: integer("a").references(() => users.id) }, (t) => [
          foreignKey({ columns: [t.a], foreignColumns: [users.other] }),
          [[foreignKey({ columns: [t.a], foreignColumns: [users.other] })]],
        ]);
        export const unread = pgTable("unread", { a: column().references(() => column.id) });
        export const many = pgTable("many", { a: integer("a").references(() => users.id).array() });
        export const other = mysqlTable("other", { a: int("a").references(() => other.a) });
        const hidden = pgTable("hidden", { a: integer("a").references(() => users.id) });
        const used = pgTable("used", { a: integer("a").references(() => users.id) }, (t) => [
          foreignKey({ columns: [t.a], foreignColumns: [users.id] }),
        ]);
        export const seen = pgTable("seen", { a: integer("a").references(() => used.a) });
        const idle = () => integer("idle").references(() => users.id);
        export const helpers = { idle, dead: false ? integer().references(() => users.id) : 1 };
        const own = { references: (name: string) => name };
        export const text = own.references("x");
        import { foreignKey as fk } from "drizzle-orm/pg-core";
        export const renamed = pgTable("renamed", { a: integer("a") }, (t) => [
          fk({ columns: [t.a], foreignColumns: [users.id] }),
        ]);
        const lost = (t) => [fk({ columns: [t.a], foreignColumns: [users.id] })];
        "#,
    );
    assert_snapshot!(case.mentions(), @r#"
    Extracted: src/schema.ts:13: export const read = pgTable("read", { a: integer("a").references(() => users.id) }, (t) => [
    Extracted: src/schema.ts:14: foreignKey({ columns: [t.a], foreignColumns: [users.other] }),
    Lost: src/schema.ts:15: [[foreignKey({ columns: [t.a], foreignColumns: [users.other] })]],
    Reported: src/schema.ts:17: export const unread = pgTable("unread", { a: column().references(() => column.id) });
    Lost: src/schema.ts:18: export const many = pgTable("many", { a: integer("a").references(() => users.id).array() });
    OtherDialect: src/schema.ts:19: export const other = mysqlTable("other", { a: int("a").references(() => other.a) });
    NotExported: src/schema.ts:20: const hidden = pgTable("hidden", { a: integer("a").references(() => users.id) });
    NotExported: src/schema.ts:21: const used = pgTable("used", { a: integer("a").references(() => users.id) }, (t) => [
    NotExported: src/schema.ts:22: foreignKey({ columns: [t.a], foreignColumns: [users.id] }),
    Extracted: src/schema.ts:24: export const seen = pgTable("seen", { a: integer("a").references(() => used.a) });
    NotRun: src/schema.ts:25: const idle = () => integer("idle").references(() => users.id);
    NotRun: src/schema.ts:26: export const helpers = { idle, dead: false ? integer().references(() => users.id) : 1 };
    OwnFunction: src/schema.ts:28: export const text = own.references("x");
    Extracted: src/schema.ts:31: fk({ columns: [t.a], foreignColumns: [users.id] }),
    NotExported: src/schema.ts:33: const lost = (t) => [fk({ columns: [t.a], foreignColumns: [users.id] })];
    "#);
}

#[test]
fn counts_replaced_and_shared_declarations() {
    let case = Case::pg(
        r#"
        const owner = { owner: integer("owner").references(() => users.id) };
        export const a = pgTable("a", { ...owner });
        const b = pgTable("b", { ...owner });
        export const c = pgTable("c", { ...owner }, (t) => [
          foreignKey({ columns: [t.owner], foreignColumns: [users.id] }),
        ]);
        export const first = pgTable("same", { a: integer("a").references(() => users.id) });
        export const second = pgTable("same", { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.mentions(), @r#"
    Extracted: src/schema.ts:10: const owner = { owner: integer("owner").references(() => users.id) };
    Extracted: src/schema.ts:14: foreignKey({ columns: [t.owner], foreignColumns: [users.id] }),
    Lost: src/schema.ts:16: export const first = pgTable("same", { a: integer("a").references(() => users.id) });
    Extracted: src/schema.ts:17: export const second = pgTable("same", { a: integer("a").references(() => users.id) });
    "#);
}

#[test]
fn counts_calls_in_any_form() {
    let case = Case::pg(
        r#"
        export const read = pgTable("read", {
          a: integer("a")["references"](() => users.id),
          b: integer("b").references<any>(() => users.id),
          c: integer("c")?.references?.(() => users.id),
          d: (integer("d").references as any)(() => users.id),
        });
        function attempt() {
          try {
            return pgTable("b", { a: integer("a").references(() => users.id) });
          } catch {
            return pgTable("c", { a: integer("a").references(() => users.id) });
          }
        }
        export const attempted = attempt();
        "#,
    );
    assert_snapshot!(case.mentions(), @r#"
    Extracted: src/schema.ts:11: a: integer("a")["references"](() => users.id),
    Extracted: src/schema.ts:12: b: integer("b").references<any>(() => users.id),
    Extracted: src/schema.ts:13: c: integer("c")?.references?.(() => users.id),
    Extracted: src/schema.ts:18: return pgTable("b", { a: integer("a").references(() => users.id) });
    NotRun: src/schema.ts:20: return pgTable("c", { a: integer("a").references(() => users.id) });
    "#);
}

#[test]
fn knows_nothing_of_what_something_unknown_may_run() {
    let case = Case::pg(
        r#"
        import { each, run } from "@acme/db";
        const add = (name: string) => integer(name).references(() => users.id);
        export const reported = pgTable("reported", { ...each(["a"], add) });
        run(() => pgTable("a", { a: integer("a").references(() => users.id) }));
        export const idle = () => integer("idle").references(() => users.id);
        export const wrapped = run(pgTable("w", { a: integer("a").references(() => users.id) }));
        const made = run(() => integer("made").references(() => users.id));
        export const text = `${made}`;
        "#,
    );
    let lines = case.extract_and_account().mentions.into_iter();
    let lines = lines.map(|it| format!("{:?}: {}", it.fate, case.place(it.span)));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    Reported: src/schema.ts:11: const add = (name: string) => integer(name).references(() => users.id);
    Unaccounted: src/schema.ts:13: run(() => pgTable("a", { a: integer("a").references(() => users.id) }));
    NotRun: src/schema.ts:14: export const idle = () => integer("idle").references(() => users.id);
    Reported: src/schema.ts:15: export const wrapped = run(pgTable("w", { a: integer("a").references(() => users.id) }));
    Unaccounted: src/schema.ts:16: const made = run(() => integer("made").references(() => users.id));
    "#);
}

#[test]
fn counts_files_by_their_path() {
    let case = Case::new(
        r#"
        export * from "./b";
        export * from "./a";
//- src/b.ts
        import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
        export const b = sqliteTable("b", { a: integer("a").references(() => b.a) });
//- src/a.ts
        import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
        export const a = sqliteTable("a", { a: integer("a").references(() => a.a) });
        "#,
    );
    assert_snapshot!(case.dialect(Dialect::Sqlite).mentions(), @r#"
    Extracted: src/a.ts:2: export const a = sqliteTable("a", { a: integer("a").references(() => a.a) });
    Extracted: src/b.ts:2: export const b = sqliteTable("b", { a: integer("a").references(() => b.a) });
    "#);
}

#[test]
fn tells_what_it_cannot_account_for() {
    let case =
        Case::pg(r#"register(pgTable("a", { a: integer("a").references(() => users.id) }));"#);
    let fates: Vec<_> = case.extract_and_account().mentions.into_iter().map(|it| it.fate).collect();
    assert_eq!(fates, [MentionFate::Unaccounted]);
}

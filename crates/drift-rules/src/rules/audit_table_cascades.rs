//! A record of what happened that is deleted along with whom it is about.

use drift_model::{Dialect, Finding, Level, ReferentialAction};

use crate::audit_tables::faults;
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "audit-table-cascades",
    summary: "a record of what happened loses its rows when a referenced row is deleted",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Whoever deletes a user deletes every trace of what the user did, often the very rows that were kept
in case somebody asks.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const auditLogs = pgTable("audit_logs", {
  actorId: integer("actor_id").references(() => users.id, { onDelete: "cascade" }),
  action: text("action"),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE audit_logs (
  actor_id integer CONSTRAINT audit_logs_actor_id_users_id_fk REFERENCES users (id) ON DELETE CASCADE,
  action text
);
```

A table counts as a record if its name says so (`audit_logs`, `security_events`) and its columns agree:
somebody did something at some time, and nothing says when the row was last changed. Names such as
`events`, `logs` or `history` need more of such columns, since they may be those of a calendar or
a diary. `auditTables` in the settings says it instead.

Nothing is reported where the row is a part of what it references (`order_events` of `orders`), nor of a
tenant to whom every row belongs (`organization_id` that is `NOT NULL`).

**How to fix it.** Let the column be NULL and say `onDelete: "set null"`. What must be known of the
deleted row afterwards, such as a name, belongs into a column of the record.

**When to ignore it.** Where the law or the user asks for the traces to be deleted as well.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for fault in faults(comparison, |action| action == ReferentialAction::Cascade) {
        let (foreign_key, referenced) = (fault.foreign_key, &fault.foreign_key.referenced_table);
        let message = format!(
            "{foreign_key} cascades, so deleting a row of `{referenced}` deletes what `{}` records of it",
            fault.table.name
        );
        findings.push(fault.finding(&RULE, comparison, message));
    }
}

#[cfg(test)]
mod tests {
    use drift_model::NamePattern;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_sources};
    use crate::{RuleOptions, Sources};

    #[test]
    fn reports_a_record_that_goes_with_its_actor() {
        let both = [
            "audit_logs(id, action, created_at)",
            "audit_logs(actor_id) -> users(id) on delete cascade",
        ];
        assert_snapshot!(check(&RULE, &both, &both), @r#"
        warn[audit-table-cascades]: audit_logs.actor_id → users.id cascades, so deleting a row of `users` deletes what `audit_logs` records of it
          migrations:2: on delete cascade
          schema:2: the schema says the same
          help: say `onDelete: "set null"`, so that the record stays
        "#);
    }

    #[test]
    fn accepts_parts_themselves_and_what_belongs_to_a_tenant() {
        for line in [
            "audit_logs(parent_id) -> audit_logs(id) on delete cascade",
            "order_events(order_id) -> orders(id) on delete cascade",
            "audit_logs(actor_id) -> users(id) on delete set null",
            "audit_logs(actor_id) -> users(id)",
            "blog(author_id) -> users(id) on delete cascade",
        ] {
            let tables =
                ["audit_logs(id, action, created_at)", "order_events(type, payload, created_at)"];
            let lines = [tables[0], tables[1], line];
            assert_eq!(check(&RULE, &lines, &lines), "", "{line}");
        }
    }

    #[test]
    fn leaves_a_disagreement_to_the_rule_about_it() {
        let schema = ["audit_logs(action)", "audit_logs(actor_id) -> users(id) on delete set null"];
        let migrations =
            ["audit_logs(action)", "audit_logs(actor_id) -> users(id) on delete cascade"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"");
    }

    #[test]
    fn goes_by_the_settings() {
        let options = RuleOptions {
            audit_tables: Some(vec![NamePattern::new("diary")]),
            ..RuleOptions::default()
        };
        let both = [
            "diary(author_id) -> users(id) on delete cascade",
            "audit_logs(actor_id) -> users(id) on delete cascade",
        ];
        let found =
            check_sources(&RULE, &both, &both, |sources| Sources { options: &options, ..sources });
        assert!(
            found.contains("diary.author_id") && !found.contains("audit_logs.actor_id"),
            "{found}"
        );
    }
}

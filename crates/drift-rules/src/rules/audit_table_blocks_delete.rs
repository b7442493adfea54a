//! A record of what happened that keeps what it is about from ever being deleted.

use drift_model::{Dialect, Finding, Level, ReferentialAction};

use crate::audit_tables::faults;
use crate::clause::is_blocking;
use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::table_kind::{is_ledger, is_soft_deleted};

pub(crate) static RULE: Rule = Rule {
    name: "audit-table-blocks-delete",
    summary: "a record of what happened keeps a referenced row from ever being deleted",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Nobody deletes records, so that a row of which one was written can never be deleted: "delete my account"
fails for everybody who ever did something.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const auditLogs = pgTable("audit_logs", {
  actorId: integer("actor_id").references(() => users.id),
  action: text("action"),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE audit_logs (
  actor_id integer CONSTRAINT audit_logs_actor_id_users_id_fk REFERENCES users (id),
  action text
);
```

Which tables count as records says `audit-table-cascades`. `RESTRICT` that somebody wrote is
reported as information, since it may be meant. Nothing is reported of ledgers, which are to be kept whole, nor where the
referenced rows are marked as deleted and stay (`deleted_at`).

**How to fix it.** Let the column be NULL and say `onDelete: "set null"`.

**When to ignore it.** Where the referenced rows are never to be deleted.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for fault in faults(comparison, is_blocking) {
        let (foreign_key, referenced) = (fault.foreign_key, &fault.foreign_key.referenced_table);
        let target =
            comparison.migrated_table(referenced).or_else(|| comparison.schema_table(referenced));
        if is_ledger(&fault.table.name) || target.is_some_and(is_soft_deleted) {
            continue;
        }
        let message = format!(
            "{foreign_key} is on delete {}, so a row of `{referenced}` stays for good once `{}` mentions it",
            foreign_key.on_delete, fault.table.name
        );
        let mut finding = fault.finding(&RULE, comparison, message);
        if foreign_key.on_delete == ReferentialAction::Restrict {
            finding.level = Level::Info;
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check;

    const RECORD: &str = "audit_logs(id, action, created_at)";

    #[test]
    fn reports_a_record_that_keeps_its_actor() {
        let both = [RECORD, "audit_logs(actor_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &both, &both), @r#"
        warn[audit-table-blocks-delete]: audit_logs.actor_id → users.id is on delete no action, so a row of `users` stays for good once `audit_logs` mentions it
          migrations:2: on delete no action
          schema:2: the schema says the same
          help: say `onDelete: "set null"`, so that the record stays
        "#);
    }

    #[test]
    fn takes_restrict_for_what_may_be_meant() {
        let both = [RECORD, "audit_logs(actor_id) -> users(id) on delete restrict"];
        assert!(check(&RULE, &both, &both).starts_with("info["));
    }

    #[test]
    fn accepts_ledgers_and_what_is_never_deleted() {
        for lines in [
            [RECORD, "users(deleted_at)", "audit_logs(actor_id) -> users(id)"],
            [
                "ledger_entries(amount, type, data, created_at)",
                RECORD,
                "ledger_entries(account_id) -> accounts(id)",
            ],
            [RECORD, "users(id)", "audit_logs(actor_id) -> users(id) on delete cascade"],
        ] {
            assert_eq!(check(&RULE, &lines, &lines), "");
        }
    }
}

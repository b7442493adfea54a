//! PostgreSQL and CockroachDB.
//!
//! Dropping and adding in one `ALTER TABLE` leaves no moment without the foreign key. `NOT VALID` takes
//! its locks for a moment only; `VALIDATE CONSTRAINT` then reads the rows while others write.

use drift_model::{Dialect, Engine, ForeignKey};

use super::{Script, Step, definition, identifier, table};

const DIALECT: Dialect = Dialect::PostgreSql;

pub(super) fn script(
    engine: &Engine,
    step: Step<'_>,
    validates_later: bool,
) -> Result<Script, String> {
    let named = |it: &ForeignKey| it.name.clone().ok_or("it has no name that is known".to_owned());
    let altered = table(DIALECT, step.table());
    match step {
        Step::Add(new) => {
            let Some(name) = new.name.as_deref().filter(|_| validates_later) else {
                return Ok(Script::new([format!(
                    "ALTER TABLE {altered} ADD {}",
                    definition(DIALECT, new)
                )]));
            };
            let add = format!("ALTER TABLE {altered} ADD {} NOT VALID", definition(DIALECT, new));
            Ok(Script::new([add, validate(&altered, name)]))
        }
        Step::Drop(old) => Ok(Script::new([drop(&altered, &named(old)?)])),
        Step::Replace { old, new } => {
            let (old_name, new_name) = (named(old)?, named(new)?);
            let later = if validates_later { " NOT VALID" } else { "" };
            let add = format!("ADD {}{later}", definition(DIALECT, new));
            let mut statements =
                vec![drop(&altered, &old_name), format!("ALTER TABLE {altered} {add}")];
            let is_refused = engine.is_cockroachdb() && old_name == new_name;
            if !is_refused {
                statements = vec![format!(
                    "ALTER TABLE {altered}\n  DROP CONSTRAINT {},\n  {add}",
                    identifier(DIALECT, &old_name)
                )];
            }
            if validates_later {
                statements.push(validate(&altered, &new_name));
            }
            let by_hand = is_refused
                .then(|| "CockroachDB does not take one name twice in a transaction".to_owned());
            Ok(Script { statements, by_hand })
        }
    }
}

pub(super) fn rename(foreign_key: &ForeignKey, name: &str) -> Option<Script> {
    let old = identifier(DIALECT, foreign_key.name.as_deref()?);
    let altered = table(DIALECT, &foreign_key.referencing_table);
    let new = identifier(DIALECT, name);
    Some(Script::new([format!("ALTER TABLE {altered} RENAME CONSTRAINT {old} TO {new}")]))
}

fn drop(altered: &str, name: &str) -> String {
    format!("ALTER TABLE {altered} DROP CONSTRAINT {}", identifier(DIALECT, name))
}

fn validate(altered: &str, name: &str) -> String {
    format!("ALTER TABLE {altered} VALIDATE CONSTRAINT {}", identifier(DIALECT, name))
}

#[cfg(test)]
mod tests {
    use super::super::tests::script_of;

    const OLD: &str = "posts(a) -> users(id) as fk";
    const NEW: &str = "posts(a) -> users(id) on delete cascade as fk";

    #[test]
    fn leaves_no_moment_without_the_foreign_key() {
        insta::assert_snapshot!(script_of("postgresql", OLD, NEW), @r#"
        ALTER TABLE "posts"
          DROP CONSTRAINT "fk",
          ADD CONSTRAINT "fk" FOREIGN KEY ("a") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
        ALTER TABLE "posts" VALIDATE CONSTRAINT "fk";
        "#);
    }

    #[test]
    fn does_not_reuse_a_name_in_cockroachdb() {
        insta::assert_snapshot!(script_of("cockroachdb", OLD, NEW), @r#"
        ALTER TABLE "posts" DROP CONSTRAINT "fk";
        ALTER TABLE "posts" ADD CONSTRAINT "fk" FOREIGN KEY ("a") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
        ALTER TABLE "posts" VALIDATE CONSTRAINT "fk";
        "#);
        assert!(
            script_of("cockroachdb", OLD, &NEW.replace("as fk", "as f2"))
                .contains("DROP CONSTRAINT \"fk\",\n")
        );
    }
}

//! MySQL and MariaDB.
//!
//! One `ALTER TABLE` may drop and add a foreign key, though not under one name; two statements may.
//! Names are the only ones in their database, and have 64 characters at most.

use drift_model::{Dialect, Engine, ForeignKey};

use super::{Script, Step, definition, identifier, table};

const DIALECT: Dialect = Dialect::MySql;

pub(super) fn script(engine: &Engine, step: Step<'_>) -> Result<Script, String> {
    let altered = table(DIALECT, step.table());
    let drop = |old: &ForeignKey| match &old.name {
        Some(name) => Ok(format!("DROP FOREIGN KEY {}", identifier(DIALECT, name))),
        None => Err("it has no name that is known".to_owned()),
    };
    let add = |new: &ForeignKey| format!("ADD {}", definition(DIALECT, &fitting(engine, new)));
    let alter = |what: String| format!("ALTER TABLE {altered} {what}");
    Ok(match step {
        Step::Add(new) => Script::new([alter(add(new))]),
        Step::Drop(old) => Script::new([alter(drop(old)?)]),
        Step::Replace { old, new } if is_same_name(old, new) => {
            Script::new([alter(drop(old)?), alter(add(new))])
        }
        Step::Replace { old, new } => {
            Script::new([format!("ALTER TABLE {altered}\n  {},\n  {}", drop(old)?, add(new))])
        }
    })
}

fn is_same_name(a: &ForeignKey, b: &ForeignKey) -> bool {
    let lower = |it: &ForeignKey| it.name.as_ref().map(|it| it.to_lowercase());
    lower(a) == lower(b)
}

/// The foreign key under a name that the server takes.
fn fitting(engine: &Engine, foreign_key: &ForeignKey) -> ForeignKey {
    let name = foreign_key.name.as_deref().map(|it| fitting_name(engine, foreign_key, it));
    ForeignKey { name, ..foreign_key.clone() }
}

/// A name that is no longer than the server takes.
pub(super) fn fitting_name(engine: &Engine, foreign_key: &ForeignKey, name: &str) -> String {
    const ENDING: &str = "_fk";
    let limit = engine.name_limit().unwrap_or(usize::MAX);
    if name.chars().count() <= limit {
        return name.to_owned();
    }
    let columns = foreign_key.referencing_columns.join("_");
    let short = format!("{}_{columns}", foreign_key.referencing_table.name);
    short.chars().take(limit - ENDING.len()).collect::<String>() + ENDING
}

#[cfg(test)]
mod tests {
    use super::super::tests::script_of;

    const OLD: &str = "posts(a) -> users(id) as fk";

    #[test]
    fn uses_a_name_again_in_a_statement_of_its_own() {
        let new = "posts(a) -> users(id) on delete cascade as FK";
        insta::assert_snapshot!(script_of("mysql", OLD, new), @"
        ALTER TABLE `posts` DROP FOREIGN KEY `fk`;
        ALTER TABLE `posts` ADD CONSTRAINT `FK` FOREIGN KEY (`a`) REFERENCES `users` (`id`) ON DELETE CASCADE;
        ");
        insta::assert_snapshot!(script_of("mariadb", OLD, &new.replace("as FK", "as f2")), @"
        ALTER TABLE `posts`
          DROP FOREIGN KEY `fk`,
          ADD CONSTRAINT `f2` FOREIGN KEY (`a`) REFERENCES `users` (`id`) ON DELETE CASCADE;
        ");
    }

    #[test]
    fn shortens_a_name_that_the_server_refuses() {
        let long = "x".repeat(65);
        insta::assert_snapshot!(script_of("mysql", "", &format!("posts(a) -> users(id) as {long}")), @"ALTER TABLE `posts` ADD CONSTRAINT `posts_a_fk` FOREIGN KEY (`a`) REFERENCES `users` (`id`);");
    }
}

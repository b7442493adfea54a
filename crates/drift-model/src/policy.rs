//! What a team asks of its foreign keys, beyond their being the same everywhere.

use crate::{ReferentialAction, Span, TableName};

/// A name of the settings in which `*` stands for any characters: `audit_*`, `auth.*`.
#[derive(Debug, Clone)]
pub struct NamePattern {
    written: String,
    /// With [`TableName::UNKNOWN_PART`] in place of `*`.
    partial: String,
}

impl NamePattern {
    /// Reads a pattern; every text is one.
    pub fn new(written: impl Into<String>) -> Self {
        let written = written.into();
        let partial = written.replace('*', &TableName::UNKNOWN_PART.to_string());
        Self { written, partial }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it stands for a name.
    pub fn matches(&self, name: &str) -> bool {
        TableName::may_be(&self.partial, name)
    }

    /// Whether it stands for a table: for its name, or for `namespace.name` where it has a dot.
    pub fn matches_table(&self, table: &TableName) -> bool {
        match (&table.namespace, self.written.contains('.')) {
            (Some(namespace), true) => self.matches(&format!("{namespace}.{}", table.name)),
            (None, true) => {
                self.matches(&format!("public.{}", table.name)) || self.matches(&table.name)
            }
            (_, false) => self.matches(&table.name),
        }
    }
}

/// A demand on foreign keys.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What is demanded.
    pub demand: Demand,
    /// Tables that it does not concern.
    pub except: Vec<NamePattern>,
    /// Why it is there, for those who break it.
    pub reason: Option<String>,
    /// The entry of the settings.
    pub span: Span,
}

/// What a policy demands.
#[derive(Debug, Clone)]
pub enum Demand {
    /// Foreign keys that reference a table, or one column of it, have one of these actions.
    References {
        /// The referenced table.
        table: NamePattern,
        /// The referenced column; `None` for any.
        column: Option<NamePattern>,
        /// What is demanded of them.
        actions: Actions,
    },
    /// Foreign keys of a table have one of these actions.
    Table {
        /// The referencing table.
        table: NamePattern,
        /// What is demanded of them.
        actions: Actions,
    },
    /// A row of the table can always be deleted: no path of foreign keys blocks it.
    Deletable {
        /// The table.
        table: NamePattern,
    },
}

/// Which actions a policy accepts; an empty list accepts all.
#[derive(Debug, Clone, Default)]
pub struct Actions {
    /// For `ON DELETE`.
    pub on_delete: Vec<ReferentialAction>,
    /// For `ON UPDATE`.
    pub on_update: Vec<ReferentialAction>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        let matches = |pattern: &str, name: &str| NamePattern::new(pattern).matches(name);
        assert!(matches("audit_*", "audit_log") && matches("*audit*", "my_audit_log"));
        assert!(matches("users", "users") && !matches("users", "users2"));
        assert!(!matches("*_log", "logs") && matches("*", "x") && !matches("", "x"));
    }

    #[test]
    fn a_pattern_with_a_dot_looks_at_the_namespace() {
        let table = TableName::with_namespace("auth", "users");
        assert!(NamePattern::new("auth.*").matches_table(&table));
        assert!(NamePattern::new("users").matches_table(&table));
        assert!(!NamePattern::new("app.users").matches_table(&table));
        assert!(NamePattern::new("public.users").matches_table(&TableName::new("users")));
    }
}

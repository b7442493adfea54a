//! Every rule, one file each, in the order in which reports and `RULES.md` list them.

use drift_model::ForeignKey;

use crate::sides::Source;
use crate::{Comparison, Rule};

mod array_column_reference;
mod array_of_references;
mod audit_table_blocks_delete;
mod audit_table_cascades;
mod conflicting_foreign_keys;
mod constraint_name_mismatch;
mod constraint_name_too_long;
mod duplicate_foreign_key;
mod dynamic_sql;
mod implicit_on_delete;
mod ineffective_references;
mod lost_declaration;
pub(crate) mod missing_column;
mod missing_foreign_key;
mod missing_migration_file;
pub(crate) mod missing_table;
mod on_delete_mismatch;
mod on_update_mismatch;
mod out_of_order_migration;
pub(crate) mod policy;
mod probable_foreign_key;
mod rebuild_deletes_rows;
mod reference_mismatch;
mod referenced_columns_not_unique;
mod relation_without_foreign_key;
mod set_null_on_not_null;
mod snapshot_mismatch;
mod type_mismatch;
pub(crate) mod undeclared_column;
mod undeclared_foreign_key;
mod undeclared_table;
mod unexported_table;
mod unindexed_foreign_key;
mod unjournaled_migration;
mod unparsed_statement;
mod unresolved_expression;
pub(crate) mod unused_suppression;
mod unvalidated_foreign_key;

/// The rules.
pub static RULES: &[&Rule] = &[
    &missing_foreign_key::RULE,
    &undeclared_foreign_key::RULE,
    &on_delete_mismatch::RULE,
    &on_update_mismatch::RULE,
    &reference_mismatch::RULE,
    &constraint_name_mismatch::RULE,
    &missing_table::RULE,
    &missing_column::RULE,
    &undeclared_table::RULE,
    &undeclared_column::RULE,
    &snapshot_mismatch::RULE,
    &unjournaled_migration::RULE,
    &missing_migration_file::RULE,
    &out_of_order_migration::RULE,
    &conflicting_foreign_keys::RULE,
    &duplicate_foreign_key::RULE,
    &set_null_on_not_null::RULE,
    &type_mismatch::RULE,
    &referenced_columns_not_unique::RULE,
    &array_column_reference::RULE,
    &ineffective_references::RULE,
    &lost_declaration::RULE,
    &constraint_name_too_long::RULE,
    &rebuild_deletes_rows::RULE,
    &unexported_table::RULE,
    &unvalidated_foreign_key::RULE,
    &audit_table_cascades::RULE,
    &audit_table_blocks_delete::RULE,
    &implicit_on_delete::RULE,
    &unindexed_foreign_key::RULE,
    &relation_without_foreign_key::RULE,
    &probable_foreign_key::RULE,
    &array_of_references::RULE,
    &policy::RULE,
    &unresolved_expression::RULE,
    &unparsed_statement::RULE,
    &dynamic_sql::RULE,
    &unused_suppression::RULE,
];

/// Whether the engine refuses to create a foreign key as the schema declares it, which a rule of its
/// own reports: then it is no wonder that it is missing.
pub(crate) fn is_refused<'a>(comparison: &Comparison<'a>, foreign_key: &'a ForeignKey) -> bool {
    let side = comparison.side(foreign_key, Source::Schema, Comparison::schema_table);
    array_column_reference::is_refused(comparison, &side)
        || type_mismatch::is_refused(comparison, &side)
        || referenced_columns_not_unique::is_refused(comparison, &side)
        || set_null_on_not_null::is_refused(comparison, &side)
        || constraint_name_too_long::is_refused(comparison, foreign_key)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut seen = HashSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.name), "{} is there twice", rule.name);
            let is_kebab = rule
                .name
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
            assert!(is_kebab, "{} is not in kebab case", rule.name);
        }
    }

    #[test]
    fn summaries_are_one_clause() {
        for rule in RULES {
            assert!(!rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{}", rule.name);
        }
    }
}

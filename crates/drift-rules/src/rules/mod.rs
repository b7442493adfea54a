//! Every rule, one file each, in the order in which reports and `RULES.md` list them.

use crate::Rule;

mod constraint_name_mismatch;
mod dynamic_sql;
mod ineffective_references;
mod lost_declaration;
mod missing_foreign_key;
mod missing_migration_file;
mod missing_table;
mod on_delete_mismatch;
mod on_update_mismatch;
mod out_of_order_migration;
pub(crate) mod policy;
mod rebuild_deletes_rows;
mod reference_mismatch;
mod undeclared_foreign_key;
mod undeclared_table;
mod unjournaled_migration;
mod unparsed_statement;
mod unresolved_expression;

/// The rules.
pub static RULES: &[&Rule] = &[
    &missing_foreign_key::RULE,
    &undeclared_foreign_key::RULE,
    &on_delete_mismatch::RULE,
    &on_update_mismatch::RULE,
    &reference_mismatch::RULE,
    &constraint_name_mismatch::RULE,
    &ineffective_references::RULE,
    &lost_declaration::RULE,
    &rebuild_deletes_rows::RULE,
    &missing_table::RULE,
    &undeclared_table::RULE,
    &unjournaled_migration::RULE,
    &missing_migration_file::RULE,
    &out_of_order_migration::RULE,
    &policy::RULE,
    &unresolved_expression::RULE,
    &unparsed_statement::RULE,
    &dynamic_sql::RULE,
];

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

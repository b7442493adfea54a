//! What follows from one source for another, before anything is compared.

use std::sync::Arc;

use drift_migrations::Replay;
use drift_model::{Catalog, SourceError, SourceMap};
use drift_schema::Extraction;

use crate::analysis::Analysis;

/// Finds the tables that the schema names in part among those that the migrations make.
pub fn resolve_names(analysis: &mut Analysis) {
    let Analysis { dialect, schema, migrations, other_schemas, not_compared: None, .. } = analysis
    else {
        return;
    };
    if let (Some(dialect), Some(schema), Some(migrations)) = (dialect, schema, migrations) {
        let schemas: Vec<&Catalog> = other_schemas.iter().chain([&schema.catalog]).collect();
        // What is shared is only copied where it is going to be changed.
        if drift_rules::has_home_database(*dialect, &schemas, &migrations.catalog) {
            let Replay { catalog, unresolved, .. } = Arc::make_mut(migrations);
            drift_rules::leave_out_home_database(*dialect, &schemas, catalog, unresolved);
        }
        if !drift_rules::has_partial_names(&schema.catalog) {
            return;
        }
        let schema = Arc::make_mut(schema);
        let Extraction { catalog, relations, .. } = schema;
        let migrated = &migrations.catalog;
        let unresolved = drift_rules::resolve_names(*dialect, catalog, relations, migrated);
        schema.unresolved.extend(unresolved);
    }
}

/// Reports what the schema exports, could not be evaluated, and seems to be a table of the
/// migrations.
pub fn claim_tables(analysis: &mut Analysis) {
    let Analysis { dialect, schema, migrations, not_compared: None, .. } = analysis else { return };
    if let (Some(dialect), Some(schema), Some(migrations)) = (dialect, schema, migrations) {
        if schema.opaque_exports.is_empty() {
            return;
        }
        let Extraction { catalog, opaque_exports, unresolved, .. } = Arc::make_mut(schema);
        let migrated = &migrations.catalog;
        drift_rules::claim_tables(*dialect, catalog, migrated, opaque_exports, unresolved);
    }
}

/// Where no rule reports a migration that is not there, it is something that could not be read.
pub fn add_missing_files(analysis: &mut Analysis, sources: &SourceMap) {
    let missing = analysis.journal.missing.iter().map(|it| SourceError {
        path: sources.file(it.span.file).path.clone(),
        span: Some(it.span),
        message: format!("`{}` is listed as a migration, but the file is not there", it.name),
    });
    analysis.errors.extend(missing);
}

/// Where no rule reports a snapshot that cannot be read, it is a source like any other.
pub fn add_snapshot_errors(analysis: &mut Analysis) {
    let errors = analysis.snapshot.iter().flat_map(|(_, it)| &it.errors);
    analysis.errors.extend(errors.cloned());
}

//! Differential tests against real drizzle-orm: every schema of `drizzle_orm/schemas/` is one idea,
//! loaded by drizzle-orm in both lines, read by us without running it, and compared.
//!
//! What drizzle-orm says is asked by `drizzle_orm/oracle.mjs`: tables with their columns and foreign
//! keys, and what relations join. Types, keys, indexes and the names of them all are those that
//! drizzle-kit makes; and the snapshot and the first migration that it would write are read by us as
//! well, and say the same as the schema.

mod comparison;
mod kit;
mod migrations;
mod mutants;
pub(crate) mod oracle;
mod relations;
mod schemas;
mod snapshots;

use drift_model::SourceMap;
use drift_project::Disk;
use drift_schema::{Extraction, SchemaInput};

use self::comparison::differences;
use self::oracle::Oracle;
use self::schemas::{Line, Schema};
use super::repository;

#[test]
fn reads_what_drizzle_orm_would_make() {
    let schemas = schemas::all();
    assert!(schemas.len() >= 150, "the schemas are there");
    let Some(oracle) = Oracle::install() else { return };
    let disk = Disk::new(&repository());
    let mut report = Vec::new();
    for line in [Line::V0, Line::V1] {
        let schemas: Vec<&Schema> = schemas.iter().filter(|it| it.lines.contains(&line)).collect();
        let mut answers = oracle.ask(line, &schemas);
        for schema in schemas {
            let answer = answers.remove(&schema.name).expect("an answer for every schema");
            let found = differences(schema, line, &answer, &extract(&disk, schema, line));
            report.extend(found.iter().map(|it| format!("{} ({line}): {it}", schema.name)));
        }
    }
    assert!(report.is_empty(), "{} differences:\n{}", report.len(), report.join("\n"));
}

fn extract(disk: &Disk, schema: &Schema, line: Line) -> Extraction {
    drift_schema::extract(&SchemaInput {
        files: disk,
        resolver: disk,
        sources: &SourceMap::default(),
        entries: std::slice::from_ref(&schema.path),
        dialect: schema.dialect,
        line: line.of_schema(),
        casing: schema.casing,
        env: &schema.env,
    })
}

//! Everything that the sources of a project know about one foreign key.

use drift_model::{Catalog, ForeignKey, LostDeclaration, SkippedForeignKey};

use crate::comparison::Comparison;

/// What each source has on the same columns of the same table as some foreign key, under whatever
/// names, with whatever target.
#[derive(Default)]
pub struct Dossier<'a> {
    /// What the schema declares.
    pub declared: Vec<&'a ForeignKey>,
    /// What the schema declares and drizzle forgets.
    pub lost: Vec<&'a LostDeclaration>,
    /// What the migrations leave behind.
    pub migrated: Vec<&'a ForeignKey>,
    /// What the migrations made and dropped again.
    pub dropped: Vec<&'a ForeignKey>,
    /// What the migrations write where the engine forgets it.
    pub forgotten: Vec<&'a ForeignKey>,
    /// What a statement of the migrations was to make and did not.
    pub skipped: Vec<&'a SkippedForeignKey>,
    /// What drizzle-kit's snapshot has.
    pub snapshot: Vec<&'a ForeignKey>,
}

impl<'a> Comparison<'a> {
    /// What all sources have where a foreign key of one of them is.
    pub fn dossier(&self, foreign_key: &ForeignKey) -> Dossier<'a> {
        let place = self.names.place(foreign_key);
        // Most tables differ, which is cheap to see.
        let is_here = |it: &ForeignKey| {
            self.names.table(&it.referencing_table).as_ref() == &place.0
                && self.names.place(it) == place
        };
        let among = |all: &'a [ForeignKey]| all.iter().filter(|it| is_here(it)).collect();
        let mut dossier = Dossier::default();
        if let Some(schema) = self.sources.schema {
            dossier.declared = among(&schema.foreign_keys);
        }
        if let Some(Catalog {
            foreign_keys,
            dropped_foreign_keys,
            ignored_foreign_keys,
            skipped_foreign_keys,
            ..
        }) = self.sources.migrations
        {
            dossier.migrated = among(foreign_keys);
            dossier.dropped = among(dropped_foreign_keys);
            dossier.forgotten = among(ignored_foreign_keys);
            let skipped = skipped_foreign_keys.iter();
            dossier.skipped = skipped.filter(|it| is_here(&it.foreign_key)).collect();
        }
        if let Some(snapshot) = self.snapshot.catalog() {
            dossier.snapshot = among(&snapshot.foreign_keys);
        }
        let is_lost = |it: &&LostDeclaration| it.foreign_key.as_deref().is_some_and(is_here);
        dossier.lost = self.sources.lost.iter().filter(is_lost).collect();
        dossier
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, notation};

    use super::*;
    use crate::comparison::Sources;

    #[test]
    fn holds_what_is_on_the_same_columns() {
        let texts = SourceMap::default();
        let parse = |name, lines: &[&str]| notation::parse(&texts, name, lines).unwrap();
        let schema = parse("schema", &["Posts(a, b) -> users(x, y)", "posts(a) -> users(x)"]);
        let migrations = parse("migrations", &["posts(b, a) -> people(y, x)", "notes(a) -> b(x)"]);
        let comparison = Comparison::new(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            ..crate::testing::sources(Dialect::Sqlite)
        });
        let tell = |foreign_key: &ForeignKey| {
            let Dossier { declared, migrated, .. } = comparison.dossier(foreign_key);
            [declared, migrated].map(|it| it.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let composite = [vec!["Posts.(a, b) → users.(x, y)"], vec!["posts.(b, a) → people.(y, x)"]];
        assert_eq!(tell(&schema.foreign_keys[0]), composite);
        assert_eq!(tell(&migrations.foreign_keys[0]), composite);
        assert_eq!(tell(&schema.foreign_keys[1]), [vec!["posts.a → users.x"], vec![]]);
    }
}

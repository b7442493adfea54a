//! What findings offer for pasting: the edit of the schema, the statements of a migration, and which of
//! the two is probably right.

use foldhash::{HashMap, HashMapExt};
use std::sync::OnceLock;

use drift_model::{
    Dialect, FileId, Finding, ForeignKey, Language, ReferentialAction, Remedy, Span, Table,
    TableName,
};

use crate::advice::{self, Advice, Side};
use crate::comparison::{Comparison, Sources};
use crate::snapshot::Testimony;
use crate::sql::{self, Step};
use crate::typescript::{Declaration, Reach, Rewrite, append_call, column_path, imports};

/// What remedies ask for again and again, found out when it is first asked for.
#[derive(Default)]
pub(crate) struct Known {
    /// How many foreign keys of the schema come from each place.
    declared_at: OnceLock<HashMap<Span, usize>>,
    /// How many foreign keys of the migrations have each name, in lower case, where it must be the only
    /// one.
    names: OnceLock<HashMap<(Option<TableName>, String), usize>>,
    /// Whether the migrations make triggers or views.
    pub(crate) has_dependants: OnceLock<bool>,
    /// Whether the migrations are cut at breakpoints.
    has_breakpoints: OnceLock<bool>,
}

const CHANGE_SCHEMA: &str = "if the migrations are right, change the schema";

impl Comparison<'_> {
    /// Says how to bring the actions of a pair together; `advice` is what is known about `ON DELETE`.
    pub(crate) fn with_actions_mended(
        &self,
        finding: Finding,
        schema: &ForeignKey,
        migrated: &ForeignKey,
        advises: bool,
    ) -> Finding {
        let declaring = self.declaring_actions(schema, migrated);
        let new = self.as_declared(schema, migrated);
        let (migrating, obstacle) = self.migrating(Step::Replace { old: migrated, new: &new });
        let advice = match advises {
            true => advice::on_delete(self, schema, migrated),
            false => Advice { right: None, reason: "nothing tells which side is right".to_owned() },
        };
        if self.is_pending(schema, migrated) {
            let help = "run `drizzle-kit generate`, which will write the change, or take it back in the schema";
            return finding.help(help).remedy(declaring);
        }
        let mut help = match advice.right {
            Some(Side::Migrations) => {
                format!(
                    "the migrations are probably right, so change the schema: {}",
                    advice.reason
                )
            }
            Some(Side::Schema) => {
                format!("the schema is probably right, so add a migration: {}", advice.reason)
            }
            None => "decide which side is right, and change the other".to_owned(),
        };
        if let Some(obstacle) = obstacle.filter(|it| *it != advice.reason) {
            help.push_str(&format!("; no migration is offered, because {obstacle}"));
        }
        let finding = finding.help(help);
        match advice.right {
            Some(Side::Schema) => with_all(finding, migrating.into_iter().chain([declaring])),
            _ => with_all(finding, [declaring].into_iter().chain(migrating)),
        }
    }

    /// Whether drizzle-kit knows that the actions of the schema are new, and will write a migration.
    fn is_pending(&self, schema: &ForeignKey, migrated: &ForeignKey) -> bool {
        let testimony = self.snapshot.about(&self.names, schema).found();
        testimony.is_some_and(|it| {
            self.names.have_same_target(it, schema)
                && (it.on_delete, it.on_update) == (migrated.on_delete, migrated.on_update)
        })
    }

    /// Says how to keep, or take back, a promise of the schema.
    pub(crate) fn with_missing_made(&self, finding: Finding, schema: &ForeignKey) -> Finding {
        let (mut migrating, obstacle) = self.migrating(Step::Add(&self.with_free_name(schema)));
        let mut help = "create it in a migration, or take it out of the schema".to_owned();
        if matches!(self.snapshot.about(&self.names, schema), Testimony::Lacks) {
            help = "run `drizzle-kit generate`, which will create it, or take it out of the schema"
                .to_owned();
            migrating = None;
        } else if let Some(obstacle) = obstacle {
            help.push_str(&format!("; no migration is offered, because {obstacle}"));
        }
        let mut remedies: Vec<Remedy> = migrating.into_iter().collect();
        if !schema.referenced_columns.is_empty() {
            remedies.push(Remedy {
                title: "rows that would keep it from being created".to_owned(),
                language: Language::Sql,
                text: sql::orphans(self.sources.dialect, schema),
                edit: None,
            });
        }
        remedies.extend(self.undeclaring(schema));
        with_all(finding.help(help), remedies)
    }

    /// Says how to declare, or drop, what the migrations made.
    pub(crate) fn with_undeclared_mended(
        &self,
        finding: Finding,
        migrated: &ForeignKey,
    ) -> Finding {
        let declaring = self.declaring(migrated);
        let (dropping, _) = self.migrating(Step::Drop(migrated));
        let help = "declare it in the schema, or drop it in a migration";
        let dropping = dropping.map(|it| Remedy {
            title: it.title.replace("the schema is right", "it is not meant"),
            ..it
        });
        with_all(finding.help(help), [declaring].into_iter().chain(dropping))
    }

    /// Says how to drop what is there beside the foreign key that is meant.
    pub(crate) fn with_twins_dropped(&self, finding: Finding, twins: &[&ForeignKey]) -> Finding {
        let drops = twins.iter().filter_map(|it| self.migrating(Step::Drop(it)).0);
        let mut drops: Vec<Remedy> = drops.collect();
        // Statements for SQLite make the whole table anew, which is not to be done one by one.
        if twins.len() > 1 && self.sources.dialect == Dialect::Sqlite {
            drops.clear();
        }
        with_all(finding.help("drop the one that is not meant"), drops)
    }

    /// Says how to bring the targets of a pair together.
    pub(crate) fn with_target_mended(
        &self,
        finding: Finding,
        schema: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let new = self.as_declared(schema, migrated);
        let new = ForeignKey {
            referenced_table: schema.referenced_table.clone(),
            referenced_columns: schema.referenced_columns.clone(),
            referencing_columns: schema.referencing_columns.clone(),
            ..new
        };
        let (migrating, _) = self.migrating(Step::Replace { old: migrated, new: &new });
        let declaring = self.declaring_target(schema, migrated);
        let help = format!(
            "make `{}` reference the same columns on both sides",
            schema.referencing_side()
        );
        with_all(finding.help(help), declaring.into_iter().chain(migrating))
    }

    /// Says how to give a pair one name.
    pub(crate) fn with_name_mended(
        &self,
        finding: Finding,
        schema: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let (Some(declared), Some(actual)) = (&schema.name, &migrated.name) else { return finding };
        let help = format!(
            "drizzle-kit's next change of it will drop `{declared}`, which the database does not have; give both the same name"
        );
        let renaming = self
            .is_free(&migrated.referencing_table, declared, Some(migrated))
            .then(|| sql::rename(&self.sources.engine, migrated, declared))
            .flatten();
        let renaming = renaming.map(|it| Remedy {
            title: "to rename it in the database, add a migration".to_owned(),
            language: Language::Sql,
            text: it.text(self.has_breakpoints()),
            edit: None,
        });
        let rewrite = self.declaration(schema).and_then(|it| it.with_name(actual));
        let naming = rewrite
            .map(|it| typescript("to name it in the schema as in the database".to_owned(), it));
        with_all(finding.help(help), renaming.into_iter().chain(naming))
    }

    /// Offers `SET NULL` on both sides.
    pub(crate) fn with_set_null(
        &self,
        mut finding: Finding,
        schema: Option<&ForeignKey>,
        migrated: Option<&ForeignKey>,
    ) -> Finding {
        let new =
            |it: &ForeignKey| ForeignKey { on_delete: ReferentialAction::SetNull, ..it.clone() };
        let rewrite = schema.and_then(|it| self.declaration(it)?.with_actions_of(&new(it), it));
        if let Some(Rewrite { text, .. }) = rewrite {
            // Half of it would be a mismatch, so that nothing is to be done unasked.
            let title =
                "in the schema, before `drizzle-kit generate` writes the migration".to_owned();
            finding.remedies.push(typescript(title, Rewrite { text, edit: None }));
        }
        let migrated = migrated.filter(|_| self.snapshot.catalog().is_none());
        let step = migrated.map(|it| (it, new(it)));
        let migrating =
            step.and_then(|(old, new)| self.migrating(Step::Replace { old, new: &new }).0);
        finding.remedies.extend(migrating.map(|it| Remedy {
            title: it.title.replace("if the schema is right, ", "in the database, "),
            ..it
        }));
        finding
    }

    /// Whether anybody sees what a finding offers. Of those that are only counted there may be hundreds.
    fn wants_remedies(&self, finding: &Finding) -> bool {
        finding.level >= self.sources.tells.least_with_remedies
    }

    /// Says how to declare a foreign key that no source has, and which rows it would refuse.
    pub(crate) fn with_wanted_made(&self, finding: Finding, wanted: &ForeignKey) -> Finding {
        if !self.wants_remedies(&finding) {
            return finding;
        }
        let mut declaring = self.declaring(wanted);
        declaring.title = declaring.title.replace("if the migrations are right, ", "");
        let orphans = Remedy {
            title: "rows that would keep it from being created".to_owned(),
            language: Language::Sql,
            text: sql::orphans(self.sources.dialect, wanted),
            edit: None,
        };
        with_all(finding, [declaring, orphans])
    }

    /// Says how to make an index for a foreign key of the migrations.
    pub(crate) fn with_index_made(&self, finding: Finding, foreign_key: &ForeignKey) -> Finding {
        if !self.wants_remedies(&finding) {
            return finding;
        }
        let (table, columns) = (&foreign_key.referencing_table, &foreign_key.referencing_columns);
        let dialect = self.sources.dialect;
        let name = format!("{}_{}_idx", table.name, columns.join("_"));
        let name = dialect.truncate(&name);
        let in_sql = Remedy {
            title: "as a migration has it".to_owned(),
            language: Language::Sql,
            text: sql::create_index(dialect, name, table, columns),
            edit: None,
        };
        with_all(finding, self.declaring_index(foreign_key, name).into_iter().chain([in_sql]))
    }

    fn declaring_index(&self, foreign_key: &ForeignKey, name: &str) -> Option<Remedy> {
        let texts = self.sources.texts?;
        let table = self.schema_table(&foreign_key.referencing_table)?;
        let columns = foreign_key.referencing_columns.iter();
        let paths = columns.map(|it| column_path(texts, "table", self.column(table, it)?));
        let paths = paths.collect::<Option<Vec<String>>>()?.join(", ");
        Some(Remedy {
            title: "declare it in the list that the third argument of the table returns".to_owned(),
            language: Language::TypeScript,
            text: format!("index(\"{}\").on({paths})", name.replace('"', "\\\"")),
            edit: None,
        })
    }

    /// The edit of the schema that gives a foreign key the actions it has in the database.
    fn declaring_actions(&self, schema: &ForeignKey, migrated: &ForeignKey) -> Remedy {
        let rewrite = self.declaration(schema).and_then(|it| it.with_actions_of(migrated, schema));
        let full = self.emptied_not_null(schema, migrated, Self::schema_table);
        match rewrite {
            Some(Rewrite { text, .. }) if full.is_some() => typescript(
                format!("{CHANGE_SCHEMA}, and let `{}` be NULL", full.unwrap_or_default()),
                Rewrite { text, edit: None },
            ),
            Some(rewrite) if rewrite.edit.is_some() => {
                typescript(CHANGE_SCHEMA.to_owned(), rewrite)
            }
            Some(rewrite) => typescript(
                format!("{CHANGE_SCHEMA}, where other foreign keys come from the same line"),
                rewrite,
            ),
            None => Remedy {
                title: format!("{CHANGE_SCHEMA}, where it says its actions"),
                language: Language::TypeScript,
                text: actions_object(migrated),
                edit: None,
            },
        }
    }

    /// A referencing column that refuses NULL on a side, where the wanted actions set it.
    fn emptied_not_null<'t>(
        &'t self,
        own: &ForeignKey,
        wanted: &ForeignKey,
        table: fn(&Self, &TableName) -> Option<&'t Table>,
    ) -> Option<&'t str> {
        let empties = [wanted.on_delete, wanted.on_update].contains(&ReferentialAction::SetNull);
        let table = table(self, &own.referencing_table).filter(|_| empties)?;
        advice::not_null_column(self, table, wanted)
    }

    fn declaring_target(&self, schema: &ForeignKey, migrated: &ForeignKey) -> Option<Remedy> {
        let (name, path, import) = self.target_path(schema.span.file, migrated)?;
        let rewrite = self.declaration(schema)?.with_target(&path, migrated, schema)?;
        let mut remedy = typescript(CHANGE_SCHEMA.to_owned(), rewrite);
        if let Some(module) = import {
            remedy.title.push_str(&format!(", and import `{name}` from `{module}`"));
            remedy.edit = None;
        }
        Some(remedy)
    }

    /// The removal of a declaration.
    fn undeclaring(&self, schema: &ForeignKey) -> Option<Remedy> {
        let texts = self.sources.texts?;
        let edit = self.declaration(schema)?.removal()?;
        Some(Remedy {
            title: "if the migrations are right, take this out of the schema".to_owned(),
            language: Language::TypeScript,
            text: texts.snippet(edit.span),
            edit: Some(edit),
        })
    }

    /// The declaration that a schema lacks.
    fn declaring(&self, migrated: &ForeignKey) -> Remedy {
        let title = "if the migrations are right, declare it".to_owned();
        let found = self.schema_table(&migrated.referencing_table).and_then(|table| {
            match (&migrated.referencing_columns[..], &migrated.referenced_columns[..]) {
                ([only], [_]) => Some((table, self.column(table, only)?)),
                _ => None,
            }
        });
        let Some((table, column)) = found.filter(|it| !it.1.is_array) else {
            let names = |columns: &[String]| columns.join(", ");
            let text = format!(
                "foreignKey({{ columns: [{}], foreignColumns: [{}] }}){}",
                names(&migrated.referencing_columns),
                names(&migrated.referenced_columns),
                chained_actions(migrated)
            );
            let title = title + ", with the table's own columns and those of the other table";
            return Remedy { title, language: Language::TypeScript, text, edit: None };
        };
        let actions = match actions_object(migrated).as_str() {
            "{}" => String::new(),
            actions => format!(", {actions}"),
        };
        let target = self.target_path(column.span.file, migrated);
        let Some((name, path, import)) = target else {
            let text = format!(".references(() => ...{actions})");
            let title = format!(
                "{title} on `{}`, with the table that is `{}` in the database",
                column.name, migrated.referenced_table
            );
            return Remedy { title, language: Language::TypeScript, text, edit: None };
        };
        let is_own = self.sources.dialect.table_key(&migrated.referenced_table)
            == self.sources.dialect.table_key(&migrated.referencing_table);
        let annotation = match self.sources.dialect {
            Dialect::PostgreSql => "AnyPgColumn",
            Dialect::MySql => "AnyMySqlColumn",
            Dialect::Sqlite => "AnySQLiteColumn",
        };
        let result = if is_own { format!("): {annotation}") } else { ")".to_owned() };
        let text = format!(".references(({result} => {path}{actions})");
        let tables = self.sources.schema.map_or(&[][..], |it| &it.tables);
        let is_importing = |texts| !is_own || imports(texts, column.span.file, annotation);
        let edit = self
            .sources
            .texts
            .filter(|texts| import.is_none() && is_importing(texts))
            .and_then(|texts| append_call(texts, table, column, tables, &text));
        let mut title = title + &format!(" on `{}`", column.name);
        if let Some(module) = import {
            title.push_str(&format!(", and import `{name}` from `{module}`"));
        }
        Remedy { title, language: Language::TypeScript, text, edit }
    }

    /// What a file calls the referenced column: the table's name, the path to the column, and the module
    /// where the table would have to be imported from.
    fn target_path(
        &self,
        file: FileId,
        foreign_key: &ForeignKey,
    ) -> Option<(String, String, Option<String>)> {
        let texts = self.sources.texts?;
        let table = self.schema_table(&foreign_key.referenced_table)?;
        let [column] = &foreign_key.referenced_columns[..] else { return None };
        let column = self.column(table, column)?;
        let reach = Reach::of(texts, file, table)?;
        let path = column_path(texts, reach.name(), column)?;
        Some(match reach {
            Reach::Named(name) => (name, path, None),
            Reach::Import { name, module } => (name, path, Some(module)),
        })
    }

    fn declaration(&self, schema: &ForeignKey) -> Option<Declaration> {
        let declared_at = self.known.declared_at.get_or_init(|| {
            let mut declared_at = HashMap::new();
            for it in self.sources.schema.map_or(&[][..], |it| &it.foreign_keys) {
                *declared_at.entry(it.span).or_default() += 1;
            }
            declared_at
        });
        let is_shared = declared_at.get(&schema.span).is_some_and(|count| *count > 1);
        Some(Declaration::of(self.sources.texts?, schema, is_shared))
    }

    /// The statements of a step, or why there are none.
    fn migrating(&self, step: Step<'_>) -> (Option<Remedy>, Option<String>) {
        if let Step::Add(new) | Step::Replace { new, .. } = step
            && let Some(column) = self.emptied_not_null(new, new, Self::migrated_table)
        {
            return (None, Some(format!("`{column}` is NOT NULL, so that SET NULL would fail")));
        }
        let script = match sql::script(self, step) {
            Ok(script) => script,
            Err(reason) => return (None, Some(reason)),
        };
        let title = match &script.by_hand {
            Some(reason) => {
                format!("if the schema is right, run this outside of a migration: {reason}")
            }
            None => "if the schema is right, add a migration".to_owned(),
        };
        let text = script.text(self.has_breakpoints());
        (Some(Remedy { title, language: Language::Sql, text, edit: None }), None)
    }

    /// The statements of a step, whoever is right; `None` where there are none.
    pub(crate) fn statements(&self, step: Step<'_>) -> Option<Remedy> {
        let script = sql::script(self, step).ok()?;
        let title = match &script.by_hand {
            Some(reason) => format!("run this outside of a migration: {reason}"),
            None => "add a migration".to_owned(),
        };
        let text = script.text(self.has_breakpoints());
        Some(Remedy { title, language: Language::Sql, text, edit: None })
    }

    /// A foreign key of the database with the actions of the schema, and with its name, if that is free.
    fn as_declared(&self, schema: &ForeignKey, migrated: &ForeignKey) -> ForeignKey {
        let name = schema.name.clone().filter(|name| {
            let limit = self.sources.engine.name_limit().unwrap_or(usize::MAX);
            (schema.has_explicit_name || self.sources.compares_generated_names)
                && name.chars().count() <= limit
                && self.is_free(&migrated.referencing_table, name, Some(migrated))
        });
        let new = with_actions(migrated, schema.on_delete, schema.on_update);
        ForeignKey { name: name.or(new.name), ..new }
    }

    /// A foreign key without its name where another one has it.
    fn with_free_name(&self, schema: &ForeignKey) -> ForeignKey {
        let name =
            schema.name.clone().filter(|it| self.is_free(&schema.referencing_table, it, None));
        ForeignKey { name, ..schema.clone() }
    }

    /// Whether no foreign key of the database but `own` has a name that must be the only one.
    fn is_free(&self, table: &TableName, name: &str, own: Option<&ForeignKey>) -> bool {
        let sources = &self.sources;
        let key = |table: &TableName, name: &str| {
            let is_of_table = sources.dialect == Dialect::PostgreSql;
            (is_of_table.then(|| table.clone()), name.to_lowercase())
        };
        let names = self.known.names.get_or_init(|| {
            let mut names = HashMap::new();
            for it in sources.migrations.map_or(&[][..], |it| &it.foreign_keys) {
                if let Some(name) = &it.name {
                    *names.entry(key(&it.referencing_table, name)).or_default() += 1;
                }
            }
            names
        });
        let is_own = own
            .and_then(|it| it.name.as_deref())
            .is_some_and(|own| own.to_lowercase() == name.to_lowercase());
        names.get(&key(table, name)).copied().unwrap_or(0) <= usize::from(is_own)
    }

    /// Whether the migrations are cut at breakpoints, as drizzle-kit writes them.
    fn has_breakpoints(&self) -> bool {
        let Sources { journal, migrations, texts, .. } = self.sources;
        let look = || {
            let first = migrations.and_then(|it| it.tables.first());
            let text = first.zip(texts).map(|(table, texts)| texts.file(table.span.file));
            text.is_some_and(|it| it.text.contains("--> statement-breakpoint"))
        };
        journal.listed > 0 || *self.known.has_breakpoints.get_or_init(look)
    }
}

/// A foreign key with other actions. The columns that a delete sets stay while it sets any.
pub(crate) fn with_actions(
    foreign_key: &ForeignKey,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
) -> ForeignKey {
    let mut new = ForeignKey { on_delete, on_update, ..foreign_key.clone() };
    if on_delete != foreign_key.on_delete {
        new.set_columns.clear();
    }
    new
}

fn with_all(mut finding: Finding, remedies: impl IntoIterator<Item = Remedy>) -> Finding {
    finding.remedies.extend(remedies);
    finding
}

fn typescript(title: String, rewrite: Rewrite) -> Remedy {
    let Rewrite { text, edit } = rewrite;
    Remedy { title, language: Language::TypeScript, text, edit }
}

/// `{ onDelete: "cascade" }`
fn actions_object(foreign_key: &ForeignKey) -> String {
    let given: Vec<String> =
        actions(foreign_key).map(|(key, action)| format!("{key}: \"{action}\"")).collect();
    if given.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", given.join(", ")) }
}

fn chained_actions(foreign_key: &ForeignKey) -> String {
    actions(foreign_key).map(|(key, action)| format!(".{key}(\"{action}\")")).collect()
}

fn actions(foreign_key: &ForeignKey) -> impl Iterator<Item = (&'static str, ReferentialAction)> {
    let all = [("onDelete", foreign_key.on_delete), ("onUpdate", foreign_key.on_update)];
    all.into_iter().filter(|(_, action)| *action != ReferentialAction::NoAction)
}

#[cfg(test)]
mod tests;

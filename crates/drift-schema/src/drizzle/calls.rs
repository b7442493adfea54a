//! Calls of what drizzle exports.

use drift_model::TableName;
use swc_atoms::Atom;

use super::{CallSite, ColumnFactory, ColumnFactoryType, TableFactory};
use crate::Casing;
use crate::evaluate::Evaluator;
use crate::packages::{Core, Package};
use crate::value::{Object, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    /// A call of an export of a built-in package.
    pub(crate) fn call_export(
        &mut self,
        package: Package,
        name: &Atom,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match package {
            Package::Core(core) => self.call_core(core, name, &arguments, site),
            Package::Kit if *name == *"defineConfig" => {
                arguments.into_iter().next().unwrap_or(Value::Undefined)
            }
            Package::Path => self.call_path(name, &arguments, site),
            Package::Url => self.call_url(name, &arguments, site.span),
            Package::Env => self.call_env(name, &arguments, site),
            Package::Inert => match self.parsed_environment(name, None, &arguments, site) {
                Some(environment) => environment,
                None => self
                    .validator_function(name, &arguments)
                    .unwrap_or_else(|| self.call_inert(name, &arguments, site)),
            },
            Package::Kit | Package::Process | Package::Supabase | Package::Neon => Value::Opaque,
        }
    }

    /// A call of an export of a core module: `pgTable`, `integer`.
    pub(crate) fn call_core(
        &mut self,
        core: Core,
        name: &Atom,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let kind = *self.core_kinds.entry(name.clone()).or_insert_with(|| CoreKind::of(name));
        let first = || arguments.first().cloned().unwrap_or(Value::Undefined);
        match kind {
            CoreKind::Column => self.build_column(core, name, arguments, site),
            CoreKind::Constraint => {
                self.build_constraint(name, arguments, site).unwrap_or(Value::Opaque)
            }
            CoreKind::CustomType => {
                let data_type = match first() {
                    Value::Object(object) => ColumnFactoryType::Custom(object),
                    _ => ColumnFactoryType::Unknown,
                };
                self.column_factory(data_type)
            }
            CoreKind::Enum => self.enum_factory(&first()),
            CoreKind::TableCreator => {
                let casing = arguments.get(1).and_then(casing);
                let name_function = Some(first());
                self.table_factory(TableFactory {
                    name_function,
                    casing,
                    ..TableFactory::plain(core)
                })
            }
            CoreKind::Table => self.make_table(&TableFactory::plain(core), arguments, site),
            CoreKind::Schema => self.schema(core, first(), None),
            CoreKind::Alias => self
                .arena
                .unknown("an alias is a table to drizzle-kit, if it is exported", site.span),
            CoreKind::Inert => Value::Opaque,
        }
    }

    /// `pgSchema(name)`
    fn schema(&mut self, core: Core, name: Value<'a>, casing: Option<Casing>) -> Value<'a> {
        let namespace = Some(name);
        self.table_factory(TableFactory {
            namespace,
            casing,
            is_object: true,
            ..TableFactory::plain(core)
        })
    }

    fn table_factory(&mut self, factory: TableFactory<'a>) -> Value<'a> {
        Value::TableFactory(self.arena.table_factories.alloc(factory))
    }

    fn column_factory(&mut self, data_type: ColumnFactoryType<'a>) -> Value<'a> {
        Value::ColumnFactory(self.arena.column_factories.alloc(ColumnFactory { data_type }))
    }

    fn enum_factory(&mut self, name: &Value<'a>) -> Value<'a> {
        let name = match name {
            Value::String(name) => Some(name.clone()),
            _ => None,
        };
        self.column_factory(ColumnFactoryType::Enum(name))
    }

    /// A property of an export of a core module: `pgTable.withRLS`, `snakeCase.table`.
    pub(crate) fn core_export_property(
        &mut self,
        core: Core,
        export: &Atom,
        key: &str,
    ) -> Value<'a> {
        let casing = match &**export {
            "snakeCase" => Casing::SnakeCase,
            "camelCase" => Casing::CamelCase,
            _ if key == "withRLS" => return Value::Export(Package::Core(core), export.clone()),
            _ => return Value::Opaque,
        };
        match key {
            "table" => self
                .table_factory(TableFactory { casing: Some(casing), ..TableFactory::plain(core) }),
            _ => Value::Opaque,
        }
    }

    /// A method of an export of a core module: `snakeCase.schema(name)`.
    pub(crate) fn core_export_method(
        &mut self,
        core: Core,
        export: &Atom,
        method: &Atom,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        if *method == *"schema" && matches!(&**export, "snakeCase" | "camelCase") {
            let casing = casing_of(export);
            let name = arguments.into_iter().next().unwrap_or(Value::Undefined);
            return self.schema(core, name, casing);
        }
        let callee = self.core_export_property(core, export, method);
        self.call(&callee, arguments, site)
    }

    /// A property of a table factory: the method `table` of a schema.
    pub(crate) fn table_factory_property(
        &mut self,
        factory: &'a TableFactory<'a>,
        key: &str,
    ) -> Value<'a> {
        match key {
            "table" if factory.is_object => self.table_factory(TableFactory {
                core: factory.core,
                namespace: factory.namespace.clone(),
                name_function: factory.name_function.clone(),
                casing: factory.casing,
                is_object: false,
            }),
            "withRLS" => Value::TableFactory(factory),
            "schemaName" => factory.namespace.clone().unwrap_or(Value::Undefined),
            _ => Value::Opaque,
        }
    }

    /// A method of a table factory.
    pub(crate) fn table_factory_method(
        &mut self,
        factory: &'a TableFactory<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        match method {
            "table" if factory.is_object => self.make_table(factory, arguments, site),
            "withRLS" => self.make_table(factory, arguments, site),
            "enum" => {
                let name = arguments.first().cloned().unwrap_or(Value::Undefined);
                self.enum_factory(&name)
            }
            "existing" => Value::TableFactory(factory),
            _ => Value::Opaque,
        }
    }

    /// A call of an export of `drizzle-orm` itself, or of a package that makes no tables.
    fn call_inert(&mut self, name: &str, arguments: &[Value<'a>], site: CallSite) -> Value<'a> {
        match (name, arguments.first()) {
            ("getTableColumns" | "getColumns", Some(Value::Table(table))) => {
                let properties: Properties<'a> = table
                    .columns
                    .iter()
                    .map(|(key, column)| {
                        let value = Value::Column(column);
                        (key.clone(), Property { value, is_getter: false, span: column.span })
                    })
                    .collect();
                let object: &'a Object<'a> = self.arena.object(properties);
                object.unknown_part.set(table.unknown_part.get());
                Value::Object(object)
            }
            ("getTableName", Some(Value::Table(table))) => match &table.name {
                Ok(name) if name.contains(TableName::UNKNOWN_PART) => {
                    let reason = "a part of this name is not known".to_owned();
                    let partial_text = Some(name.clone());
                    let unknown = Unknown { partial_text, ..Unknown::new(reason, site.span) };
                    Value::Unknown(self.arena.unknowns.alloc(unknown))
                }
                Ok(name) => Value::String(name.clone()),
                Err(unknown) => Value::Unknown(unknown),
            },
            ("relations" | "defineRelations" | "defineRelationsPart", Some(_)) => {
                self.declare_relations(name, arguments, site)
            }
            ("getTableColumns" | "getColumns" | "getTableName", _) => {
                self.arena.unknown("this is not a table that is known", site.span)
            }
            _ => Value::Opaque,
        }
    }
}

impl<'a> TableFactory<'a> {
    /// `pgTable` and its siblings.
    pub(crate) fn plain(core: Core) -> Self {
        Self { core, namespace: None, name_function: None, casing: None, is_object: false }
    }
}

fn casing_of(export: &str) -> Option<Casing> {
    match export {
        "snakeCase" => Some(Casing::SnakeCase),
        "camelCase" => Some(Casing::CamelCase),
        _ => None,
    }
}

/// The second argument of a table creator in 1.0.
fn casing(value: &Value<'_>) -> Option<Casing> {
    match value.as_str()? {
        "snake_case" => Some(Casing::SnakeCase),
        "camelCase" => Some(Casing::CamelCase),
        _ => None,
    }
}

/// Exports of a core module that make no column: views, roles, policies, classes.
/// What an export of a core module makes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CoreKind {
    Column,
    Constraint,
    CustomType,
    Enum,
    TableCreator,
    Table,
    Schema,
    /// Another name for a table in queries, which drizzle-kit takes for a table of that name.
    Alias,
    /// Nothing that has to do with foreign keys.
    Inert,
}

impl CoreKind {
    fn of(name: &str) -> Self {
        const INERT: [&str; 4] = ["View", "Role", "Policy", "Sequence"];
        match name {
            "foreignKey" | "primaryKey" | "unique" | "index" | "uniqueIndex" => {
                CoreKind::Constraint
            }
            "customType" => CoreKind::CustomType,
            "pgEnum" | "cockroachEnum" | "gelEnum" => CoreKind::Enum,
            "alias" => CoreKind::Alias,
            "getTableConfig" | "check" | "view" => CoreKind::Inert,
            _ if name.ends_with("TableCreator") => CoreKind::TableCreator,
            _ if name.ends_with("Table") => CoreKind::Table,
            _ if name.ends_with("Schema") || name.ends_with("Database") => CoreKind::Schema,
            _ if INERT.iter().any(|it| name.ends_with(it)) => CoreKind::Inert,
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => CoreKind::Inert,
            _ => CoreKind::Column,
        }
    }
}

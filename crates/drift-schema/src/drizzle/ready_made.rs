//! Tables that drizzle-orm exports ready-made.

use drift_model::{Dialect, Span};
use swc_atoms::Atom;

use super::{BuilderState, CallSite, TableFactory};
use crate::evaluate::Evaluator;
use crate::packages::{Core, Package};
use crate::value::{Properties, Property, Value};

/// Key, name and type of a column; the first one is the primary key.
type Columns = &'static [(&'static str, &'static str, &'static str)];

/// Source: drizzle-orm, `src/supabase/rls.ts`.
const AUTH_USERS: Columns = &[
    ("id", "id", "uuid"),
    ("email", "email", "varchar(255)"),
    ("phone", "phone", "text"),
    ("emailConfirmedAt", "email_confirmed_at", "timestamp with time zone"),
    ("phoneConfirmedAt", "phone_confirmed_at", "timestamp with time zone"),
    ("lastSignInAt", "last_sign_in_at", "timestamp with time zone"),
    ("createdAt", "created_at", "timestamp with time zone"),
    ("updatedAt", "updated_at", "timestamp with time zone"),
];

/// Source: as [`AUTH_USERS`].
const REALTIME_MESSAGES: Columns =
    &[("id", "id", "bigserial"), ("topic", "topic", "text"), ("extension", "extension", "text")];

/// Source: drizzle-orm, `src/neon/neon-auth.ts`.
const USERS_SYNC: Columns = &[
    ("id", "id", "text"),
    ("name", "name", "text"),
    ("email", "email", "text"),
    ("rawJson", "raw_json", "jsonb"),
    ("createdAt", "created_at", "timestamp with time zone"),
    ("updatedAt", "updated_at", "timestamp with time zone"),
    ("deletedAt", "deleted_at", "timestamp with time zone"),
];

impl<'a> Evaluator<'a> {
    /// An export of `drizzle-orm/supabase` or `drizzle-orm/neon`: a table, or a role or policy.
    pub(crate) fn ready_made(&mut self, package: Package, name: &Atom, span: Span) -> Value<'a> {
        let (namespace, table, columns) = match (package, &**name) {
            (Package::Supabase, "authUsers") => ("auth", "users", AUTH_USERS),
            (Package::Supabase, "realtimeMessages") => ("realtime", "messages", REALTIME_MESSAGES),
            (Package::Neon, "usersSync") => ("neon_auth", "users_sync", USERS_SYNC),
            _ => return Value::Opaque,
        };
        if let Some(table) = self.ready_made_tables.get(table) {
            return table.clone();
        }
        let mut properties = Properties::default();
        for (position, (key, name, data_type)) in columns.iter().enumerate() {
            let value = self.column_builder(BuilderState {
                name: Atom::from(*name),
                data_type: Some(Atom::from(*data_type)),
                is_primary_key: position == 0,
                is_not_null: position == 0,
                ..BuilderState::default()
            });
            properties.insert(Atom::from(*key), Property { value, is_getter: false, span });
        }
        let factory = TableFactory {
            namespace: Some(Value::string(namespace)),
            ..TableFactory::plain(Core::Dialect(Dialect::PostgreSql))
        };
        let arguments = [Value::string(table), Value::Object(self.arena.object(properties))];
        let site = CallSite { span, name: span, first_argument: None };
        let made = self.make_table(&factory, &arguments, site);
        self.ready_made_tables.insert(table, made.clone());
        made
    }
}

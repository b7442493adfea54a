//! Packages whose meaning is built in and that are never read from disk.

use drift_model::Dialect;

/// A package that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    /// `drizzle-orm/pg-core` and its siblings.
    Core(Core),
    /// `drizzle-orm/supabase`: ready-made tables.
    Supabase,
    /// `drizzle-orm/neon`: ready-made tables.
    Neon,
    /// `drizzle-kit`: `defineConfig`.
    Kit,
    /// `path`, `node:path`.
    Path,
    /// `url`, `node:url`.
    Url,
    /// `process`, `node:process`.
    Process,
    /// Packages that check the environment and hand it on: t3-env, envalid, znv.
    Env,
    /// Something that neither is nor makes a table, a column or a constraint: `sql`, `relations`,
    /// validators made from tables.
    Inert,
}

/// A dialect's core module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Core {
    /// A dialect whose migrations are read; CockroachDB counts as PostgreSQL.
    Dialect(Dialect),
    /// SingleStore, Gel, SQL Server: their tables are of no dialect read here.
    Other,
}

impl Core {
    /// The core module that a specifier names. Deeper paths (`drizzle-orm/pg-core/columns/text`)
    /// export the same builders.
    fn find(specifier: &str) -> Option<Self> {
        let name = specifier.strip_prefix("drizzle-orm/")?.split('/').next()?;
        Some(match name {
            "pg-core" | "cockroach-core" => Core::Dialect(Dialect::PostgreSql),
            "mysql-core" => Core::Dialect(Dialect::MySql),
            "sqlite-core" => Core::Dialect(Dialect::Sqlite),
            "singlestore-core" | "gel-core" | "mssql-core" => Core::Other,
            _ => return None,
        })
    }
}

impl Package {
    /// The package that an import specifier means, if it is built in.
    pub(crate) fn find(specifier: &str) -> Option<Self> {
        let name = specifier.strip_prefix("node:").unwrap_or(specifier);
        if let Some(core) = Core::find(name) {
            return Some(Self::Core(core));
        }
        match name {
            "drizzle-orm/supabase" => return Some(Self::Supabase),
            "drizzle-orm/neon" => return Some(Self::Neon),
            "drizzle-kit" => return Some(Self::Kit),
            "path" | "path/posix" => return Some(Self::Path),
            "url" => return Some(Self::Url),
            "process" => return Some(Self::Process),
            "@t3-oss/env-core" | "@t3-oss/env-nextjs" | "@t3-oss/env-nuxt" | "envalid" | "znv" => {
                return Some(Self::Env);
            }
            _ => {}
        }
        const INERT: [&str; 10] = [
            "drizzle-orm",
            "drizzle-zod",
            "drizzle-valibot",
            "drizzle-typebox",
            "drizzle-arktype",
            "drizzle-seed",
            "zod",
            "valibot",
            "nanoid",
            "uuid",
        ];
        let is_inert = INERT.iter().any(|package| {
            name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        is_inert.then_some(Self::Inert)
    }
}

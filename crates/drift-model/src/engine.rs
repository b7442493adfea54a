//! What differs from engine to engine and from version to version.

use crate::Dialect;

/// The server that runs the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine {
    product: Product,
    /// Major, minor and patch version as `major * 10_000 + minor * 100 + patch`.
    version: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    PostgreSql,
    CockroachDb,
    MySql,
    MariaDb,
    Sqlite,
    D1,
    LibSql,
}

/// What `REFERENCES t` without columns means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnDefault {
    /// The primary key of the referenced table.
    PrimaryKey,
    /// The columns of the same names.
    SameNames,
    /// The statement is refused.
    Refused,
}

/// What becomes of `SET DEFAULT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetDefault {
    /// It is kept and done, or tried: InnoDB refuses to do it when a row is deleted.
    Kept,
    /// It is taken for `RESTRICT`.
    Restrict,
    /// The statement is refused.
    Refused,
}

/// The order in which foreign keys on the same columns act when the row that they reference goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiringOrder {
    /// The one made first acts first.
    Creation,
    /// The one whose name comes first, byte by byte.
    Name,
    /// The one declared last acts first, and `NO ACTION` waits for what the others leave.
    LastDeclared,
}

impl Engine {
    /// The engine that stands for a dialect where nothing else is known: PostgreSQL 17, MySQL 8.4,
    /// SQLite 3.45.
    pub fn new(dialect: Dialect) -> Self {
        let (product, version) = match dialect {
            Dialect::PostgreSql => (Product::PostgreSql, 17_00_00),
            Dialect::MySql => (Product::MySql, 8_04_00),
            Dialect::Sqlite => (Product::Sqlite, 3_45_00),
        };
        Self { product, version }
    }

    /// Reads a name such as `mariadb-10.11`, `mysql-5.7`, `postgresql`, `cockroachdb`, `libsql` or
    /// `d1`. `None` for a product that is not known or a version that is no number.
    pub fn parse(name: &str) -> Option<Self> {
        let (product, version) = match name.split_once('-') {
            Some((product, version)) => (product, Some(version)),
            None => (name, None),
        };
        let (product, default) = match product {
            "postgresql" | "postgres" => (Product::PostgreSql, 17_00_00),
            "cockroachdb" | "cockroach" => (Product::CockroachDb, 25_00_00),
            "mysql" | "planetscale" => (Product::MySql, 8_04_00),
            "mariadb" => (Product::MariaDb, 11_08_00),
            "sqlite" => (Product::Sqlite, 3_45_00),
            "d1" => (Product::D1, 3_45_00),
            "libsql" | "turso" => (Product::LibSql, 3_45_00),
            _ => return None,
        };
        let version = match version {
            Some(version) => parse_version(version)?,
            None => default,
        };
        Some(Self { product, version })
    }

    /// Whether it is CockroachDB.
    pub fn is_cockroachdb(&self) -> bool {
        self.product == Product::CockroachDb
    }

    /// What its makers call it.
    pub fn product_name(&self) -> &'static str {
        match self.product {
            Product::PostgreSql => "PostgreSQL",
            Product::CockroachDb => "CockroachDB",
            Product::MySql => "MySQL",
            Product::MariaDb => "MariaDB",
            Product::Sqlite => "SQLite",
            Product::LibSql => "libSQL",
            Product::D1 => "D1",
        }
    }

    /// Major, minor and patch version as `major * 10_000 + minor * 100 + patch`.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The dialect it speaks.
    pub fn dialect(&self) -> Dialect {
        match self.product {
            Product::PostgreSql | Product::CockroachDb => Dialect::PostgreSql,
            Product::MySql | Product::MariaDb => Dialect::MySql,
            Product::Sqlite | Product::D1 | Product::LibSql => Dialect::Sqlite,
        }
    }

    /// Whether it is MariaDB.
    pub fn is_mariadb(&self) -> bool {
        self.product == Product::MariaDb
    }

    /// Whether it is Cloudflare's D1, which enforces foreign keys whatever a pragma says.
    ///
    /// Source: <https://developers.cloudflare.com/d1/sql-api/foreign-keys/>
    pub fn is_d1(&self) -> bool {
        self.product == Product::D1
    }

    /// Whether the migrator of its client turns foreign keys off while migrations run.
    ///
    /// Source: `migrate` in @libsql/client, `src/api.ts` of @libsql/core.
    pub fn migrates_without_foreign_keys(&self) -> bool {
        self.product == Product::LibSql
    }

    /// Whether `REFERENCES` after a column makes a foreign key. MySQL took it for a comment until
    /// 9.0.
    ///
    /// Source: <https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html>
    pub fn honours_inline_references(&self) -> bool {
        match self.product {
            Product::MySql => self.version >= 9_00_00,
            Product::MariaDb => self.version >= 10_05_00,
            _ => true,
        }
    }

    /// What becomes of `SET DEFAULT`.
    pub fn set_default(&self) -> SetDefault {
        match self.product {
            Product::MySql if self.version < 8_00_00 => SetDefault::Refused,
            Product::MariaDb => SetDefault::Restrict,
            _ => SetDefault::Kept,
        }
    }

    /// Whether `ADD COLUMN IF NOT EXISTS` of a column that is there adds its foreign key all the
    /// same.
    pub fn adds_foreign_key_of_existing_column(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether a foreign key may be one of a column that is computed when it is read.
    pub fn references_from_virtual_columns(&self) -> bool {
        self.product != Product::MySql
    }

    /// Whether a foreign key that `ALTER TABLE` adds to a table may reference what the same
    /// statement adds to it.
    pub fn references_new_columns(&self) -> bool {
        !self.is_mariadb()
    }

    /// Whether `DROP CONSTRAINT` leaves a foreign key where the same `ALTER TABLE` copies the
    /// table. MariaDB says nothing about it.
    pub fn forgets_drops_when_copying(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether the name of a foreign key need be the only one in its table, not in the database; the
    /// names that it makes up are `1`, `2` and so on then.
    ///
    /// Source: <https://jira.mariadb.org/browse/MDEV-28933>
    pub fn names_foreign_keys_by_table(&self) -> bool {
        self.product == Product::MariaDb && self.version >= 12_01_00
    }

    /// Whether there is `RENAME COLUMN`.
    pub fn renames_columns(&self) -> bool {
        match self.product {
            Product::MySql => self.version >= 8_00_00,
            Product::MariaDb => self.version >= 10_05_02,
            _ => true,
        }
    }

    /// Whether a column may reference itself.
    pub fn references_itself(&self) -> bool {
        self.product != Product::MySql
    }

    /// Whether the declaration of a column can be replaced.
    pub fn alters_columns(&self) -> bool {
        !matches!(self.product, Product::Sqlite | Product::D1)
    }

    /// Whether the constraints of a table share their names.
    pub fn shares_names_with_checks(&self) -> bool {
        self.is_mariadb()
    }

    /// What `REFERENCES t` without columns means.
    pub fn column_default(&self) -> ColumnDefault {
        match self.product {
            Product::MySql if self.version < 9_00_00 => ColumnDefault::Refused,
            Product::MariaDb => ColumnDefault::SameNames,
            _ => ColumnDefault::PrimaryKey,
        }
    }

    /// Whether the referenced columns must be exactly those of a primary key or unique index;
    /// otherwise any index that begins with them will do.
    ///
    /// Source: `restrict_fk_on_non_standard_key` of MySQL 8.4.
    pub fn needs_unique_key(&self) -> bool {
        match self.product {
            Product::MySql => self.version >= 8_04_00,
            Product::MariaDb => false,
            _ => true,
        }
    }

    /// Whether a column of a primary or unique key of several columns cannot be dropped alone.
    pub fn keeps_parts_of_keys(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether the columns of foreign keys cannot be renamed along with what needs a copy of the
    /// table.
    pub fn refuses_copied_renames(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether a table cannot be copied that lacks columns for the foreign keys that point at it.
    pub fn refuses_copies_of_unfit_targets(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether a table cannot get a name that foreign keys wait for and cannot point at: by being
    /// made, or by being renamed.
    pub fn refuses_unfit_target(&self, is_new: bool, checks_foreign_keys: bool) -> bool {
        match self.product {
            Product::MariaDb => !is_new || checks_foreign_keys,
            Product::MySql => is_new,
            _ => false,
        }
    }

    /// Whether `ON UPDATE CASCADE` is refused from a column that takes NULL to one that does not,
    /// unless `ON DELETE` says something other than `RESTRICT`. Later versions may as well.
    ///
    /// Source: `mysql-test/suite/innodb/t/foreign_null.test` in MariaDB.
    pub fn refuses_null_cascade(&self) -> bool {
        self.is_mariadb() && (10_11_10..11_00_00).contains(&self.version)
    }

    /// Whether `FOREIGN KEY i (a)` without a symbol names the foreign key `i`.
    pub fn names_foreign_key_by_index(&self) -> bool {
        self.is_mariadb()
    }

    /// Whether `IF [NOT] EXISTS` may stand in the actions of `ALTER TABLE`.
    pub fn has_conditional_actions(&self) -> bool {
        self.product != Product::MySql && self.dialect() != Dialect::Sqlite
    }

    /// Whether `ALTER TABLE ... ADD FOREIGN KEY ..., RENAME TO ...` loses the foreign keys that
    /// the table had.
    pub fn loses_foreign_keys_on_add_and_rename(&self) -> bool {
        self.is_mariadb() || (self.product == Product::MySql && self.version < 8_00_00)
    }

    /// Whether `ALTER TABLE ... DROP CONSTRAINT` knows foreign keys.
    pub fn drops_constraints(&self) -> bool {
        match self.product {
            Product::MySql => self.version >= 8_00_19,
            Product::Sqlite | Product::D1 => self.version >= 3_54_00,
            Product::LibSql => false,
            _ => true,
        }
    }

    /// Whether one `DROP TABLE` takes tables that reference each other in any order.
    pub fn drops_tables_together(&self) -> bool {
        match self.product {
            Product::MySql => self.version >= 8_00_00,
            Product::MariaDb => false,
            _ => true,
        }
    }

    /// Whether a comment `/*!number ... */` (`/*M!` if `is_mariadb_only`) is code. No number is 0.
    pub fn runs_comment(&self, is_mariadb_only: bool, number: u32) -> bool {
        let is_within = number <= self.version;
        match self.product {
            // MariaDB passes over what is meant for MySQL 5.7 and later.
            Product::MariaDb => is_within && !(50_700..=99_999).contains(&number),
            _ => !is_mariadb_only && is_within,
        }
    }

    /// Whether `MATCH` makes `ON DELETE` and `ON UPDATE` be forgotten.
    pub fn forgets_actions_with_match(&self) -> bool {
        self.product == Product::MySql && self.version < 8_00_00
    }

    /// Whether `REFERENCES` after a column may have a name.
    pub fn names_inline_references(&self) -> bool {
        self.product != Product::MySql
    }

    /// Whether a foreign key in an executable comment is lost, while the rest of it runs.
    pub fn forgets_foreign_keys_in_comments(&self) -> bool {
        self.product == Product::MySql && self.version < 8_00_00
    }

    /// The longest name of a constraint in characters, where longer ones are refused.
    pub fn name_limit(&self) -> Option<usize> {
        (self.dialect() == Dialect::MySql).then_some(64)
    }

    /// Which of several foreign keys on the same columns acts first; `None` where nobody has tried.
    pub fn firing_order(&self) -> Option<FiringOrder> {
        Some(match self.product {
            Product::PostgreSql => FiringOrder::Creation,
            Product::CockroachDb => return None,
            Product::MySql if self.version >= 9_06_00 => FiringOrder::Creation,
            Product::MySql | Product::MariaDb => FiringOrder::Name,
            Product::Sqlite | Product::LibSql | Product::D1 => FiringOrder::LastDeclared,
        })
    }

    /// How many columns a key or foreign key may have.
    pub fn key_column_limit(&self) -> usize {
        match self.product {
            Product::PostgreSql => 32,
            Product::MySql => 16,
            Product::MariaDb => 32,
            // None is known.
            Product::CockroachDb | Product::Sqlite | Product::D1 | Product::LibSql => 2000,
        }
    }

    /// The longest name that it makes up for a foreign key.
    pub fn generated_name_limit(&self, is_new_table: bool) -> Option<usize> {
        match self.product {
            Product::MariaDb => is_new_table.then_some(63),
            _ => self.name_limit(),
        }
    }

    /// Whether a failed statement or a `ROLLBACK` undoes the statements that change tables.
    pub fn has_transactional_ddl(&self) -> bool {
        self.dialect() != Dialect::MySql
    }

    /// Whether a foreign key of a partitioned table may be `NOT VALID`.
    pub fn has_partitioned_not_valid(&self) -> bool {
        self.product == Product::PostgreSql && self.version >= 18_00_00
    }

    /// Whether a partition whose name for a foreign key is taken gets it with a number behind it.
    pub fn numbers_taken_names(&self) -> bool {
        self.product == Product::PostgreSql && self.version >= 18_00_00
    }

    /// Whether a new column that is `NOT NULL` makes the equal column of an heir so.
    pub fn merges_not_null(&self) -> bool {
        self.product == Product::PostgreSql && self.version >= 18_00_00
    }

    /// Whether a foreign key is named within its table, by all of its columns, whatever the length.
    ///
    /// Source: `GetForeignKeyName` and its use in CockroachDB, `pkg/sql/create_table.go`.
    pub fn names_foreign_keys_at_length(&self) -> bool {
        self.product == Product::CockroachDb
    }

    /// Whether `SET NULL` on a column that is `NOT NULL`, `SET DEFAULT` on one that has no default
    /// either, and `DEFERRABLE` are refused.
    pub fn refuses_idle_clauses(&self) -> bool {
        self.product == Product::CockroachDb
    }

    /// The join between a generated name and the number that makes it unique.
    pub fn name_number_separator(&self) -> &'static str {
        if self.product == Product::CockroachDb { "_" } else { "" }
    }
}

fn parse_version(version: &str) -> Option<u32> {
    let mut parts = version.splitn(3, '.').map(|part| part.parse::<u32>().ok());
    let mut number = parts.next()??.checked_mul(10_000)?;
    for weight in [100, 1] {
        if let Some(part) = parts.next() {
            number = number.checked_add(part?.min(99) * weight)?;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_products_and_versions() {
        assert_eq!(Engine::parse("mysql"), Some(Engine::new(Dialect::MySql)));
        assert!(Engine::parse("mysql-9.0").unwrap().honours_inline_references());
        assert!(!Engine::parse("mysql-5.7.42").unwrap().honours_inline_references());
        assert!(Engine::parse("mariadb-10.11").unwrap().honours_inline_references());
        assert_eq!(Engine::parse("oracle-19"), None);
        assert_eq!(Engine::parse("mysql-new"), None);
    }

    // 3.44
    #[test]
    fn runs_the_comments_meant_for_it() {
        let runs = |name: &str, number| Engine::parse(name).unwrap().runs_comment(false, number);
        assert!(runs("mysql", 0) && runs("mysql", 50_000) && runs("mysql", 80_000));
        assert!(!runs("mysql", 99_999) && !runs("mysql-5.7", 80_000));
        assert!(runs("mariadb", 50_601) && runs("mariadb", 100_500));
        assert!(!runs("mariadb", 50_701) && !runs("mariadb", 80_000));
    }
}

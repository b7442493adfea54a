//! Makes PostgreSQL projects of any size, the same one for the same size.
//!
//! A project has a drizzle config, a schema over several files and a barrel, migrations in the text
//! of drizzle-kit 0.31, a journal, and the snapshot of the last migration. The snapshot says what
//! the schema says, so `drizzle-kit generate` finds nothing to do, while the SQL differs in a known
//! number of foreign keys.

mod sql;
mod typescript;

use std::fmt::Write as _;

use drift_model::ReferentialAction as Action;

/// Tables in one file of the schema.
const TABLES_PER_FILE: usize = 25;
/// Tables that one migration creates.
const TABLES_PER_MIGRATION: usize = 20;
/// One foreign key in so many has another `ON DELETE` in the migrations.
const WRONG_ACTION_EVERY: usize = 100;
/// One foreign key in so many is not in the migrations.
const MISSING_EVERY: usize = 200;

const AREAS: [&str; 20] = [
    "account", "billing", "catalog", "chat", "crm", "depot", "event", "file", "forum", "help",
    "hiring", "ledger", "lesson", "market", "media", "partner", "payroll", "report", "social",
    "travel",
];
const NOUNS: [&str; 40] = [
    "items", "orders", "members", "notes", "labels", "tasks", "drafts", "groups", "limits",
    "quotas", "tokens", "prices", "visits", "offers", "stages", "boards", "cards", "lists",
    "threads", "replies", "batches", "entries", "periods", "regions", "grants", "scopes", "rules",
    "sheets", "slots", "topics", "units", "votes", "links", "media", "roles", "seats", "teams",
    "terms", "trips", "zones",
];
const ROLES: [&str; 3] = ["account", "owner", "source"];

/// A project in memory.
pub(crate) struct Project {
    /// Path below the directory of the project, with `/`, and content of every file.
    pub(crate) files: Vec<(String, String)>,
    /// How many foreign keys the schema declares.
    pub(crate) foreign_keys: usize,
    /// How many of them have another `ON DELETE` in the migrations.
    pub(crate) wrong_actions: usize,
    /// How many of them the migrations do not have.
    pub(crate) missing: usize,
}

/// Makes the project with so many tables, each with one foreign key or more.
pub(crate) fn generate(tables: usize) -> Project {
    let model = model(tables);
    let keys = || model.iter().flat_map(|table| &table.foreign_keys);
    let mut files = typescript::files(&model);
    files.extend(sql::files(&model));
    Project {
        files,
        foreign_keys: keys().count(),
        wrong_actions: keys().filter(|key| key.fate == Fate::WrongAction).count(),
        missing: keys().filter(|key| key.fate == Fate::Missing).count(),
    }
}

/// A table, from which both sides are written.
struct Table {
    /// Position in the project, from 0.
    index: usize,
    name: String,
    /// The name of the table in TypeScript.
    export: String,
    foreign_keys: Vec<ForeignKey>,
    has_code: bool,
    has_state: bool,
}

impl Table {
    fn file(&self) -> usize {
        self.index / TABLES_PER_FILE
    }
}

struct ForeignKey {
    /// `account` for the column `account_id`.
    role: &'static str,
    /// Index of the referenced table; never greater than that of the referencing one.
    target: usize,
    on_delete: Action,
    cascades_updates: bool,
    not_null: bool,
    /// Declared with `foreignKey({ name })` rather than `.references()`.
    table_level: bool,
    indexed: bool,
    fate: Fate,
}

/// What the migrations make of a foreign key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    WrongAction,
    Missing,
}

impl ForeignKey {
    fn column(&self) -> String {
        format!("{}_id", self.role)
    }

    /// The constraint's name, which stays below PostgreSQL's 63 bytes.
    fn name(&self, table: &Table, target: &str) -> String {
        match self.table_level {
            true => format!("{}_{}_fk", table.name, self.role),
            false => format!("{}_{}_{target}_id_fk", table.name, self.column()),
        }
    }
}

fn model(tables: usize) -> Vec<Table> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut count = 0;
    (0..tables).map(|index| table(index, &mut random, &mut count)).collect()
}

/// `count` is how many foreign keys there are in the tables before this one.
fn table(index: usize, random: &mut Random, count: &mut usize) -> Table {
    let round = index / (AREAS.len() * NOUNS.len());
    let mut name =
        format!("{}_{}", AREAS[index / NOUNS.len() % AREAS.len()], NOUNS[index % NOUNS.len()]);
    if round > 0 {
        let _ = write!(name, "_{}", round + 1);
    }
    let keys = 1 + usize::from(random.one_in(3)) + usize::from(random.one_in(7));
    let mut foreign_keys: Vec<ForeignKey> = ROLES[..keys]
        .iter()
        .map(|role| {
            *count += 1;
            foreign_key(role, index, *count, random)
        })
        .collect();
    // drizzle-orm lists `.references()` before `foreignKey()`, and drizzle-kit writes that order.
    foreign_keys.sort_by_key(|key| key.table_level);
    Table {
        index,
        export: camel_case(&name),
        name,
        foreign_keys,
        has_code: random.one_in(4),
        has_state: index.is_multiple_of(5),
    }
}

fn foreign_key(role: &'static str, index: usize, number: usize, random: &mut Random) -> ForeignKey {
    let on_delete = match random.below(10) {
        0..5 => Action::Cascade,
        5..7 => Action::SetNull,
        7 => Action::Restrict,
        _ => Action::NoAction,
    };
    // Tables mostly reference their neighbours, now and then themselves.
    let is_self = index == 0 || random.one_in(40);
    let target = if is_self { index } else { index - 1 - random.below(index.min(60)) };
    let fate = match number {
        _ if number % WRONG_ACTION_EVERY == 9 => Fate::WrongAction,
        _ if number % MISSING_EVERY == 4 => Fate::Missing,
        _ => Fate::Kept,
    };
    ForeignKey {
        role,
        target,
        on_delete,
        cascades_updates: random.one_in(20),
        not_null: on_delete != Action::SetNull && !is_self,
        table_level: random.one_in(12),
        indexed: !random.one_in(4),
        fate,
    }
}

/// `billing_orders_2` becomes `billingOrders2`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        camel.push_str(&word[..1].to_uppercase());
        camel.push_str(&word[1..]);
    }
    camel
}

/// A sequence that is the same on every machine (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

//! What statements of all dialects are made of.

use drift_model::{Dialect, ForeignKey, Table, TableName};

use super::Maker;

const TABLES: [&str; 9] = [
    "users",
    "posts",
    "tags",
    "user",
    "Teams",
    "user_posts",
    "order items",
    "references",
    "editorial_board_member_assignments_of_the_spring_season",
];

const COLUMNS: [&str; 10] = [
    "id",
    "a",
    "b",
    "user_id",
    "posts_id",
    "Team",
    "on delete",
    "parent_id",
    "code",
    "editorial_board_member_identifier_of_the_person",
];

const CONSTRAINTS: [&str; 8] = [
    "fk",
    "users_a_fkey",
    "posts_ibfk_1",
    "user_posts_id_fkey",
    "Fk_2",
    "posts_user_id_users_id_fk",
    "cascade",
    "editorial_board_member_assignments_user_id_users_id_fk_of_the_spring_season",
];

impl Maker<'_> {
    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.rng.u32(0..times) == 0
    }

    pub(super) fn pick<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.rng.usize(0..all.len())]
    }

    /// A name as SQL writes it: in quotes where it must be, and sometimes where it needn't.
    pub(super) fn quote(&mut self, name: &str) -> String {
        const KEYWORDS: [&str; 4] = ["user", "references", "cascade", "order"];
        let is_plain =
            name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
                && !KEYWORDS.contains(&name);
        if is_plain && !self.once_in(3) {
            return name.to_owned();
        }
        match (self.dialect, self.rng.u8(0..3)) {
            (Dialect::MySql, _) | (Dialect::Sqlite, 0) => format!("`{name}`"),
            (Dialect::Sqlite, 1) => format!("[{name}]"),
            _ => format!("\"{name}\""),
        }
    }

    pub(super) fn quote_all(&mut self, names: &[String]) -> String {
        let all: Vec<String> = names.iter().map(|it| self.quote(it)).collect();
        all.join(", ")
    }

    pub(super) fn table_name(&mut self, name: &TableName) -> String {
        let own = self.quote(&name.name);
        match &name.namespace {
            Some(namespace) => format!("{}.{own}", self.quote(namespace)),
            None if self.dialect == Dialect::PostgreSql && self.once_in(8) => {
                format!("public.{own}")
            }
            None => own,
        }
    }

    /// A name for a table that is probably not there.
    pub(super) fn new_table_name(&mut self) -> String {
        for _ in 0..4 {
            let name = self.pick(&TABLES);
            if !self.catalog.tables.iter().any(|it| it.name.name.eq_ignore_ascii_case(name)) {
                return name.to_owned();
            }
        }
        format!("t{}", self.rng.u8(0..20))
    }

    pub(super) fn new_column_name(&mut self, table: &Table) -> String {
        let name = self.pick(&COLUMNS);
        let is_there = table.columns.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        if is_there && !self.once_in(10) {
            format!("c{}", self.rng.u8(0..20))
        } else {
            name.to_owned()
        }
    }

    pub(super) fn column_names(&mut self, count: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        while names.len() < count {
            let name = self.pick(&COLUMNS).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    pub(super) fn constraint_name(&mut self) -> String {
        let name = self.pick(&CONSTRAINTS);
        let too_long = self.dialect == Dialect::MySql && name.len() > 64;
        if too_long { "fk".to_owned() } else { name.to_owned() }
    }

    /// `constraint name`, or nothing.
    pub(super) fn maybe_named(&mut self) -> String {
        if self.once_in(2) {
            return String::new();
        }
        let name = self.constraint_name();
        format!("constraint {} ", self.quote(&name))
    }

    /// A table that is there.
    pub(super) fn any_table(&mut self) -> Option<Table> {
        let tables = &self.catalog.tables;
        if tables.is_empty() {
            return None;
        }
        Some(tables[self.rng.usize(0..tables.len())].clone())
    }

    pub(super) fn any_column(&mut self, table: &Table) -> String {
        match table.columns.len() {
            0 => "id".to_owned(),
            count => table.columns[self.rng.usize(0..count)].name.clone(),
        }
    }

    pub(super) fn any_foreign_key(&mut self) -> Option<ForeignKey> {
        let all = &self.catalog.foreign_keys;
        if all.is_empty() {
            return None;
        }
        Some(all[self.rng.usize(0..all.len())].clone())
    }

    /// A column list, with or without one, of a key of a table that may be referenced.
    pub(super) fn any_target(&mut self) -> Option<(Table, Vec<String>, bool)> {
        let table = self.any_table()?;
        let mut keys: Vec<&Vec<String>> = table.uniques.iter().map(|it| &it.columns).collect();
        let whole = table.indexes.iter().filter(|it| it.is_unique && !it.is_partial);
        keys.extend(whole.filter(|it| !it.has_expressions).map(|it| &it.columns));
        let primary = table.primary_key.iter().map(|it| &it.columns);
        keys.extend(primary.clone());
        // More often than others.
        keys.extend(primary);
        if keys.is_empty() || self.once_in(25) {
            let column = self.any_column(&table);
            return Some((table, vec![column], true));
        }
        let columns = keys[self.rng.usize(0..keys.len())].clone();
        let is_primary = table.primary_key.as_ref().is_some_and(|it| it.columns == columns);
        let has_list = !is_primary || !self.once_in(3);
        Some((table, columns, has_list))
    }

    /// `on delete ... on update ...`, both, one or none, in either order.
    pub(super) fn actions(&mut self) -> String {
        let all: &[&str] = match self.dialect {
            Dialect::MySql => &["cascade", "set null", "restrict", "no action"],
            _ => &["cascade", "set null", "restrict", "no action", "set default"],
        };
        let mut text = String::new();
        let mut events = ["delete", "update"];
        if self.once_in(4) {
            events.reverse();
        }
        for event in events {
            if self.once_in(2) {
                let action = self.pick(all);
                text += &format!(" on {event} {action}");
            }
        }
        text
    }

    /// `references t (a) on delete cascade`, for a number of columns; and its column count.
    pub(super) fn references(&mut self) -> Option<(String, usize)> {
        let (table, columns, has_list) = self.any_target()?;
        let name = self.table_name(&table.name);
        let list = if has_list || self.dialect == Dialect::MySql {
            format!(" ({})", self.quote_all(&columns))
        } else {
            String::new()
        };
        let actions = self.actions();
        Some((format!("references {name}{list}{actions}"), columns.len()))
    }

    /// So many of the columns, in some order, where there are so many.
    pub(super) fn some_of(&mut self, columns: &[String], count: usize) -> Option<Vec<String>> {
        let mut all = columns.to_vec();
        if all.len() < count || count == 0 {
            return None;
        }
        self.rng.shuffle(&mut all);
        all.truncate(count);
        Some(all)
    }

    /// `primary key (a, b)` of the first column, or the first two.
    pub(super) fn primary_key(&mut self, columns: &[String]) -> String {
        let count = self.rng.usize(1..=2);
        format!("primary key ({})", self.quote_all(&columns[..count]))
    }

    /// A foreign key from the last column of a table to its first.
    pub(super) fn own_reference(&mut self, table: &str, columns: &[String]) -> String {
        let referencing = self.quote_all(&columns[columns.len() - 1..]);
        let referenced = self.quote_all(&columns[..1]);
        let actions = self.actions();
        format!("foreign key ({referencing}) references {table} ({referenced}){actions}")
    }

    /// `foreign key (a) references t (id)` for a table of these columns.
    pub(super) fn foreign_key(&mut self, columns: &[String]) -> Option<String> {
        let (references, count) = self.references()?;
        let columns = self.some_of(columns, count)?;
        Some(format!("foreign key ({}) {references}", self.quote_all(&columns)))
    }
}

pub(super) fn columns_of(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.name.clone()).collect()
}

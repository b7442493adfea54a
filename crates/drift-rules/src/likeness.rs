//! Which table the name of a column seems to mean: `author_id`, `tagIds`.

use foldhash::{HashMap, HashMapExt};
use std::borrow::Cow;

use drift_model::{Column, Dialect, Table};

use crate::Comparison;
use crate::known_keys::{is_primary, is_unique, key_type};

/// Tables by the names that a column may have for one of their rows.
pub(crate) struct TableNames<'a> {
    by_name: HashMap<String, Vec<&'a Table>>,
}

impl<'a> TableNames<'a> {
    pub(crate) fn new(tables: impl Iterator<Item = &'a Table> + Clone) -> Self {
        let mut by_name: HashMap<String, Vec<&'a Table>> = HashMap::new();
        let prefix = common_prefix(tables.clone());
        for table in tables.filter(|it| !it.name.has_unknown_part()) {
            let name = snake_case(&table.name.name);
            let name = name.strip_prefix(&prefix).unwrap_or(&name);
            by_name.entry(name.to_owned()).or_default().push(table);
        }
        Self { by_name }
    }

    /// The one table that is called by a noun or its plural.
    pub(crate) fn called(&self, noun: &str) -> Option<&'a Table> {
        let mut found = plurals(noun).into_iter().filter_map(|it| self.by_name.get(&it)).flatten();
        let table = found.next()?;
        found.next().is_none().then_some(*table)
    }
}

/// What all tables begin with, up to and with the first underscore.
fn common_prefix<'a>(mut tables: impl Iterator<Item = &'a Table> + Clone) -> String {
    let all = tables.clone();
    let Some(first) = tables.next() else { return String::new() };
    let first = snake_case(&first.name.name);
    let Some((word, _)) = first.split_once('_') else { return String::new() };
    let prefix = format!("{word}_");
    let is_common = all.clone().count() > 3
        && all.clone().all(|it| snake_case(&it.name.name).starts_with(&prefix));
    if is_common { prefix } else { String::new() }
}

/// The noun of `author_id` or `authorId`.
pub(crate) fn noun_of_id(column: &str) -> Option<String> {
    noun(column, &["_id", "Id", "ID"])
}

/// The noun of `tag_ids` or `tagIds`.
pub(crate) fn noun_of_ids(column: &str) -> Option<String> {
    noun(column, &["_ids", "Ids", "IDs"])
}

fn noun(column: &str, endings: &[&str]) -> Option<String> {
    let stem = endings.iter().find_map(|it| column.strip_suffix(it))?;
    let stem = snake_case(stem);
    let stem = stem.trim_matches('_');
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// `appointmentNotes` as `appointment_notes`.
pub(crate) fn snake_case(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        return Cow::Borrowed(name);
    }
    let mut snake = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(if character == '-' { '_' } else { character.to_ascii_lowercase() });
    }
    Cow::Owned(snake)
}

/// The key of a table that a column of some name seems to hold, going by names and types.
///
/// Texts are often ids that another system gave: the name must say more than that there is an id.
pub(crate) fn named_key<'a>(
    comparison: &Comparison<'_>,
    target: &'a Table,
    column: &Column,
    name: &str,
    noun: &str,
) -> Option<&'a Column> {
    let dialect = comparison.sources.dialect;
    let is = |it: &Column, is_key: fn(Dialect, &Table, &[String]) -> bool| {
        is_key(dialect, target, std::slice::from_ref(&it.name))
    };
    let fits = |it: &&Column| key_type(dialect, it) == key_type(dialect, column);
    let says_enough = !is_text(comparison, column) || noun.contains('_') && !is_foreign(noun);
    let id = comparison.column(target, "id").filter(|it| says_enough && is(it, is_primary));
    let namesake = comparison.column(target, name).filter(|it| is(it, is_unique));
    match (namesake.filter(fits), id.filter(fits)) {
        (Some(_), Some(_)) => None,
        (namesake, id) => namesake.or(id),
    }
}

/// Whether a column holds texts, as far as is known.
pub(crate) fn is_text(comparison: &Comparison<'_>, column: &Column) -> bool {
    key_type(comparison.sources.dialect, column).is_none_or(|it| it == "text")
}

/// Whether texts that name such a thing are often ids of another system: of one that takes payments,
/// sends messages, counts visits.
pub(crate) fn is_foreign(noun: &str) -> bool {
    const WORDS: [&str; 26] = [
        "account",
        "app",
        "application",
        "assistant",
        "channel",
        "charge",
        "checkout",
        "client",
        "customer",
        "device",
        "event",
        "installation",
        "invoice",
        "job",
        "key",
        "message",
        "model",
        "order",
        "payment",
        "request",
        "run",
        "session",
        "subscription",
        "token",
        "trace",
        "transaction",
    ];
    noun.rsplit('_').next().is_some_and(|it| WORDS.contains(&it))
}

/// The noun itself and what its plural may be; only the last word of it changes.
fn plurals(noun: &str) -> Vec<String> {
    const IRREGULAR: [(&str, &str); 12] = [
        ("person", "people"),
        ("child", "children"),
        ("man", "men"),
        ("woman", "women"),
        ("index", "indices"),
        ("vertex", "vertices"),
        ("matrix", "matrices"),
        ("analysis", "analyses"),
        ("criterion", "criteria"),
        ("medium", "media"),
        ("datum", "data"),
        ("quiz", "quizzes"),
    ];
    let mut forms = vec![noun.to_owned(), format!("{noun}s")];
    let (before, last) = noun
        .rsplit_once('_')
        .map_or(("", noun), |(_, last)| (&noun[..noun.len() - last.len()], last));
    if let Some((_, plural)) = IRREGULAR.iter().find(|it| it.0 == last) {
        forms.push(format!("{before}{plural}"));
    }
    if let Some(stem) = noun.strip_suffix('y') {
        forms.push(format!("{stem}ies"));
    }
    if let Some(stem) = noun.strip_suffix("fe").or(noun.strip_suffix('f')) {
        forms.push(format!("{stem}ves"));
    }
    if ["s", "x", "z", "ch", "sh", "o"].iter().any(|it| noun.ends_with(it)) {
        forms.push(format!("{noun}es"));
    }
    forms
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};

    use super::*;

    /// The table that a column means.
    fn meant(tables: &[&str], column: &str) -> Option<String> {
        let catalog = notation::parse(&SourceMap::default(), "schema", tables).unwrap();
        let names = TableNames::new(catalog.tables.iter());
        let noun = noun_of_id(column).or(noun_of_ids(column))?;
        names.called(&noun).map(|it| it.name.to_string())
    }

    #[test]
    fn finds_a_table_by_its_singular() {
        for (table, column) in [
            ("users", "user_id"),
            ("user", "userId"),
            ("User", "userID"),
            ("boxes", "box_id"),
            ("categories", "category_id"),
            ("people", "person_id"),
            ("contact_people", "contactPersonId"),
            ("shelves", "shelf_ids"),
            ("appointmentNotes", "appointment_note_id"),
            ("order-items", "orderItemIds"),
        ] {
            assert_eq!(meant(&[&format!("{table}(id)")], column).as_deref(), Some(table));
        }
    }

    #[test]
    fn a_longer_or_a_shorter_name_is_another_one() {
        assert_eq!(meant(&["customers(id)"], "stripe_customer_id"), None);
        assert_eq!(meant(&["chat_sessions(id)"], "session_id"), None);
        assert_eq!(meant(&["users(id)"], "id"), None);
        assert_eq!(meant(&["users(id)"], "user"), None);
    }

    #[test]
    fn two_tables_of_one_name_are_none() {
        assert_eq!(meant(&["users(id)", "user(id)"], "user_id"), None);
        assert_eq!(meant(&["users(id)", "auth.users(id)"], "user_id"), None);
    }

    #[test]
    fn a_prefix_that_all_tables_have_is_left_out() {
        let tables = ["app_users(id)", "app_posts(id)", "app_tags(id)", "app_likes(id)"];
        assert_eq!(meant(&tables, "user_id").as_deref(), Some("app_users"));
        assert_eq!(meant(&tables[..2], "user_id"), None);
    }

    #[test]
    fn three_tables_have_no_prefix() {
        let tables = ["app_users(id)", "app_posts(id)", "app_tags(id)"];
        assert_eq!(meant(&tables, "user_id"), None);
        assert_eq!(meant(&tables, "app_user_id").as_deref(), Some("app_users"));
    }
}

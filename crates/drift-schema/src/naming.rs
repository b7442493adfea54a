//! Names that drizzle makes: column names from keys, and constraint names from tables and columns.

use drift_model::Dialect;

use crate::{Casing, DrizzleLine};

impl Casing {
    /// A column name made from a key.
    ///
    /// Source: `toSnakeCase` and `toCamelCase` in drizzle-orm, `src/casing.ts`.
    pub fn apply(self, key: &str) -> String {
        let key: String = key.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
        let words = words(&key);
        match self {
            Casing::SnakeCase => {
                words.iter().map(|it| it.to_ascii_lowercase()).collect::<Vec<_>>().join("_")
            }
            Casing::CamelCase => camel_case(&words),
        }
    }
}

fn camel_case(words: &[&str]) -> String {
    let mut name = String::new();
    for (position, word) in words.iter().enumerate() {
        if position == 0 {
            name.push_str(&word.to_ascii_lowercase());
        } else {
            name.push_str(&word[..1].to_ascii_uppercase());
            name.push_str(&word[1..]);
        }
    }
    name
}

/// The matches of `/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g`; they are ASCII, so that slicing them
/// by bytes is safe.
fn words(key: &str) -> Vec<&str> {
    let bytes = key.as_bytes();
    let is_lower = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let run = |from: usize, test: &dyn Fn(u8) -> bool| {
        bytes[from..].iter().take_while(|byte| test(**byte)).count()
    };
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = if is_lower(bytes[at]) {
            run(at, &is_lower)
        } else if bytes[at].is_ascii_uppercase() {
            let upper = run(at, &|byte| byte.is_ascii_uppercase());
            let is_followed_by_lower = bytes.get(at + upper).is_some_and(u8::is_ascii_lowercase);
            match (upper, is_followed_by_lower) {
                (upper, false) => upper,
                // The lookahead takes one letter back, which starts the next word.
                (upper, true) if upper > 1 => upper - 1,
                _ => 1 + run(at + 1, &is_lower),
            }
        } else {
            at += 1;
            continue;
        };
        words.push(&key[at..at + length]);
        at += length;
    }
    words
}

/// One end of a foreign key, as its default name needs it.
pub(crate) struct Side<'n> {
    pub(crate) table: &'n str,
    pub(crate) columns: &'n [&'n str],
}

impl Side<'_> {
    fn push_to(&self, name: &mut String) {
        name.push_str(self.table);
        for column in self.columns {
            name.push('_');
            name.push_str(column);
        }
    }
}

/// The name of a foreign key that nobody named.
///
/// Source: `getName` in drizzle-orm 0.x, `src/pg-core/foreign-keys.ts`; `defaultNameForFK` in
/// drizzle-kit 1.0, `src/dialects/*/grammar.ts`.
pub(crate) fn default_foreign_key_name(
    line: DrizzleLine,
    dialect: Dialect,
    referencing: &Side<'_>,
    referenced: &Side<'_>,
) -> String {
    let (prefix, suffix) = match (line, dialect) {
        (DrizzleLine::V0, _) => ("", "_fk"),
        (DrizzleLine::V1, Dialect::Sqlite) => ("fk_", "_fk"),
        (DrizzleLine::V1, Dialect::PostgreSql | Dialect::MySql) => ("", "_fkey"),
    };
    // Most names fit.
    let mut name = String::with_capacity(96);
    name.push_str(prefix);
    referencing.push_to(&mut name);
    name.push('_');
    referenced.push_to(&mut name);
    name.push_str(suffix);
    match (line, dialect) {
        (DrizzleLine::V1, Dialect::PostgreSql | Dialect::MySql) => shorten(referencing.table, name),
        _ => name,
    }
}

/// Names of more than 63 UTF-16 units are hashed in 1.0.
fn shorten(table: &str, desired: String) -> String {
    const LIMIT: usize = 63;
    const TABLE_LIMIT: usize = 45;
    let length = |text: &str| text.encode_utf16().count();
    if length(&desired) <= LIMIT {
        return desired;
    }
    let hash = hash(&desired);
    if length(table) < TABLE_LIMIT {
        format!("{table}_{hash}_fkey")
    } else {
        format!("{hash}_fkey")
    }
}

/// Twelve digits of base 62 that drizzle-kit 1.0 puts in place of a long name.
///
/// Source: `hash` in drizzle-kit 1.0, `src/dialects/common.ts`.
fn hash(name: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const LENGTH: usize = 12;
    let modulus = 62_u128.pow(LENGTH as u32);
    let (mut hash, mut power) = (0_u128, 1_u128);
    for code_point in name.chars() {
        hash = (hash + code_point as u128 * power) % modulus;
        power = power * 53 % modulus;
    }
    let mut digits = [b'0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(hash % 62) as usize];
        hash /= 62;
    }
    digits.iter().map(|digit| *digit as char).collect()
}

/// A constraint name as drizzle-kit 0.x leaves it when `casing` is set: for each column the first
/// occurrence of the old name is replaced, wherever it stands.
///
/// Source: `name.replace(originalColumnsFrom[i], columnsFrom[i])` in drizzle-kit 0.31,
/// `src/serializer/pgSerializer.ts`.
pub(crate) fn rewrite_for_casing<'n>(
    name: String,
    columns: impl Iterator<Item = (&'n str, &'n str)>,
) -> String {
    columns.fold(name, |name, (old, new)| name.replacen(old, new, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_keys_as_drizzle_does() {
        for (key, snake, camel) in [
            ("userID", "user_id", "userID"),
            ("oauth2Token", "oauth2_token", "oauth2Token"),
            ("HTMLBody", "html_body", "htmlBody"),
            ("a1b2", "a1b2", "a1b2"),
            ("fooBAR2Baz", "foo_bar_2_baz", "fooBAR2Baz"),
            ("foo1Bar", "foo1_bar", "foo1Bar"),
            ("URLs", "ur_ls", "urLs"),
            ("ABTest", "ab_test", "abTest"),
            ("A", "a", "a"),
            ("S3Key", "s_3_key", "s3Key"),
            ("s3Key", "s3_key", "s3Key"),
            ("_leading", "leading", "leading"),
            ("with-dash x", "with_dash_x", "withDashX"),
            ("snake_Case", "snake_case", "snakeCase"),
            ("it\u{2019}s_okABC", "its_ok_abc", "itsOkABC"),
            ("$dollar", "dollar", "dollar"),
            ("été", "t", "t"),
            ("日本", "", ""),
        ] {
            assert_eq!(Casing::SnakeCase.apply(key), snake, "{key}");
            assert_eq!(Casing::CamelCase.apply(key), camel, "{key}");
        }
    }

    fn check_name(table: &str, column: &str, referenced: &str, referenced_column: &str) -> String {
        default_foreign_key_name(
            DrizzleLine::V1,
            Dialect::PostgreSql,
            &Side { table, columns: &[column] },
            &Side { table: referenced, columns: &[referenced_column] },
        )
    }

    #[test]
    fn hashes_long_names_of_the_first_line() {
        assert_eq!(check_name("posts", "uid", "users", "id"), "posts_uid_users_id_fkey");
        assert_eq!(
            check_name(
                "organization_member_permissions",
                "organization_member_id",
                "organization_members",
                "id"
            ),
            "organization_member_permissions_Yuhi9rpT43c2_fkey"
        );
        assert_eq!(
            check_name("1234567890_1234567890_users", "id2", "1234567890_1234567890_users", "id"),
            "1234567890_1234567890_users_2Ge3281eRCJ5_fkey"
        );
        assert_eq!(
            check_name(
                "a_very_long_table_name_for_testing_truncation",
                "some_very_long_column_name_referencing",
                "acme_a",
                "id"
            ),
            "SvUTmFiVJJkH_fkey"
        );
    }

    #[test]
    fn rewrites_the_first_occurrence_even_inside_the_table_name() {
        let rewritten = rewrite_for_casing(
            "mapUserIdLog_UserId_users_userID_fk".to_owned(),
            [("UserId", "user_id"), ("userID", "user_id")].into_iter(),
        );
        assert_eq!(rewritten, "mapuser_idLog_UserId_users_user_id_fk");
    }
}

//! A table by another name, wherever it is named.

use super::projects::Texts;
use super::typescript;

/// Words that mean something else, too.
const OTHERWISE_USED: [&str; 46] = [
    "array",
    "check",
    "column",
    "comment",
    "config",
    "content",
    "count",
    "cursor",
    "data",
    "date",
    "default",
    "email",
    "enum",
    "file",
    "group",
    "image",
    "index",
    "integer",
    "item",
    "items",
    "json",
    "language",
    "link",
    "name",
    "node",
    "object",
    "order",
    "part",
    "policy",
    "profile",
    "public",
    "read",
    "relations",
    "role",
    "schema",
    "session",
    "state",
    "status",
    "table",
    "tables",
    "tag",
    "time",
    "type",
    "user",
    "value",
    "view",
];

/// Whether all that is written of a table can be told from everything else by its name.
pub(super) fn is_telling(name: &str) -> bool {
    const RECORDS: [&str; 6] = ["audit", "event", "log", "histor", "ledger", "journal"];
    name.len() > 3
        && name.bytes().all(|it| it.is_ascii_lowercase())
        && !OTHERWISE_USED.contains(&name)
        && !OTHERWISE_USED.contains(&name.trim_end_matches('s'))
        && !RECORDS.iter().any(|it| name.contains(it))
}

/// The texts with another name for a table, also where it is part of a name or of one of its things.
pub(super) fn renamed(texts: &Texts, name: &str) -> Texts {
    let mut forms = vec![name.to_owned()];
    forms.extend(name.strip_suffix('s').map(str::to_owned));
    forms.extend(name.strip_suffix("ches").map(|it| format!("{it}ch")));
    forms.extend(name.strip_suffix("ies").map(|it| format!("{it}y")));
    // Of the same length, so that no name is too long that was not.
    let pairs: Vec<(String, String)> =
        forms.iter().map(|it| (it.clone(), format!("q{}", &it[1..]))).collect();
    let texts = texts.iter().filter(|(path, _)| !path.ends_with("_journal.json"));
    let texts = texts.map(|(path, text)| {
        let is_sql = path.extension().is_some_and(|it| it == "sql");
        let tokens = if is_sql { Vec::new() } else { typescript::tokens(text) };
        let (mut renamed, mut end) = (String::with_capacity(text.len()), 0);
        // Files keep their names.
        for range in tokens {
            let token = &text[range.clone()];
            let is_path = token.starts_with(['"', '\'']) && token.contains(['/', '.']);
            renamed.push_str(&with_words(&text[end..range.start], &pairs));
            renamed.push_str(&if is_path { token.to_owned() } else { with_words(token, &pairs) });
            end = range.end;
        }
        renamed.push_str(&with_words(&text[end..], &pairs));
        (path.clone(), renamed)
    });
    texts.collect()
}

/// A text with other words in the place of some, in whatever case; `user` is a word of `user_id`, `userId`
/// and `allUsers`.
fn with_words(text: &str, pairs: &[(String, String)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let found = pairs.iter().find_map(|(from, to)| {
            let word = rest.get(..from.len()).filter(|it| it.eq_ignore_ascii_case(from))?;
            let is_upper = word.starts_with(|it: char| it.is_ascii_uppercase());
            let begins = !before.is_ascii_alphabetic() || is_upper && before.is_ascii_lowercase();
            let next = rest[from.len()..].chars().next().unwrap_or(' ');
            let is_all_upper = !word.contains(|it: char| it.is_ascii_lowercase());
            let ends = !next.is_ascii_alphabetic() || next.is_ascii_uppercase() && !is_all_upper;
            let to = if is_all_upper { to.to_ascii_uppercase() } else { like(word, to) };
            (begins && ends).then_some((word.len(), to))
        });
        let (length, word) = found.unwrap_or_else(|| (first.len_utf8(), first.to_string()));
        result.push_str(&word);
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    result
}

/// A word with a capital where the other has one.
fn like(word: &str, other: &str) -> String {
    let is_upper = word.starts_with(|it: char| it.is_ascii_uppercase());
    let first = if is_upper { other[..1].to_ascii_uppercase() } else { other[..1].to_owned() };
    first + &other[1..]
}

#[test]
fn tables_are_renamed_with_their_things() {
    let pairs = [("users".to_owned(), "qsers".to_owned()), ("user".to_owned(), "qser".to_owned())];
    assert_eq!(
        with_words(
            "users usersTable allUsers user_id a_user_users_fk userless superuser USERS",
            &pairs
        ),
        "qsers qsersTable allQsers qser_id a_qser_qsers_fk userless superuser QSERS",
    );
}

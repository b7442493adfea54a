//! The names that engines give to constraints without one.

/// PostgreSQL's `table_columns_label`, cut to 63 bytes.
///
/// The longer of the two parts loses a byte at a time, the columns if they are equally long, and
/// each part then goes back to the start of a character.
///
/// Source: `makeObjectName` in PostgreSQL, `src/backend/commands/indexcmds.c`.
pub(crate) fn object_name(table: &str, columns: &str, label: &str) -> String {
    const LIMIT: usize = 63;
    let joins = 1 + usize::from(!columns.is_empty());
    let available = LIMIT.saturating_sub(joins + label.len());
    let (mut table_length, mut columns_length) = (table.len(), columns.len());
    while table_length + columns_length > available {
        if table_length > columns_length {
            table_length -= 1;
        } else {
            columns_length -= 1;
        }
    }
    let table = &table[..table.floor_char_boundary(table_length)];
    if columns.is_empty() {
        return format!("{table}_{label}");
    }
    format!("{table}_{}_{label}", &columns[..columns.floor_char_boundary(columns_length)])
}

/// Columns as PostgreSQL joins them for a name: as many as begin within 64 bytes.
///
/// Source: `ChooseForeignKeyConstraintNameAddition` in PostgreSQL,
/// `src/backend/commands/tablecmds.c`.
pub(crate) fn name_addition<'n>(columns: impl IntoIterator<Item = &'n str>) -> String {
    let mut joined = String::new();
    for column in columns {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
        if joined.len() >= 64 {
            break;
        }
    }
    joined
}

/// The number of a name that MySQL generated for a foreign key of the table: `posts_ibfk_12`.
pub(crate) fn generated_number(table: &str, name: &str) -> Option<u32> {
    let number = generated_suffix(table, name)?;
    let is_plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { number.parse().ok() } else { None }
}

/// What follows `posts_ibfk_` in the name of a foreign key.
pub(crate) fn generated_suffix<'n>(table: &str, name: &'n str) -> Option<&'n str> {
    name.strip_prefix(table)?.strip_prefix("_ibfk_")
}

/// The name of a foreign key of MySQL without one.
pub(crate) fn generated_name(table: &str, number: u32) -> String {
    format!("{table}_ibfk_{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2.21
    #[test]
    fn cuts_generated_names_as_postgresql_does() {
        assert_eq!(object_name("books", "author_id", "fkey"), "books_author_id_fkey");
        assert_eq!(
            object_name(
                "editorial_board_member_assignments",
                "editorial_board_member_identifier",
                "fkey"
            ),
            "editorial_board_member_assign_editorial_board_member_ident_fkey"
        );
        let name = object_name(&"é".repeat(40), &"ü".repeat(40), "fkey");
        assert!(name.len() <= 63, "{name}");
        assert_eq!(object_name("books", "", "pkey"), "books_pkey");
    }

    // 3.22
    #[test]
    fn reads_generated_numbers_of_mysql() {
        assert_eq!(generated_number("c", "c_ibfk_7"), Some(7));
        for name in ["c_ibfk_007", "c_ibfk_x", "d_ibfk_1", "C_ibfk_1", "c_ibfk_"] {
            assert_eq!(generated_number("c", name), None, "{name}");
        }
    }
}

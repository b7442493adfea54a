//! Writes constraints and names of objects as PostgreSQL does.

use std::fmt::Write;

use drift_model::{Deferral, ReferentialAction};

use crate::quoting::quote_identifier;
use crate::state::{ForeignKey, State, TableId, Target};
use crate::statement::{Name, QualifiedName};
use crate::system_catalog::foreign_key_of;
use crate::value::Object;

/// What `regclass` and `regnamespace` write: with the namespace only where the path does not lead
/// to the object.
pub(crate) fn object_name(state: &State<'_>, object: &Object) -> Option<String> {
    let (id, name) = match object {
        Object::Table(id) => (*id, &*state.table(*id).name),
        Object::Index(id, name) => (*id, &**name),
        Object::Namespace(name) => return Some(quote_identifier(name)),
        Object::None => return Some("-".to_owned()),
        Object::Constraint(..) | Object::System => return None,
    };
    let path = QualifiedName { namespace: None, name: Name::Owned(name.to_owned()) };
    let is_visible = match object {
        Object::Table(_) => state.lookup(&path) == Some(id),
        _ => state.lookup_index(&path) == Some(id),
    };
    let name = quote_identifier(name);
    let namespace = &state.table(id).namespace;
    Some(if is_visible { name } else { format!("{}.{name}", quote_identifier(namespace)) })
}

/// `pg_get_constraintdef`, of keys and foreign keys.
///
/// Source: `pg_get_constraintdef_worker` in PostgreSQL, `src/backend/utils/adt/ruleutils.c`.
pub(crate) fn constraint_text(state: &State<'_>, object: &Object) -> Option<String> {
    let Object::Constraint(id, name) = object else { return None };
    if let Some(id) = foreign_key_of(state, *id, name) {
        return foreign_key_text(state, state.foreign_key(id));
    }
    let table = state.table(*id);
    let is_it = |key: &&crate::state::Key<'_>| key.name.as_deref() == Some(name);
    if let Some(key) = table.primary_key.as_ref().filter(is_it) {
        return Some(format!("PRIMARY KEY {}", column_list(&key.columns)));
    }
    let unique = table.uniques().find(name)?;
    Some(format!("UNIQUE {}", column_list(&unique.columns)))
}

fn foreign_key_text(state: &State<'_>, foreign_key: &ForeignKey<'_>) -> Option<String> {
    let Target::Table(target) = foreign_key.target else { return None };
    let mut text = format!(
        "FOREIGN KEY {} REFERENCES {}{}",
        column_list(&foreign_key.columns),
        table_name(state, target)?,
        column_list(&foreign_key.target_columns)
    );
    if foreign_key.is_match_full {
        text.push_str(" MATCH FULL");
    }
    for (event, action) in [("UPDATE", foreign_key.on_update), ("DELETE", foreign_key.on_delete)] {
        if action != ReferentialAction::NoAction {
            let action = action.as_str().to_ascii_uppercase();
            write!(text, " ON {event} {action}").expect("a string takes it");
        }
    }
    if !foreign_key.set_columns.is_empty() {
        write!(text, " {}", column_list(&foreign_key.set_columns)).expect("a string takes it");
    }
    text.push_str(match foreign_key.deferral {
        Deferral::NotDeferrable => "",
        Deferral::InitiallyImmediate => " DEFERRABLE",
        Deferral::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    if !foreign_key.is_enforced {
        text.push_str(" NOT ENFORCED");
    } else if !foreign_key.is_validated {
        text.push_str(" NOT VALID");
    }
    Some(text)
}

fn table_name(state: &State<'_>, id: TableId) -> Option<String> {
    object_name(state, &Object::Table(id))
}

fn column_list(columns: &[Name<'_>]) -> String {
    let columns: Vec<String> = columns.iter().map(|it| quote_identifier(it)).collect();
    format!("({})", columns.join(", "))
}

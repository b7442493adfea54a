//! What kind of rows a table holds, as its name and columns tell: which of them may go with what they
//! reference, and which stay.

use drift_model::{ForeignKey, NamePattern, Table, TableName};

/// What kind of rows a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// A record of what happened, which nobody changes.
    Audit,
    /// Parts of what they reference, or links between rows: without it they mean nothing.
    Part,
    /// State that is made anew when it is gone: sessions, tokens, caches.
    ShortLived,
    /// Rows with a value of their own: orders, invoices, posts.
    Valued,
}

impl TableKind {
    /// The kind of a foreign key's table, where it can be told.
    pub(crate) fn of(
        table: &Table,
        foreign_key: &ForeignKey,
        audit_tables: Option<&[NamePattern]>,
    ) -> Option<Self> {
        let words = words(&table.name.name);
        if is_audit_table(table, audit_tables) {
            return Some(TableKind::Audit);
        }
        if is_part_of(&table.name, &foreign_key.referenced_table) || is_link(table, &words) {
            return Some(TableKind::Part);
        }
        let last = words.last()?;
        if has_any(&words, SHORT_LIVED) || has_pair(&words, SHORT_LIVED_PAIRS) {
            return Some(TableKind::ShortLived);
        }
        VALUED.contains(&last.as_str()).then_some(TableKind::Valued)
    }
}

const SHORT_LIVED: &[&str] = &[
    "session",
    "token",
    "verification",
    "otp",
    "cache",
    "lock",
    "lease",
    "cart",
    "invitation",
    "invite",
    "notification",
    "nonce",
    "pending",
    "challenge",
    "draft",
    "presence",
    "heartbeat",
    "passkey",
    "authenticator",
];

const SHORT_LIVED_PAIRS: &[(&str, &str)] = &[
    ("rate", "limit"),
    ("magic", "link"),
    ("password", "reset"),
    ("reset", "code"),
    ("auth", "code"),
    ("recovery", "code"),
    ("backup", "code"),
    ("push", "subscription"),
    ("reset", "request"),
    ("batch", "job"),
    ("sync", "job"),
    ("background", "job"),
];

const LINKS: &[&str] = &[
    "member",
    "membership",
    "follow",
    "follower",
    "like",
    "favorite",
    "favourite",
    "bookmark",
    "vote",
    "reaction",
    "participant",
    "attendee",
    "assignee",
    "setting",
    "preference",
];

const VALUED: &[&str] = &[
    "order",
    "invoice",
    "payment",
    "post",
    "message",
    "project",
    "document",
    "contract",
    "transaction",
    "refund",
    "payout",
    "booking",
    "reservation",
    "appointment",
    "ticket",
    "article",
    "report",
    "shipment",
    "customer",
    "product",
    "expense",
    "donation",
    "sale",
    "purchase",
    "deal",
    "lead",
    "quote",
    "receipt",
    "campaign",
    "course",
    "patient",
    "case",
    "issue",
];

/// Whether the name says that the rows are parts of what is referenced: `order_items` of `orders`.
pub(crate) fn is_part_of(table: &TableName, referenced: &TableName) -> bool {
    let (own, whole) = (words(&table.name), words(&referenced.name));
    // Things of a user have a value of their own.
    let is_person = whole.last().is_some_and(|it| PEOPLE.contains(&it.as_str()));
    !is_person && own.len() > whole.len() && own.starts_with(&whole)
}

/// Whether the name says that rows link others, or every column but one is part of the key.
fn is_link(table: &Table, words: &[String]) -> bool {
    let is_named = words.len() > 1 && words.last().is_some_and(|it| LINKS.contains(&it.as_str()));
    let key = table.primary_key.as_ref().map_or(0, |it| it.columns.len());
    is_named || key >= 2 && table.columns.len() <= key + 1
}

/// Those who do something, and whose rows go when they ask for it.
const PEOPLE: &[&str] =
    &["user", "account", "person", "profile", "employee", "staff", "admin", "agent", "actor"];

/// Whether a table keeps a record of what happened: one that the settings name, or, without such
/// settings, one whose name says so and whose columns agree.
pub(crate) fn is_audit_table(table: &Table, named: Option<&[NamePattern]>) -> bool {
    if let Some(patterns) = named {
        return patterns.iter().any(|it| it.matches_table(&table.name));
    }
    let words = words(&table.name.name);
    let columns: Vec<Vec<String>> = table.columns.iter().map(|it| self::words(&it.name)).collect();
    let evidence = Evidence::of(&columns);
    if evidence.is_changed || evidence.is_about_time {
        return false;
    }
    let is_of_audit = has_pair(&words, AUDIT_PAIRS)
        || words.first().is_some_and(|it| it == "audit")
            && words.len() > 1
            && has_any(&words, RECORDS);
    if is_of_audit {
        return evidence.has_time || evidence.count() >= 1;
    }
    let is_record = words.last().is_some_and(|it| RECORDS.contains(&it.as_str()) || it == "audit");
    is_record && !has_any(&words, CONTENT) && evidence.has_time && evidence.count() >= 2
}

/// What the rows of a record are called.
const RECORDS: &[&str] = &["log", "event", "history", "ledger", "trail"];

const AUDIT_PAIRS: &[(&str, &str)] = &[
    ("audit", "log"),
    ("audit", "event"),
    ("audit", "trail"),
    ("audit", "entry"),
    ("audit", "record"),
    ("audit", "history"),
    ("activity", "log"),
    ("access", "log"),
    ("security", "event"),
    ("security", "log"),
    ("change", "log"),
    ("admin", "log"),
    ("compliance", "event"),
    ("compliance", "log"),
    ("consent", "log"),
    ("ledger", "entry"),
];

/// What people write or look at themselves, so that a log or a history of it is theirs.
const CONTENT: &[&str] = &[
    "chat",
    "conversation",
    "message",
    "watch",
    "search",
    "browsing",
    "viewing",
    "view",
    "play",
    "reading",
    "listening",
    "prompt",
    "meal",
    "food",
    "workout",
    "exercise",
    "time",
    "work",
    "call",
    "mood",
    "sleep",
    "habit",
    "study",
    "build",
    "calendar",
    "sport",
    "stream",
    "queue",
    "outbox",
    "training",
    "weight",
];

/// What the columns of a table say about it.
#[derive(Debug, Default)]
struct Evidence {
    has_actor: bool,
    has_action: bool,
    has_data: bool,
    has_time: bool,
    /// Rows are changed after they were written.
    is_changed: bool,
    /// It is about what is going to happen, or for sale.
    is_about_time: bool,
}

impl Evidence {
    fn of(columns: &[Vec<String>]) -> Self {
        let mut evidence = Evidence::default();
        for words in columns {
            let text = words.join("_");
            let is = |all: &[&str]| all.contains(&text.as_str());
            evidence.has_actor |= words[0] == "actor"
                || is(&[
                    "ip",
                    "ip_address",
                    "user_agent",
                    "performed_by",
                    "changed_by",
                    "triggered_by",
                    "admin_id",
                    "performer_id",
                    "user_id",
                    "initiated_by",
                ]);
            evidence.has_action |= is(&[
                "action",
                "action_type",
                "event",
                "event_type",
                "event_name",
                "operation",
                "change_type",
                "activity",
                "activity_type",
                "log_type",
                "kind",
                "type",
                "to_status",
                "new_status",
                "entry_type",
            ]);
            evidence.has_data |= is(&[
                "payload",
                "metadata",
                "meta",
                "detail",
                "old_value",
                "new_value",
                "old_data",
                "new_data",
                "before",
                "after",
                "diff",
                "change",
                "changed_field",
                "from_status",
                "previous_status",
                "old_status",
                "entity_type",
                "entity_id",
                "resource_type",
                "resource_id",
                "target_type",
                "target_id",
                "severity",
                "request_id",
                "data",
                "snapshot",
                "balance_after",
            ]);
            evidence.has_time |= is(&[
                "created_at",
                "occurred_at",
                "timestamp",
                "performed_at",
                "logged_at",
                "recorded_at",
                "changed_at",
                "at",
                "time",
                "created",
                "created_on",
                "event_time",
            ]);
            evidence.is_changed |=
                is(&["updated_at", "modified_at", "deleted_at", "last_modified", "updated_on"]);
            evidence.is_about_time |= words[0] == "start"
                || words[0] == "end"
                || is(&[
                    "starts_at",
                    "ends_at",
                    "location",
                    "venue",
                    "venue_id",
                    "capacity",
                    "slug",
                    "price",
                    "is_published",
                    "published_at",
                    "scheduled_at",
                    "scheduled_for",
                    "due_date",
                    "image_url",
                    "all_day",
                ]);
        }
        evidence
    }

    fn count(&self) -> usize {
        [self.has_actor, self.has_action, self.has_data].into_iter().filter(|it| *it).count()
    }
}

fn has_any(words: &[String], any: &[&str]) -> bool {
    words.iter().any(|it| any.contains(&it.as_str()))
}

fn has_pair(words: &[String], pairs: &[(&str, &str)]) -> bool {
    words.windows(2).any(|two| pairs.contains(&(two[0].as_str(), two[1].as_str())))
}

/// The words of a name, in lower case and singular: `auditLogs`, `audit_logs` are `audit`, `log`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_new = true;
    let mut was_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            is_new = true;
            continue;
        }
        is_new |= character.is_uppercase() && was_lower;
        was_lower = character.is_lowercase() || character.is_ascii_digit();
        if is_new {
            words.push(String::new());
        }
        is_new = false;
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.iter_mut().for_each(|it| *it = singular(it));
    if words.is_empty() {
        words.push(String::new());
    }
    words
}

fn singular(word: &str) -> String {
    const SAME: [&str; 6] = ["status", "address", "access", "news", "series", "canvas"];
    if SAME.contains(&word) || word.ends_with("ss") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    if let Some(stem) = ["ches", "shes", "xes", "sses"].iter().find_map(|_| word.strip_suffix("es"))
        && ["ch", "sh", "x", "ss"].iter().any(|it| stem.ends_with(it))
    {
        return stem.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Why rows of a kind go or stay, in a clause.
pub(crate) fn reason(kind: TableKind, table: &TableName, referenced: &TableName) -> String {
    match kind {
        TableKind::Audit => format!("`{table}` keeps a record that should outlive `{referenced}`"),
        TableKind::Part => format!("rows of `{table}` mean nothing without their `{referenced}`"),
        TableKind::ShortLived => format!("`{table}` holds short-lived state"),
        TableKind::Valued => format!("rows of `{table}` have a value of their own"),
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, SourceMap, notation};

    use super::*;

    fn catalog(line: &str) -> Catalog {
        notation::parse(&SourceMap::default(), "a", &[line]).unwrap()
    }

    fn is_audit(line: &str) -> bool {
        is_audit_table(&catalog(line).tables[0], None)
    }

    #[test]
    fn takes_names_apart() {
        assert_eq!(words("auditLogEntries"), ["audit", "log", "entry"]);
        assert_eq!(words("order_status_histories"), ["order", "status", "history"]);
        assert_eq!(words("addresses"), ["address"]);
        assert_eq!(words("T_USERS"), ["t", "user"]);
    }

    #[test]
    fn tells_audit_tables_by_name_and_columns() {
        for line in [
            "audit_logs(id, user_id, created_at)",
            "auditEvents(id, action)",
            "security_events(id, ip_address, created_at)",
            "order_events(id, event_type, payload, created_at)",
            "account_history(id, changed_by, old_value, created_at)",
            "privacy_events(id, agent_id, event_type, metadata, created_at)",
        ] {
            assert!(is_audit(line), "{line}");
        }
    }

    #[test]
    fn leaves_other_tables_alone() {
        for line in [
            "dialogs(id, user_id, action, metadata, created_at)",
            "catalog(id, type, data, created_at)",
            "blog(id, user_id, type, data, created_at)",
            "login(id, user_id, ip_address, type, created_at)",
            "events(id, title, starts_at, user_id, type, created_at)",
            "events(id, type, data, created_at, location)",
            "historical_sites(id, type, data, created_at)",
            "chat_history(id, user_id, type, data, created_at)",
            "time_logs(id, user_id, type, data, created_at)",
            "audit_logs(id, action, updated_at)",
            "audits(id, created_at, title)",
            "logs(id, message)",
        ] {
            assert!(!is_audit(line), "{line}");
        }
    }

    #[test]
    fn goes_by_the_settings_where_they_name_tables() {
        let named = [NamePattern::new("*_journal")];
        let is_named = |line: &str| is_audit_table(&catalog(line).tables[0], Some(&named));
        assert!(is_named("import_journal(id, updated_at)") && !is_named("audit_logs(id, action)"));
    }

    #[test]
    fn tells_kinds() {
        let kind = |line: &str| {
            let catalog = catalog(line);
            TableKind::of(&catalog.tables[0], &catalog.foreign_keys[0], None)
        };
        assert_eq!(kind("user_sessions(user_id) -> users(id)"), Some(TableKind::ShortLived));
        assert_eq!(kind("order_items(order_id) -> orders(id)"), Some(TableKind::Part));
        assert_eq!(kind("project_members(user_id) -> users(id)"), Some(TableKind::Part));
        assert_eq!(kind("user_orders(user_id) -> users(id)"), Some(TableKind::Valued));
        assert_eq!(kind("invoices(user_id) -> users(id)"), Some(TableKind::Valued));
        assert_eq!(kind("widgets(user_id) -> users(id)"), None);
        assert_eq!(kind("password_resets(user_id) -> users(id)"), Some(TableKind::ShortLived));
    }
}

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
        if outlives(table, foreign_key, audit_tables) {
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
const PEOPLE: &[&str] = &[
    "user",
    "account",
    "person",
    "profile",
    "employee",
    "staff",
    "admin",
    "agent",
    "actor",
    "human",
    "member",
    "customer",
    "moderator",
    "operator",
];

/// What a table keeps a record of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    /// The settings say so.
    Named,
    /// What was done, for those who ask later.
    Audit,
    /// What moved whose account.
    Ledger,
    /// What happened to a thing, and who did it.
    Activity,
}

/// Whether the rows of a table are a record of what happened that should outlive what a foreign key
/// references.
pub(crate) fn outlives(
    table: &Table,
    foreign_key: &ForeignKey,
    named: Option<&[NamePattern]>,
) -> bool {
    let referenced = &foreign_key.referenced_table;
    let is_person = || is_one_of(referenced, PEOPLE);
    match record(table, named) {
        _ if table.name == *referenced => false,
        None => false,
        Some(Record::Named) => true,
        // What belongs to a tenant goes with it, and what is a part of a thing says nothing without it.
        Some(Record::Audit) => {
            let is_of_tenant = is_one_of(referenced, TENANTS)
                && foreign_key
                    .referencing_columns
                    .iter()
                    .any(|name| table.columns.iter().any(|it| it.is_not_null && it.name == *name));
            !is_part_of(&table.name, referenced) && !is_of_tenant
        }
        // What happened to a thing goes with it; who did it is another matter.
        Some(Record::Ledger | Record::Activity) => is_person(),
    }
}

/// What a table keeps a record of, as the settings say, or, without such settings, its name and its
/// columns together.
fn record(table: &Table, named: Option<&[NamePattern]>) -> Option<Record> {
    if let Some(patterns) = named {
        let is_named = patterns.iter().any(|it| it.matches_table(&table.name));
        return is_named.then_some(Record::Named);
    }
    let name = table.name.name.as_bytes();
    let mentions =
        |word: &str| name.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word.as_bytes()));
    if !["audit", "log", "event", "histor", "ledger", "trail"].into_iter().any(mentions) {
        return None;
    }
    let words = words(&table.name.name);
    let columns: Vec<Vec<String>> = table.columns.iter().map(|it| self::words(&it.name)).collect();
    let evidence = Evidence::of(&columns);
    if evidence.is_changed || evidence.is_about_time {
        return None;
    }
    let is_record = words.last().is_some_and(|it| RECORDS.contains(&it.as_str()) || it == "audit");
    let is_of_audit = has_pair(&words, AUDIT_PAIRS)
        || words[0] == "audit" && has_any(&words, RECORDS)
        || is_record && has_any(&words, COMPLIANCE)
        || words.len() > 1
            && words.last().is_some_and(|it| it == "audit")
            && (evidence.has_actor || evidence.count() >= 2);
    if is_of_audit {
        return (evidence.has_time || evidence.count() >= 1).then_some(Record::Audit);
    }
    if has_any(&words, &["ledger"]) && !has_any(&words, SCORES) {
        return evidence.has_amount.then_some(Record::Ledger);
    }
    let is_activity = is_record
        && !has_any(&words, CONTENT)
        && evidence.has_time
        && evidence.has_actor
        && evidence.count() >= 2;
    is_activity.then_some(Record::Activity)
}

fn is_one_of(table: &TableName, names: &[&str]) -> bool {
    words(&table.name).last().is_some_and(|it| names.contains(&it.as_str()))
}

/// What games and shops count, which is nobody's account.
const SCORES: &[&str] = &["xp", "point", "score", "coin", "reward"];

/// What is recorded because somebody has to answer for it.
const COMPLIANCE: &[&str] =
    &["compliance", "consent", "privacy", "gdpr", "dpdp", "hipaa", "breach", "dsr"];

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
    "webhook",
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
    has_amount: bool,
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
            // Who made a row at all is known of many tables.
            let is_made =
                matches!(words[0].as_str(), "created" | "updated" | "modified" | "deleted");
            evidence.has_actor |= words[0] == "actor"
                || !is_made && words[1..].iter().any(|it| it == "by")
                || is(&[
                    "ip",
                    "ip_address",
                    "user_agent",
                    "admin_id",
                    "performer_id",
                    "operator_id",
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
            evidence.has_amount |= is(&["amount", "debit", "credit", "delta", "balance"])
                || words[0] == "amount"
                || words[0] == "balance";
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
    if let Some(stem) = word.strip_suffix("es")
        && ["ch", "sh", "x", "ss"].iter().any(|it| stem.ends_with(it))
    {
        return stem.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Those to whom everything in their part of the database belongs.
const TENANTS: &[&str] =
    &["organization", "organisation", "org", "tenant", "workspace", "team", "company", "site"];

/// Whether a table keeps accounts, of which nothing may be taken away.
pub(crate) fn is_ledger(table: &TableName) -> bool {
    has_any(&words(&table.name), &["ledger", "accounting", "journal"])
}

/// Whether a table marks rows as deleted instead of deleting them.
pub(crate) fn is_soft_deleted(table: &Table) -> bool {
    table.columns.iter().any(|it| {
        let words = words(&it.name).join("_");
        ["deleted_at", "is_deleted", "deleted", "deleted_on"].contains(&words.as_str())
    })
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
        record(&catalog(line).tables[0], None).is_some()
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
            "order_events(id, actor_id, event_type, payload, created_at)",
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
            "session_events(id, user_id, event_type, metadata, created_at)",
            "skill_ledger(id, user_id, type, created_at)",
        ] {
            assert!(!is_audit(line), "{line}");
        }
    }

    #[test]
    fn goes_by_the_settings_where_they_name_tables() {
        let named = [NamePattern::new("*_journal")];
        let is_named = |line: &str| record(&catalog(line).tables[0], Some(&named)).is_some();
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

    #[test]
    fn tells_audits_by_what_they_hold() {
        for line in [
            "audit_user_logs(id, created_at)",
            "user_audits(id, changed_by)",
            "user_audits(id, action, payload)",
            "account_ledger(id, account_id, amount)",
            "account_ledger(id, account_id, amount_cents)",
            "account_ledger(id, account_id, balance_of_day)",
            "account_ledger(id, delta, account_id)",
        ] {
            assert!(is_audit(line), "{line}");
        }
        for line in [
            "audits(id, changed_by)",
            "user_audits(id, action)",
            "points_ledger(id, user_id, amount)",
            "account_ledger(id, account_id)",
            "order_events(id, actor_id, event_type, payload, created_at, start_date, title)",
            "order_events(id, actor_id, event_type, payload, created_at, end_date, title)",
            "order_events(id, actor_id, event_type, payload, created_at, venue, title)",
        ] {
            assert!(!is_audit(line), "{line}");
        }
    }

    #[test]
    fn a_record_outlives_people_and_no_whole() {
        let outlives = |columns: &str, line: &str| {
            let lines = [columns, line];
            let catalog = notation::parse(&SourceMap::default(), "a", &lines).unwrap();
            outlives(&catalog.tables[0], &catalog.foreign_keys[0], None)
        };
        let of_org = "audit_logs(org_id) -> organizations(id)";
        assert!(!outlives("audit_logs(org_id: uuid!, created_at)", of_org));
        assert!(outlives("audit_logs(org_id: uuid, created_at)", of_org));
        assert!(outlives("audit_logs(id: uuid!, org_id: uuid, created_at)", of_org));
        let of_user = "audit_logs(user_id) -> users(id)";
        assert!(outlives("audit_logs(user_id: uuid!, created_at)", of_user));
        assert!(outlives("user_audit_logs(created_at)", "user_audit_logs(user_id) -> users(id)"));
        assert!(!outlives("order_audit_logs(created_at)", "order_audit_logs(x) -> orders(id)"));
        let events = "order_events(actor_id, event_type, payload, created_at)";
        assert!(outlives(events, "order_events(actor_id) -> users(id)"));
        assert!(!outlives(events, "order_events(order_id) -> orders(id)"));
    }

    #[test]
    fn a_table_of_pairs_is_a_link() {
        let is_link = |line: &str, key: &[&str]| {
            let mut catalog = catalog(line);
            let table = &mut catalog.tables[0];
            let columns = key.iter().map(|it| (*it).to_owned()).collect();
            table.primary_key = Some(drift_model::Key { name: None, columns, span: table.span });
            is_link(table, &words(&table.name.name))
        };
        assert!(is_link("tagged(post_id, tag_id)", &["post_id", "tag_id"]));
        assert!(is_link("tagged(post_id, tag_id, at)", &["post_id", "tag_id"]));
        assert!(!is_link("tagged(post_id, tag_id, at, note)", &["post_id", "tag_id"]));
        assert!(!is_link("tagged(id, tag_id)", &["id"]));
        assert!(is_link("post_likes(id, a, b)", &["id"]));
        assert!(!is_link("likes(id, a, b)", &["id"]));
    }

    #[test]
    fn a_namesake_is_no_part() {
        let sales = TableName::with_namespace("sales", "orders");
        assert!(!is_part_of(&sales, &TableName::new("orders")));
        assert!(is_part_of(&TableName::new("order_items"), &sales));
    }
}

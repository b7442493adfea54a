//! Foreign keys that break what the settings demand of them.

use foldhash::{HashMap, HashMapExt, HashSet};

use drift_model::{
    Actions, Catalog, Demand, Dialect, Finding, ForeignKey, Level, NamePattern, Policy,
    ReferentialAction, TableName,
};

use crate::advice::not_null_column;
use crate::clause::are_equal;
use crate::comparison::Comparison;
use crate::remedies::with_actions;
use crate::rule::{Rule, RuleLevels};
use crate::sql;

mod deletable;

use self::deletable::Graphs;

pub(crate) static RULE: Rule = Rule {
    name: "policy",
    summary: "a foreign key breaks a policy of the settings",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
`policies` in the settings say what a team has decided about its foreign keys, so that nobody has to
remember it: that everything of a user goes with the user, that audit rows stay, that an account can
always be deleted.

```jsonc
{
  "policies": [
    { "references": "users.id", "onDelete": "cascade", "except": ["audit_*"], "reason": "delete-my-account" },
    { "table": "audit_*", "onDelete": ["set null"] },
    { "deletable": "users" }
  ]
}
```

- `references` demands its actions of every foreign key that references the table or column, except of
  those of the tables in `except`.
- `table` demands them of every foreign key of the tables that it names.
- `deletable` demands that no foreign key blocks the delete of a row, however many cascades away:
  what `drizzle-drift reach TABLE` shows. `except` names tables that may block it. A foreign key some
  cascades away whose rows go along on another path as well is a warning: it blocks those that do not.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const sessions = pgTable("sessions", {
  userId: integer("user_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE sessions (user_id integer REFERENCES users (id));
```

The migrations are held against the policies, since they are what the database does; the schema where
it says something else, or something that the migrations do not have. A policy that concerns no table
is a warning: its name is probably misspelt.

**How to fix it.** Change the action in a migration and in the schema, or write the table into
`except` with a `reason`.

**When to ignore it.** Never: change the policy.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let policies = &comparison.sources.options.policies;
    if policies.is_empty() {
        return;
    }
    findings.extend(broken(comparison, true).into_iter().filter_map(|it| it.finding));
}

/// How many findings the policies leave out by their `except`.
pub fn policy_exceptions(comparison: &Comparison<'_>) -> usize {
    let policies = &comparison.sources.options.policies;
    if policies.iter().all(|it| it.except.is_empty()) {
        return 0;
    }
    broken(comparison, false).iter().filter(|it| it.is_excepted).count()
}

/// Of each policy, whether it concerns a table of the schema or of the migrations.
pub fn concerned_policies(comparison: &Comparison<'_>) -> Vec<bool> {
    let sources = &comparison.sources;
    let catalogs = [sources.schema, sources.migrations];
    let tables = || catalogs.into_iter().flatten().flat_map(|it| &it.tables);
    let is_concerned = |policy: &Policy| {
        let pattern = table_pattern(&policy.demand);
        tables().any(|it| pattern.matches_table(&it.name) && has_column(&policy.demand, it))
    };
    sources.options.policies.iter().map(is_concerned).collect()
}

/// What is to be said of a policy that concerns no table of any project; `None` where the rule is
/// switched off.
pub fn unmatched_policy(policy: &Policy, levels: &RuleLevels) -> Option<Finding> {
    let what = demanded(&policy.demand);
    let level = levels.get(RULE.name).unwrap_or(Some(Level::Warn))?;
    let finding = RULE.finding(format!("the policy that {what} concerns no table"));
    let finding = Finding { level, ..finding };
    let label = "neither a schema nor migrations have such a table";
    Some(finding.detail(what).label(policy.span, label))
}

fn has_column(demand: &Demand, table: &drift_model::Table) -> bool {
    match demand {
        Demand::References { column: Some(column), .. } => {
            table.is_incomplete || table.columns.iter().any(|it| column.matches(&it.name))
        }
        _ => true,
    }
}

fn table_pattern(demand: &Demand) -> &NamePattern {
    match demand {
        Demand::References { table, .. }
        | Demand::Table { table, .. }
        | Demand::Deletable { table } => table,
    }
}

/// What is asked about one policy.
#[derive(Clone, Copy)]
struct Question<'c, 'a> {
    comparison: &'c Comparison<'a>,
    policy: &'c Policy,
    /// Whether findings are wanted; otherwise what is excepted is counted.
    tells: bool,
}

/// A foreign key that breaks a policy.
struct Broken {
    is_excepted: bool,
    /// Not of what is excepted, and only where findings are wanted.
    finding: Option<Finding>,
}

impl Question<'_, '_> {
    /// What is to be said of a foreign key that breaks the policy.
    fn broken(&self, foreign_key: &ForeignKey, finding: impl FnOnce() -> Finding) -> Broken {
        let table = &foreign_key.referencing_table;
        let is_excepted = self.policy.except.iter().any(|it| it.matches_table(table));
        Broken { is_excepted, finding: (self.tells && !is_excepted).then(finding) }
    }
}

fn broken(comparison: &Comparison<'_>, tells: bool) -> Vec<Broken> {
    let sides = sides(comparison);
    let mut own: Own<'_> = HashMap::new();
    for foreign_key in sides.iter().filter_map(|it| it.migrated) {
        own.entry(&foreign_key.referencing_table).or_default().push(foreign_key);
    }
    let mut graphs = None;
    let mut broken = Vec::new();
    for policy in &comparison.sources.options.policies {
        let question = Question { comparison, policy, tells };
        match &policy.demand {
            Demand::References { actions, .. } | Demand::Table { actions, .. } => {
                let concerned = sides.iter().filter(|it| it.is_concerned(&policy.demand));
                broken.extend(concerned.filter_map(|it| it.broken(question, actions, &own)));
            }
            Demand::Deletable { table } => {
                let graphs = graphs.get_or_insert_with(|| Graphs::new(comparison));
                broken.extend(graphs.blocked(question, table, &sides));
            }
        }
    }
    broken
}

/// What the policy demands, as findings go on after "a policy that": `demands on delete cascade of
/// what references users.id`.
fn demanded(demand: &Demand) -> String {
    match demand {
        Demand::References { table, column, actions } => {
            let column = column.as_ref().map(|it| format!(".{}", it.as_str())).unwrap_or_default();
            let actions = accepted(actions);
            format!("demands {actions} of what references {}{column}", table.as_str())
        }
        Demand::Table { table, actions } => {
            format!("demands {} of the foreign keys of {}", accepted(actions), table.as_str())
        }
        Demand::Deletable { table } => format!("demands that {} is deletable", table.as_str()),
    }
}

/// `on delete cascade or set null`
fn accepted(actions: &Actions) -> String {
    let clauses = [("delete", &actions.on_delete), ("update", &actions.on_update)];
    let clause = |(event, actions): (&str, &Vec<ReferentialAction>)| {
        let words: Vec<&str> = actions.iter().map(|it| it.as_str()).collect();
        (!words.is_empty()).then(|| format!("on {event} {}", words.join(" or ")))
    };
    let clauses: Vec<String> = clauses.into_iter().filter_map(clause).collect();
    clauses.join(" and ")
}

/// A foreign key as both sources have it.
struct Side<'a> {
    schema: Option<&'a ForeignKey>,
    migrated: Option<&'a ForeignKey>,
}

fn sides<'a>(comparison: &Comparison<'a>) -> Vec<Side<'a>> {
    let key = std::ptr::from_ref::<ForeignKey>;
    let declared: HashMap<_, _> = comparison.matched.iter().map(|(a, b)| (key(b), *a)).collect();
    let matched: HashSet<_> = comparison.matched.iter().map(|(a, _)| key(a)).collect();
    let of = |catalog: Option<&'a Catalog>| catalog.map_or(&[][..], |it| &it.foreign_keys).iter();
    let migrated = of(comparison.sources.migrations);
    let migrated =
        migrated.map(|it| Side { schema: declared.get(&key(it)).copied(), migrated: Some(it) });
    // What holds under a condition need not hold.
    let alone = of(comparison.sources.schema)
        .filter(|it| !matched.contains(&key(it)) && !it.is_conditional)
        .map(|it| Side { schema: Some(it), migrated: None });
    migrated.chain(alone).collect()
}

impl<'a> Side<'a> {
    fn any(&self) -> &'a ForeignKey {
        self.migrated.or(self.schema).expect("one of the sources has it")
    }

    fn is_concerned(&self, demand: &Demand) -> bool {
        let foreign_key = self.any();
        match demand {
            Demand::References { table, column, .. } => {
                let columns = &foreign_key.referenced_columns;
                let has_column = |column: &NamePattern| {
                    columns.is_empty() || columns.iter().any(|it| column.matches(it))
                };
                table.matches_table(&foreign_key.referenced_table)
                    && column.as_ref().is_none_or(has_column)
            }
            Demand::Table { table, .. } => table.matches_table(&foreign_key.referencing_table),
            Demand::Deletable { .. } => false,
        }
    }

    fn broken(
        &self,
        question: Question<'_, '_>,
        actions: &Actions,
        own: &Own<'_>,
    ) -> Option<Broken> {
        let dialect = question.comparison.sources.dialect;
        let (source, foreign_key) = self.named().into_iter().find_map(|(source, it)| {
            Some((source, it.filter(|it| breaks(dialect, it, actions))?))
        })?;
        let finding = || self.finding(question, (source, foreign_key), actions, own);
        Some(question.broken(foreign_key, finding))
    }

    /// What the sources say, the migrations first; what the schema says under a condition is left out.
    fn named(&self) -> [(&'static str, Option<&'a ForeignKey>); 2] {
        let schema = self.schema.filter(|it| !it.is_conditional);
        [("migrations", self.migrated), ("schema", schema)]
    }

    fn finding(
        &self,
        question: Question<'_, '_>,
        (source, foreign_key): (&'static str, &ForeignKey),
        actions: &Actions,
        own: &Own<'_>,
    ) -> Finding {
        let comparison = question.comparison;
        let (said, demanded) = (said(foreign_key, actions), accepted(actions));
        let by = if source == "schema" { " in the schema" } else { "" };
        let message = format!("{foreign_key} is {said}{by}, but a policy demands {demanded}");
        let mut finding = RULE.finding_about(foreign_key, message);
        for (source, foreign_key) in self.named() {
            let Some(foreign_key) = foreign_key else { continue };
            let said = self::said(foreign_key, actions);
            let verb = if source == "schema" { "schema says" } else { "migrations say" };
            finding = finding
                .says(source, &said)
                .label(place(foreign_key, actions), format!("the {verb} {said}"));
        }
        let finding = if source == "schema" {
            // The one that breaks it comes first.
            finding.labels.reverse();
            let finding = with_policy(finding, question.policy);
            finding.help(changing(foreign_key, &demanded))
        } else {
            let finding = with_policy(finding, question.policy);
            with_remedy(comparison, finding, foreign_key, actions, own)
        };
        comparison.with_caution(finding, foreign_key)
    }
}

/// The foreign keys of the migrations by their tables.
type Own<'a> = HashMap<&'a TableName, Vec<&'a ForeignKey>>;

fn changing(foreign_key: &ForeignKey, demanded: &str) -> String {
    let table = &foreign_key.referencing_table;
    format!("make it {demanded}, or write `{table}` into `except` of the policy")
}

/// Another foreign key of the migrations on the same columns, which does what is demanded. Often a
/// `DROP` has missed the one that it was to replace.
fn twin<'a>(
    dialect: Dialect,
    foreign_key: &ForeignKey,
    actions: &Actions,
    own: &Own<'a>,
) -> Option<&'a ForeignKey> {
    let is_twin = |it: &&&ForeignKey| {
        it.referencing_columns == foreign_key.referencing_columns
            && it.referenced_table == foreign_key.referenced_table
            && !breaks(dialect, it, actions)
    };
    own.get(&foreign_key.referencing_table)?.iter().find(is_twin).copied()
}

/// Says how to make a foreign key of the migrations what is demanded, with the statements where that
/// is one thing.
fn with_remedy(
    comparison: &Comparison<'_>,
    finding: Finding,
    foreign_key: &ForeignKey,
    actions: &Actions,
    own: &Own<'_>,
) -> Finding {
    if let Some(twin) = twin(comparison.sources.dialect, foreign_key, actions, own) {
        let finding = match (&twin.name, &foreign_key.name) {
            (Some(twin), Some(name)) => {
                finding.help(format!("drop `{name}`: `{twin}` does what the policy demands"))
            }
            _ => finding.help("leave it out: another one does what the policy demands"),
        };
        let remedy = comparison.statements(sql::Step::Drop(foreign_key));
        return remedy.into_iter().fold(finding, Finding::remedy);
    }
    let finding = finding.help(changing(foreign_key, &accepted(actions)));
    let only = |actions: &[ReferentialAction], now| match actions {
        [] => Some(now),
        [only] => Some(*only),
        several => several.contains(&now).then_some(now),
    };
    let on_delete = only(&actions.on_delete, foreign_key.on_delete);
    let on_update = only(&actions.on_update, foreign_key.on_update);
    let table = comparison.migrated_table(&foreign_key.referencing_table);
    let new = with_actions(
        foreign_key,
        on_delete.unwrap_or(foreign_key.on_delete),
        on_update.unwrap_or(foreign_key.on_update),
    );
    if on_delete == Some(ReferentialAction::SetNull)
        && let Some(column) = table.and_then(|it| not_null_column(comparison, it, &new))
    {
        return finding.note(format!("`{column}` is NOT NULL, and has to lose that first"));
    }
    if on_delete.is_none() || on_update.is_none() {
        return finding;
    }
    let remedy = comparison.statements(sql::Step::Replace { old: foreign_key, new: &new });
    remedy.into_iter().fold(finding, Finding::remedy)
}

fn with_policy(finding: Finding, policy: &Policy) -> Finding {
    let demanded = demanded(&policy.demand);
    let finding = finding.detail(&demanded).label(policy.span, format!("this policy {demanded}"));
    match &policy.reason {
        Some(reason) => finding.note(format!("the policy is there for: {reason}")),
        None => finding,
    }
}

fn breaks(dialect: Dialect, foreign_key: &ForeignKey, actions: &Actions) -> bool {
    let is_refused = |action, accepted: &[ReferentialAction]| {
        !accepted.is_empty() && !accepted.iter().any(|it| are_equal(dialect, *it, action))
    };
    is_refused(foreign_key.on_delete, &actions.on_delete)
        || is_refused(foreign_key.on_update, &actions.on_update)
}

/// What a foreign key says of the clauses that are demanded.
fn said(foreign_key: &ForeignKey, actions: &Actions) -> String {
    let mut clauses = Vec::new();
    if !actions.on_delete.is_empty() {
        clauses.push(format!("on delete {}", foreign_key.on_delete));
    }
    if !actions.on_update.is_empty() {
        clauses.push(format!("on update {}", foreign_key.on_update));
    }
    clauses.join(" and ")
}

fn place(foreign_key: &ForeignKey, actions: &Actions) -> drift_model::Span {
    let clause = match (actions.on_delete.is_empty(), actions.on_update.is_empty()) {
        (false, true) => foreign_key.on_delete_span,
        (true, false) => foreign_key.on_update_span,
        _ => None,
    };
    clause.unwrap_or(foreign_key.span)
}

#[cfg(test)]
mod tests {
    use drift_model::{
        Actions, Catalog, Demand, Dialect, Engine, ForeignKey, Level, NamePattern, Policy,
        ReferentialAction, SourceMap, Span, notation,
    };
    use insta::assert_snapshot;

    use super::{RULE, concerned_policies, policy_exceptions, unmatched_policy};
    use crate::testing::{check_adjusted_sources, check_sources, sources};
    use crate::{Comparison, RuleLevels, RuleOptions, Sources};

    fn policy(demand: Demand, except: &[&str]) -> Policy {
        let file = SourceMap::default().add("settings".into(), String::new());
        Policy {
            demand,
            except: except.iter().map(|it| NamePattern::new(*it)).collect(),
            reason: Some("delete-my-account".to_owned()),
            span: Span::new(file.id, 0, 0),
        }
    }

    fn actions(on_delete: &[&str]) -> Actions {
        let on_delete = on_delete.iter().filter_map(|it| ReferentialAction::parse(it)).collect();
        Actions { on_delete, on_update: Vec::new() }
    }

    fn references(table: &str, column: Option<&str>, on_delete: &[&str]) -> Demand {
        let column = column.map(NamePattern::new);
        Demand::References { table: NamePattern::new(table), column, actions: actions(on_delete) }
    }

    fn deletable(table: &str) -> Demand {
        Demand::Deletable { table: NamePattern::new(table) }
    }

    fn check_in(dialect: Dialect, policy: Policy, schema: &[&str], migrations: &[&str]) -> String {
        let options = RuleOptions { audit_tables: None, policies: vec![policy] };
        let engine = Engine::new(dialect);
        check_sources(&RULE, schema, migrations, |sources| Sources {
            dialect,
            engine,
            options: &options,
            ..sources
        })
    }

    fn check(policy: Policy, schema: &[&str], migrations: &[&str]) -> String {
        check_in(Dialect::PostgreSql, policy, schema, migrations)
    }

    #[test]
    fn holds_what_references_a_column_against_its_actions() {
        let policy = policy(references("users", Some("id"), &["cascade"]), &["audit_*"]);
        let schema = [
            "posts(author_id) -> users(id) on delete cascade",
            "comments(user_id) -> users(id) on delete cascade",
            "audit_log(user_id) -> users(id)",
        ];
        let migrations = [
            "posts(author_id) -> users(id)",
            "comments(user_id) -> users(id) on delete cascade",
            "audit_log(user_id) -> users(id)",
            "invites(code) -> users(code)",
        ];
        assert_snapshot!(check(policy, &schema, &migrations), @"
        error[policy]: posts.author_id → users.id is on delete no action, but a policy demands on delete cascade
          migrations:1: the migrations say on delete no action
          schema:1: the schema says on delete cascade
          schema:1: this policy demands on delete cascade of what references users.id
          note: the policy is there for: delete-my-account
          help: make it on delete cascade, or write `posts` into `except` of the policy
        ");
    }

    #[test]
    fn looks_at_the_schema_where_the_migrations_have_nothing_or_are_right() {
        let policy = || policy(references("users", None, &["set null"]), &[]);
        let schema = ["posts(author_id) -> users(id) on delete cascade"];
        let migrations = ["posts(author_id) -> users(id) on delete set null"];
        assert_snapshot!(check(policy(), &schema, &migrations), @"
        error[policy]: posts.author_id → users.id is on delete cascade in the schema, but a policy demands on delete set null
          schema:1: the schema says on delete cascade
          migrations:1: the migrations say on delete set null
          schema:1: this policy demands on delete set null of what references users
          note: the policy is there for: delete-my-account
          help: make it on delete set null, or write `posts` into `except` of the policy
        ");
        assert_snapshot!(check(policy(), &schema, &["posts(author_id)", "users(id)"]), @"
        error[policy]: posts.author_id → users.id is on delete cascade in the schema, but a policy demands on delete set null
          schema:1: the schema says on delete cascade
          schema:1: this policy demands on delete set null of what references users
          note: the policy is there for: delete-my-account
          help: make it on delete set null, or write `posts` into `except` of the policy
        ");
    }

    #[test]
    fn holds_the_foreign_keys_of_a_table_against_its_actions() {
        let demand = Demand::Table {
            table: NamePattern::new("audit_*"),
            actions: actions(&["set null", "restrict"]),
        };
        let both = ["audit_log(user_id) -> users(id)", "posts(user_id) -> users(id)"];
        assert_snapshot!(check(policy(demand.clone(), &[]), &both, &both), @"
        error[policy]: audit_log.user_id → users.id is on delete no action, but a policy demands on delete set null or restrict
          migrations:1: the migrations say on delete no action
          schema:1: the schema says on delete no action
          schema:1: this policy demands on delete set null or restrict of the foreign keys of audit_*
          note: the policy is there for: delete-my-account
          help: make it on delete set null or restrict, or write `audit_log` into `except` of the policy
        ");
        // Where they are the same, either is meant.
        assert_snapshot!(check_in(Dialect::MySql, policy(demand, &[]), &both, &both), @"");
    }

    #[test]
    fn names_the_one_that_does_what_is_demanded() {
        let keys = [
            "posts(author_id) -> users(id) as old",
            "posts(author_id) -> users(id) on delete cascade as new",
        ];
        let policy = policy(references("users", None, &["cascade"]), &[]);
        assert_snapshot!(check(policy, &keys[1..], &keys), @r#"
        error[policy]: posts.author_id → users.id is on delete no action, but a policy demands on delete cascade
          migrations:1: the migrations say on delete no action
          schema:1: this policy demands on delete cascade of what references users
          note: the policy is there for: delete-my-account
          help: drop `old`: `new` does what the policy demands
          add a migration:
            ALTER TABLE "posts" DROP CONSTRAINT "old";
        "#);
    }

    #[test]
    fn takes_no_other_columns_for_those_that_do_what_is_demanded() {
        let keys = [
            "posts(author_id) -> users(id) as old",
            "posts(editor_id) -> users(id) on delete cascade as new",
        ];
        let policy = policy(references("users", None, &["cascade"]), &[]);
        let found = check(policy, &[], &keys);
        assert!(found.contains("help: make it on delete cascade"), "{found}");
    }

    /// What is said of `posts.author_id`, which `adjust` changes on both sides.
    fn check_adjusted(actions: Actions, adjust: fn(&mut ForeignKey)) -> String {
        let demand = Demand::Table { table: NamePattern::new("posts"), actions };
        let options = RuleOptions { audit_tables: None, policies: vec![policy(demand, &[])] };
        let both = ["users(id)", "teams(id)", "posts(author_id) -> users(id) as fk"];
        let change = |catalogs: [&mut Catalog; 2]| {
            catalogs.into_iter().for_each(|it| adjust(&mut it.foreign_keys[0]));
        };
        check_adjusted_sources("postgresql", &RULE, &both, &both, change, |it| Sources {
            options: &options,
            ..it
        })
    }

    #[test]
    fn writes_the_statements_for_what_is_demanded() {
        let sql = |on_delete: &[&str], on_update: &[&str], adjust: fn(&mut ForeignKey)| {
            let actions = Actions { on_update: actions(on_update).on_delete, ..actions(on_delete) };
            let found = check_adjusted(actions, adjust);
            let line = found.lines().find(|it| it.contains("ADD CONSTRAINT"));
            line.unwrap_or_default().trim().to_owned()
        };
        let emptying = |it: &mut ForeignKey| {
            it.on_delete = ReferentialAction::SetNull;
            it.on_update = ReferentialAction::Cascade;
            it.set_columns = vec!["author_id".to_owned()];
        };
        assert_snapshot!(sql(&["set null"], &["cascade"], |_| {}), @r#"ADD CONSTRAINT "fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;"#);
        assert_snapshot!(sql(&[], &["restrict"], emptying), @r#"ADD CONSTRAINT "fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL ("author_id") ON UPDATE RESTRICT NOT VALID;"#);
        assert_snapshot!(sql(&["set default"], &[], emptying), @r#"ADD CONSTRAINT "fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET DEFAULT ON UPDATE CASCADE NOT VALID;"#);
        assert_snapshot!(sql(&["cascade", "restrict"], &[], emptying), @"");
    }

    #[test]
    fn offers_no_set_null_for_what_is_not_null() {
        let lines = ["posts(author_id: int!)", "posts(author_id) -> users(id) as fk"];
        let found = |action| check(policy(references("users", None, &[action]), &[]), &[], &lines);
        let set_null = found("set null");
        assert!(
            set_null.contains("note: `author_id` is NOT NULL, and has to lose that first"),
            "{set_null}"
        );
        assert!(!set_null.contains("ALTER TABLE") && found("cascade").contains("ALTER TABLE"));
    }

    #[test]
    fn points_at_the_clause_that_is_demanded() {
        let place = |on_delete: &[&str], on_update: &[&str]| {
            let actions = Actions { on_update: actions(on_update).on_delete, ..actions(on_delete) };
            let found = check_adjusted(actions, |it| {
                let at = |start| Some(Span { start, end: start, ..it.span });
                (it.on_delete_span, it.on_update_span) = (at(0), at(10));
            });
            found.lines().nth(1).unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(place(&["cascade"], &[]), @"migrations:1: the migrations say on delete no action");
        assert_snapshot!(place(&[], &["cascade"]), @"migrations:2: the migrations say on update no action");
        assert_snapshot!(place(&["cascade"], &["cascade"]), @"migrations:3: the migrations say on delete no action and on update no action");
    }

    #[test]
    fn tells_the_way_to_what_blocks_a_delete() {
        let both = [
            "posts(author_id) -> users(id) on delete cascade",
            "comments(post_id) -> posts(id) on delete cascade",
            "reports(comment_id) -> comments(id) on delete restrict",
        ];
        assert_snapshot!(check(policy(deletable("users"), &[]), &both, &both), @"
        error[policy]: reports.comment_id → comments.id blocks the delete of users, which a policy forbids
          migrations:3: on delete restrict
          migrations:1: rows of posts go along
          migrations:2: rows of comments go along
          schema:1: this policy demands that users is deletable
          note: the way of the delete: users → posts → comments, blocked by reports
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `reports` into `except` of the policy
        ");
        assert_snapshot!(check(policy(deletable("users"), &["reports"]), &both, &both), @"");
        assert_snapshot!(check(policy(deletable("plans"), &[]), &both, &both), @"");
    }

    #[test]
    fn tells_each_foreign_key_once_for_all_tables() {
        let both = [
            "posts(author_id) -> users(id) on delete cascade",
            "reports(post_id) -> posts(id)",
            "comments(parent_id) -> comments(id)",
            "comments(post_id) -> posts(id) on delete cascade",
        ];
        assert_snapshot!(check(policy(deletable("*"), &[]), &both, &both), @"
        error[policy]: reports.post_id → posts.id blocks the delete of posts, which a policy forbids
          migrations:2: on delete no action
          schema:1: this policy demands that * is deletable
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `reports` into `except` of the policy
        error[policy]: comments.parent_id → comments.id blocks the delete of comments, which a policy forbids
          migrations:3: on delete no action
          schema:1: this policy demands that * is deletable
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `comments` into `except` of the policy
        ");
    }

    #[test]
    fn tells_rows_that_reference_the_row_twice_from_rows_that_belong_to_it() {
        let both = [
            "reviews(user_id) -> users(id) on delete cascade",
            "reviews(moderator_id) -> users(id)",
            "statuses(user_id) -> users(id) on delete cascade",
            "reviews(status_id) -> statuses(id)",
        ];
        let found = check(policy(deletable("users"), &[]), &both, &both);
        let findings: Vec<&str> = found.lines().filter(|it| it.contains("[policy]")).collect();
        assert_snapshot!(findings.join("\n"), @"
        error[policy]: reviews.moderator_id → users.id can block the delete of users, which a policy forbids
        warn[policy]: reviews.status_id → statuses.id can block the delete of users, which a policy forbids
        ");
    }

    #[test]
    fn warns_of_rows_that_reference_their_own_table_and_may_stay() {
        let both = [
            "comments(post_id) -> posts(id) on delete cascade",
            "comments(parent_id) -> comments(id)",
        ];
        assert_snapshot!(check(policy(deletable("posts"), &[]), &both, &both), @"
        warn[policy]: comments.parent_id → comments.id can block the delete of posts, which a policy forbids
          migrations:2: on delete no action
          migrations:1: rows of comments go along
          schema:1: this policy demands that posts is deletable
          note: the way of the delete: posts → comments, blocked by comments
          note: rows of comments that go along on another path do not block it, others do
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `comments` into `except` of the policy
        ");
        // InnoDB goes row by row.
        let found = check_in(Dialect::MySql, policy(deletable("posts"), &[]), &both, &both);
        assert!(found.starts_with("error[") && found.contains("before its rows go"), "{found}");
    }

    #[test]
    fn tells_of_the_schema_what_the_migrations_do_not_say() {
        let schema = ["posts(author_id) -> users(id)", "posts(editor_id) -> users(id)"];
        let migrations =
            ["posts(author_id) -> users(id)", "posts(editor_id) -> users(id) on delete set null"];
        assert_snapshot!(check(policy(deletable("users"), &[]), &schema, &migrations), @"
        error[policy]: posts.author_id → users.id blocks the delete of users, which a policy forbids
          migrations:1: on delete no action
          schema:1: this policy demands that users is deletable
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `posts` into `except` of the policy
        error[policy]: posts.editor_id → users.id blocks the delete of users in the schema, which a policy forbids
          schema:2: on delete no action
          schema:1: this policy demands that users is deletable
          note: the policy is there for: delete-my-account
          help: make it cascade or set null, or write `posts` into `except` of the policy
        ");
    }

    #[test]
    fn leaves_to_the_migrations_what_both_say() {
        // In the schema alone the delete gets as far as the comments.
        let schema =
            ["posts(author_id) -> users(id) on delete cascade", "comments(post_id) -> posts(id)"];
        let migrations = ["posts(author_id) -> users(id) on delete set null", schema[1]];
        assert_snapshot!(check(policy(deletable("users"), &[]), &schema, &migrations), @"");
    }

    #[test]
    fn shows_the_beginning_of_a_long_way() {
        let way = |length: usize| {
            let along =
                (0..length).map(|at| format!("t{}(a) -> t{at}(id) on delete cascade", at + 1));
            let lines: Vec<String> = along.chain([format!("last(a) -> t{length}(id)")]).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let found = check(policy(deletable("t0"), &[]), &[], &lines);
            let line = found.lines().find(|it| it.contains("the way of the delete"));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(way(16), @"note: the way of the delete: t0 → t1 → t2 → t3 → t4 → t5 → t6 → t7 → t8 → t9 → t10 → t11 → t12 → t13 → t14 → t15 → t16, blocked by last");
        assert_snapshot!(way(18), @"note: the way of the delete: t0 → t1 → t2 → t3 → t4 → t5 → t6 → t7 → t8 → t9 → t10 → t11 → t12 → t13 → t14 → t15 → t16 → ..., blocked by last");
    }

    #[test]
    fn counts_what_it_excepts() {
        let map = SourceMap::default();
        let lines = [
            "audit_log(user_id) -> users(id)",
            "audit_log(a) -> users(id) on delete cascade",
            "audit_log(b) -> users(id)",
        ];
        let catalog = notation::parse(&map, "migrations", &lines).unwrap();
        let policies = vec![policy(references("users", None, &["cascade"]), &["audit_*"])];
        let options = RuleOptions { audit_tables: None, policies };
        let comparison = Comparison::new(Sources {
            migrations: Some(&catalog),
            options: &options,
            ..sources(Dialect::PostgreSql)
        });
        assert_eq!(policy_exceptions(&comparison), 2);
    }

    #[test]
    fn warns_of_a_policy_that_concerns_nothing() {
        let map = SourceMap::default();
        let catalog = notation::parse(&map, "migrations", &["users(id)"]).unwrap();
        let demands = [
            references("users", Some("id"), &["cascade"]),
            deletable("user*"),
            references("users", Some("uid"), &["cascade", "set null"]),
            deletable("user"),
        ];
        let policies = demands.map(|it| policy(it, &[])).to_vec();
        let options = RuleOptions { audit_tables: None, policies };
        let comparison = Comparison::new(Sources {
            migrations: Some(&catalog),
            options: &options,
            ..sources(Dialect::PostgreSql)
        });
        assert_eq!(concerned_policies(&comparison), [true, true, false, false]);
        let message = |at: usize| {
            let levels = RuleLevels::default();
            unmatched_policy(&options.policies[at], &levels).unwrap().message
        };
        let level = |set: &dyn Fn(&mut RuleLevels)| {
            let mut levels = RuleLevels::default();
            set(&mut levels);
            unmatched_policy(&options.policies[2], &levels).map(|it| it.level)
        };
        assert_eq!(level(&|_| {}), Some(Level::Warn));
        assert_eq!(level(&|it| it.set(&RULE, Some(Level::Info))), Some(Level::Info));
        assert_eq!(level(&|it| it.set(&RULE, None)), None);
        assert_snapshot!(message(2), @"the policy that demands on delete cascade or set null of what references users.uid concerns no table");
        assert_snapshot!(message(3), @"the policy that demands that user is deletable concerns no table");
    }
}

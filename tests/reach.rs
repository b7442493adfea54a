//! What deleting a row does, on fixtures and in every format.

use std::fs;
use std::path::Path;

use clap::Parser;
use drizzle_drift::{Args, Environment, run};
use insta::assert_snapshot;

use super::{drizzle_drift, repository};

fn reach(fixture: &str, args: &[&str]) -> String {
    let folder = repository().join("fixtures").join(fixture);
    let (status, output) = drizzle_drift(&folder, &[&["reach"], args].concat());
    assert_eq!(status, 0, "{output}");
    output
}

/// The error of a run that cannot be done.
fn refusal(folder: &Path, args: &[&str]) -> String {
    let args = Args::try_parse_from(["drizzle-drift", "reach"].iter().chain(args)).unwrap();
    let environment = Environment::new(folder.to_path_buf());
    run(&args, &environment, &mut Vec::new()).unwrap_err().to_string()
}

/// A project with one table that references another one, whatever their names.
fn hostile() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let schema = r#"
        import { integer, pgTable } from "drizzle-orm/pg-core";
        export const users = pgTable("us\"ers]<b>&#x;\\", { id: integer("id").primaryKey() });
        export const end = pgTable("end", {
          id: integer("id").primaryKey(),
          a: integer("a\nb|--> {c}\u001b[31m").references(() => users.id, { onDelete: "cascade" }),
        });
        export const logs = pgTable("\u202elogs", { end: integer("\\N").references(() => end.id) });
    "#;
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    folder
}

fn reach_hostile(format: &str) -> String {
    let folder = hostile();
    let args = [
        "reach",
        "us\"ers]<b>&#x;\\",
        "--schema",
        "schema.ts",
        "--dialect",
        "postgresql",
        "--format",
        format,
    ];
    drizzle_drift(folder.path(), &args).1
}

#[test]
fn tells_of_each_source_and_of_the_difference() {
    assert_snapshot!(reach("audit-events", &["agents"]), @"
    deleting a row of agents, by the schema
    ├─ agent_tools.agent_id         rows are deleted                        src/db/schema/agents.ts:49:38
    ├─ agent_versions.agent_id      rows are deleted                        src/db/schema/agents.ts:29:38
    ├─ conversations.agent_id       rows are deleted                        src/db/schema/conversations.ts:14:38
    │  └─ messages.conversation_id  rows are deleted                        src/db/schema/conversations.ts:31:45
    │     └─ messages.reply_to_id   is set to NULL                          src/db/schema/conversations.ts:32:81
    ├─ usage_events.agent_id        is set to NULL                          src/db/schema/events.ts:28:61
    └─ privacy_events.agent_id      blocks the delete: on delete no action  src/db/schema/events.ts:10:31
    blocked by rows of privacy_events.agent_id; where there are none, 4 tables lose rows, 2 are changed

    deleting a row of agents, by the migrations
    ├─ agent_tools.agent_id         rows are deleted  drizzle/0000_init.sql:88:138
    ├─ agent_versions.agent_id      rows are deleted  drizzle/0000_init.sql:90:144
    ├─ conversations.agent_id       rows are deleted  drizzle/0000_init.sql:93:142
    │  └─ messages.conversation_id  rows are deleted  drizzle/0000_init.sql:95:160
    │     └─ messages.reply_to_id   is set to NULL    drizzle/0000_init.sql:96:142
    ├─ usage_events.agent_id        is set to NULL    drizzle/0003_usage_events.sql:12:140
    └─ privacy_events.agent_id      is set to NULL    drizzle/0004_keep_privacy_events.sql:10:48
    nothing blocks the delete; 4 tables lose rows, 3 are changed

    the schema promises something else than the database does
      privacy_events.agent_id → agents.id
        schema      blocks the delete: on delete no action  src/db/schema/events.ts:10:31
        migrations  is set to NULL                          drizzle/0004_keep_privacy_events.sql:10:48
    ");
}

#[test]
fn tells_once_what_both_sources_say() {
    assert_snapshot!(reach("database-audit", &["invoices"]), @"
    deleting a row of invoices, by the schema and by the migrations
    ├─ invoice_lines.invoice_id     rows are deleted                       src/server/db/migrations/0003_billing.sql:27:150
    └─ pending_payments.invoice_id  blocks the delete: on delete restrict  src/server/db/migrations/0003_billing.sql:31:156
    blocked by rows of pending_payments.invoice_id; where there are none, 1 table loses rows
    ");
    assert_snapshot!(reach("audit-events", &["privacy_events", "--source", "schema"]), @"
    deleting a row of privacy_events, by the schema
    nothing references it: the row goes, and nothing else
    ");
}

#[test]
fn follows_the_engine() {
    assert_snapshot!(reach("sqlite-add-column", &["users", "--source", "migrations"]), @"
    deleting a row of users, by the migrations
    ├─ folders.user_id       rows are deleted                                   drizzle/0001_folders.sql:5:71
    │  └─ notes.folder_id    blocks it for rows that stay: on delete no action  drizzle/0001_folders.sql:8:45
    └─ notes.user_id         rows are deleted                                   drizzle/0000_init.sql:5:71
       └─ reminders.note_id  rows are deleted                                   drizzle/0002_reminder_time.sql:6:71
    blocked by rows of notes.folder_id that do not go along; else 3 tables lose rows
    all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes
    ");
}

#[test]
fn tells_which_of_two_on_the_same_columns_decides() {
    let output = reach("cascade-backfill", &["users", "--source", "migrations"]);
    let lines = output.lines().filter(|it| it.contains("subscriptions.") || it.contains("blocked"));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    ├─ subscriptions.user_id (fk_subscriptions_user)       blocks the delete: on delete no action, and it is checked before its rows go along  migrations/030-billing.sql:15:3
    ├─ subscriptions.user_id (subscriptions_user_id_fkey)  rows are deleted                        migrations/061-cascade-cleanup.sql:77:46
    blocked by rows of subscriptions.user_id, invoices.user_id, refunds.approved_by and 1 more; where there are none, 34 tables lose rows, 6 are changed
    ");
}

#[test]
fn sums_up_all_tables() {
    assert_snapshot!(reach("audit-events", &[]), @"
    what deletes reach, by the schema
      organizations  8 tables lose rows, 2 are changed  blocked by privacy_events.agent_id
      users          1 table loses rows, 4 are changed
      agents         4 tables lose rows, 2 are changed  blocked by privacy_events.agent_id
      tools          no other table changes             blocked by agent_tools.tool_id
      conversations  1 table loses rows, 1 is changed
      messages       1 table is changed
      7 other tables that nothing references

    what deletes reach, by the migrations
      organizations  8 tables lose rows, 3 are changed
      users          1 table loses rows, 4 are changed
      agents         4 tables lose rows, 3 are changed
      tools          no other table changes             blocked by agent_tools.tool_id
      conversations  1 table loses rows, 1 is changed
      messages       1 table is changed
      7 other tables that nothing references

    the schema promises something else than the database does for 2 tables: organizations, agents
    ");
    assert_snapshot!(reach("several-configs", &[]), @"
    packages/edge: what deletes reach, by the schema and by the migrations
      sites  1 table loses rows
      1 other table that nothing references
      all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes

    packages/server: what deletes reach, by the schema
      tenants    2 tables lose rows      blocked by rows that stay of invoices.customer_id
      customers  no other table changes  blocked by invoices.customer_id
      1 other table that nothing references

    packages/server: what deletes reach, by the migrations
      customers  1 table loses rows
      tenants    2 tables lose rows
      1 other table that nothing references

    the schema promises something else than the database does for 2 tables: tenants, customers
    ");
}

#[test]
fn colors_what_happens() {
    let folder = repository().join("fixtures/database-audit");
    let args = ["reach", "invoices", "--source", "schema", "--color", "always"];
    let (_, output) = drizzle_drift(&folder, &args);
    assert_snapshot!(output.replace('\u{1b}', "^"), @"
    deleting a row of ^[1minvoices^[0m, by the schema
    ^[2m├─ ^[0minvoice_lines.invoice_id     ^[35mrows are deleted^[0m                       ^[2msrc/server/db/schema/billing.ts:24:40^[0m
    ^[2m└─ ^[0mpending_payments.invoice_id  ^[1m^[31mblocks the delete: on delete restrict^[0m  ^[2msrc/server/db/schema/billing.ts:42:67^[0m
    blocked by rows of pending_payments.invoice_id; where there are none, 1 table loses rows
    ");
}

#[test]
fn a_path_in_place_of_a_table_is_a_project() {
    let root = repository();
    let (_, there) = drizzle_drift(&root, &["reach", "fixtures/audit-events"]);
    assert!(there.contains("what deletes reach, by the schema"), "{there}");
    let (_, there) = drizzle_drift(&root, &["reach", "agents", "fixtures/audit-events"]);
    assert!(there.starts_with("deleting a row of agents, by the schema"), "{there}");
}

#[test]
fn a_name_may_have_its_namespace() {
    assert_eq!(reach("audit-events", &["public.users"]), reach("audit-events", &["users"]));
}

#[test]
fn an_unknown_table_is_answered_with_the_nearest() {
    let folder = repository().join("fixtures/audit-events");
    assert_snapshot!(refusal(&folder, &["agent"]), @"there is no table `agent`; did you mean `agents`?");
    assert_snapshot!(refusal(&folder, &["--format", "svg"]), @"a drawing shows one table: say which");
}

#[test]
fn nothing_to_read_is_told() {
    let folder = repository().join("fixtures/empty-project");
    let (status, output) = drizzle_drift(&folder, &["reach"]);
    assert_eq!((status, &output[..]), (2, "no table was read: no source has any\n"));
}

#[test]
fn programs_get_json() {
    let output = reach("audit-events", &["agents", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    let project = &json["projects"][0];
    assert_eq!((json["version"].as_u64(), &json["table"]), (Some(1), &"agents".into()));
    let difference = serde_json::to_string_pretty(&project["differences"]).unwrap();
    assert_snapshot!(difference, @r#"
    [
      {
        "event": "delete",
        "schema": {
          "foreign_key": {
            "name": "privacy_events_agent_id_agents_id_fk",
            "referencing_table": {
              "namespace": null,
              "name": "privacy_events"
            },
            "referencing_columns": [
              "agent_id"
            ],
            "referenced_table": {
              "namespace": null,
              "name": "agents"
            },
            "referenced_columns": [
              "id"
            ],
            "on_delete": "no action",
            "on_update": "no action",
            "location": {
              "file": "src/db/schema/events.ts",
              "line": 10,
              "column": 31
            }
          },
          "effect": "blocks",
          "says": "blocks the delete: on delete no action"
        },
        "migrations": {
          "foreign_key": {
            "name": "privacy_events_agent_id_fkey",
            "referencing_table": {
              "namespace": null,
              "name": "privacy_events"
            },
            "referencing_columns": [
              "agent_id"
            ],
            "referenced_table": {
              "namespace": null,
              "name": "agents"
            },
            "referenced_columns": [
              "id"
            ],
            "on_delete": "set null",
            "on_update": "no action",
            "location": {
              "file": "drizzle/0004_keep_privacy_events.sql",
              "line": 9,
              "column": 7
            }
          },
          "effect": "sets null",
          "says": "is set to NULL"
        }
      }
    ]
    "#);
    let table = &project["sources"]["schema"]["tables"][0];
    let last = table["steps"].as_array().unwrap().last().unwrap();
    assert_snapshot!(serde_json::to_string_pretty(last).unwrap(), @r#"
    {
      "foreign_key": {
        "name": "messages_reply_to_id_messages_id_fk",
        "referencing_table": {
          "namespace": null,
          "name": "messages"
        },
        "referencing_columns": [
          "reply_to_id"
        ],
        "referenced_table": {
          "namespace": null,
          "name": "messages"
        },
        "referenced_columns": [
          "id"
        ],
        "on_delete": "set null",
        "on_update": "no action",
        "location": {
          "file": "src/db/schema/conversations.ts",
          "line": 32,
          "column": 36
        }
      },
      "event": "delete",
      "effect": "sets null",
      "says": "is set to NULL",
      "certain": false,
      "parent": 5,
      "listed_at": null
    }
    "#);
    let all = reach("audit-events", &["--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    let tables = all["projects"][0]["sources"]["migrations"]["tables"].as_array().unwrap();
    let agents = tables.iter().find(|it| it["table"]["name"] == "agents").unwrap();
    assert_eq!(agents["blocked"], false);
    assert_eq!(agents["deletes"].as_array().unwrap().len(), 4);
}

#[test]
fn draws_graphs() {
    assert_snapshot!(reach("database-audit", &["invoices", "--format", "mermaid"]), @r#"
    flowchart LR
      subgraph g0["by the schema and by the migrations"]
        g0n0["invoices"]:::root
        g0n1["invoice_lines"]:::losing
        g0n2["pending_payments"]:::blocks
        g0n0 -->|"invoice_id<br/>cascade"| g0n1
        g0n0 --x|"invoice_id<br/>restrict: blocks"| g0n2
      end
      classDef untouched stroke:#808080,stroke-width:2px
      classDef changed stroke:#1a85c7,stroke-width:2px
      classDef losing stroke:#a855c7,stroke-width:2px
      classDef mayBlock stroke:#b97d10,stroke-width:2px
      classDef blocks stroke:#e0403a,stroke-width:2px
      classDef root stroke:#5f8a2f,stroke-width:2px
    "#);
    assert_snapshot!(reach("database-audit", &["invoices", "--format", "dot"]), @r##"
    digraph reach {
      rankdir=LR;
      bgcolor=transparent;
      node [shape=box, style=rounded, penwidth=2, fontname="sans-serif"];
      edge [fontname="sans-serif", fontsize=10];
      subgraph cluster_0 {
        label="by the schema and by the migrations";
        g0n0 [label="invoices", color="#5f8a2f", fontcolor="#5f8a2f"];
        g0n1 [label="invoice_lines", color="#a855c7", fontcolor="#a855c7"];
        g0n2 [label="pending_payments", color="#e0403a", fontcolor="#e0403a"];
        g0n0 -> g0n1 [label="invoice_id\ncascade", arrowhead=normal, color="#a855c7", fontcolor="#a855c7"];
        g0n0 -> g0n2 [label="invoice_id\nrestrict: blocks", arrowhead=tee, color="#e0403a", fontcolor="#e0403a"];
      }
    }
    "##);
    let svg = reach("database-audit", &["invoices", "--format", "svg"]);
    assert!(svg.starts_with("<svg xmlns=") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for text in ["invoices", "invoice_lines", "pending_payments", "invoice_id", "restrict: blocks"]
    {
        assert!(svg.contains(&format!(">{text}</text>")), "{text} is missing: {svg}");
    }
    assert_eq!(svg, reach("database-audit", &["invoices", "--format", "svg"]));
}

// Mermaid 11 and Graphviz take these and show the names as they are.
#[test]
fn no_name_breaks_a_format() {
    assert_snapshot!(reach_hostile("tree"), @r#"
    deleting a row of us"ers]<b>&#x;\, by the schema
    └─ end.a b|--> {c}\u{1b}[31m  rows are deleted                        schema.ts:6:77
       └─ \u{202e}logs.\N         blocks the delete: on delete no action  schema.ts:8:73
    blocked by rows of \u{202e}logs.\N; where there are none, 1 table loses rows
    "#);
    assert_snapshot!(reach_hostile("mermaid"), @r##"
    flowchart LR
      subgraph g0["by the schema"]
        g0n0["us#34;ers#93;#60;b#62;#38;#35;x#59;#92;"]:::root
        g0n1["end"]:::losing
        g0n2["#92;u#123;202e#125;logs"]:::blocks
        g0n0 -->|"a b#124;#45;#45;#62; #123;c#125;#92;u#123;1b#125;#91;31m<br/>cascade"| g0n1
        g0n1 --x|"#92;N<br/>no action: blocks"| g0n2
      end
      classDef untouched stroke:#808080,stroke-width:2px
      classDef changed stroke:#1a85c7,stroke-width:2px
      classDef losing stroke:#a855c7,stroke-width:2px
      classDef mayBlock stroke:#b97d10,stroke-width:2px
      classDef blocks stroke:#e0403a,stroke-width:2px
      classDef root stroke:#5f8a2f,stroke-width:2px
    "##);
    assert_snapshot!(reach_hostile("dot"), @r##"
    digraph reach {
      rankdir=LR;
      bgcolor=transparent;
      node [shape=box, style=rounded, penwidth=2, fontname="sans-serif"];
      edge [fontname="sans-serif", fontsize=10];
      subgraph cluster_0 {
        label="by the schema";
        g0n0 [label="us\"ers]<b>&amp;#x;\\", color="#5f8a2f", fontcolor="#5f8a2f"];
        g0n1 [label="end", color="#a855c7", fontcolor="#a855c7"];
        g0n2 [label="\\u{202e}logs", color="#e0403a", fontcolor="#e0403a"];
        g0n0 -> g0n1 [label="a b|--> {c}\\u{1b}[31m\ncascade", arrowhead=normal, color="#a855c7", fontcolor="#a855c7"];
        g0n1 -> g0n2 [label="\\N\nno action: blocks", arrowhead=tee, color="#e0403a", fontcolor="#e0403a"];
      }
    }
    "##);
    let svg = reach_hostile("svg");
    assert!(svg.contains(">us&quot;ers]&lt;b&gt;&amp;#x;\\</text>"), "{svg}");
    assert!(svg.chars().all(|it| it == '\n' || !it.is_control()), "{svg}");
    let json: serde_json::Value = serde_json::from_str(&reach_hostile("json")).unwrap();
    assert_eq!(json["table"], "us\"ers]<b>&#x;\\");
}

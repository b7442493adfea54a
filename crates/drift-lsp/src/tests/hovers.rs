use super::{Fixture, project};
use crate::hover;
use insta::assert_snapshot;

/// What is shown at the cursors, which all have to say the same.
fn check(text: &str) -> String {
    let fixture = Fixture::new(text);
    let cursors = fixture.cursors();
    let mut told: Vec<String> = cursors
        .iter()
        .map(|(file, offset)| match hover(&fixture.view(), *file, *offset) {
            Some(hover) => {
                assert!(hover.span.start <= *offset && *offset <= hover.span.end);
                hover.markdown
            }
            None => "nothing".to_owned(),
        })
        .collect();
    told.dedup();
    assert_eq!(told.len(), 1, "{}", told.join("\n=====\n"));
    told.remove(0)
}

#[test]
fn tells_what_each_side_says() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  author$0Id: integer("author_id").refer$0ences(() => users.id, { onDelete: "cas$0cade" }),
});
export const comments = pgTable("comments", {
  postId: integer("post_id").references(() => posts.id, { onDelete: "cascade" }),
  text: text(),
});"#;
    let sql = r#"CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, auth$0or_id integer);
CREATE TABLE comments (post_id integer REFERENCES posts (id) ON DELETE CASCADE, text text);
ALTER TABLE posts ADD CON$0STRAINT posts_author_id_users_id_fk FOREIGN KEY (author_id) REFER$0ENCES users (id);"#;
    assert_snapshot!(check(&project("postgresql", schema, &[sql])), @"
    **Foreign key** `posts.author_id → users.id`

    - **error**: ON DELETE of posts.author_id → users.id is cascade in the schema, but no action in the migrations (on-delete-mismatch)
    - **info**: unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | cascade | no action | `posts_author_id_users_id_fk` | `schema.ts:5` |
    | migrations | no action | no action | `posts_author_id_users_id_fk` | `sql/0000_x.sql:4` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: rows are deleted, and with them rows of `comments`
    - by the migrations: blocks the delete: on delete no action
    ");
}

#[test]
fn tells_how_the_database_got_there() {
    let schema = r#"export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const posts = mysqlTable("posts", {
  authorId: int("author_id").notNull(),
}, (t) => [foreignKey({ columns: [t.authorId], foreignColumns: [users.id], name: "au" }).onDel$0ete("cascade")]);"#;
    let sql = [
        "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE posts (author_id int NOT NULL, CONSTRAINT au FOREIGN KEY (author_id) REFERENCES users (id));",
        "ALTER TABLE posts DROP FOREIGN KEY au;\nALTER TABLE posts ADD CONSTRAINT au FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;",
    ];
    assert_snapshot!(check(&project("mysql", schema, &sql)), @"
    **Foreign key** `posts.author_id → users.id`

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | cascade | no action | `au` | `schema.ts:5` |
    | migrations | cascade | no action | `au` | `sql/0001_x.sql:2` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema and by the migrations: rows are deleted

    In the migrations: made in `0000_x.sql:2`, dropped and made again in `0001_x.sql:2`
    ");
}

#[test]
fn tells_of_what_was_dropped() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id") });"#;
    let sql = [
        "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (author_id integer CONSTRAINT au REFER$0ENCES users);",
        "ALTER TABLE posts DROP CONSTR$0AINT au;",
    ];
    assert_snapshot!(check(&project("postgresql", schema, &sql)), @"
    **Former foreign key** `posts.author_id → users.id`

    |  | ON DELETE | ON UPDATE | where |
    | --- | --- | --- | --- |
    | schema | does not declare it |  |  |
    | migrations | dropped |  | `sql/0001_x.sql:1` |

    In the migrations: made in `0000_x.sql:2`, dropped in `0001_x.sql:1`
    ");
}

#[test]
fn tells_of_composite_keys_and_of_what_references_itself() {
    let schema = r#"export const nodes = sqliteTable("nodes", {
  a: integer("a"), b: integer("b"), upA: integer("up_a"), upB: integer("up_b"),
}, (t) => [
  primaryKey({ columns: [t.a, t.b] }),
  foreignKey({ columns: [t.upA, t.upB], foreignColumns: [t.a, t.b$0] }).onDelete("cascade"),
]);
export const notes = sqliteTable("notes", {
  a: integer("a"), b: integer("b"),
}, (t) => [foreignKey({ columns: [t.a, t.b], foreignColumns: [nodes.a, nodes.b] })]);"#;
    let sql =
        "CREATE TABLE nodes (a integer, b integer, up_a integer, up_b integer, PRIMARY KEY (a, b),
  FOREIGN KEY (up_a, up_b) REFERENCES nodes (a, b) ON DELETE CASCADE);
CREATE TABLE notes (a integer, b integer, FOREIGN KEY (a, b) REFERENCES nodes (a, b));";
    assert_snapshot!(check(&project("sqlite", schema, &[sql])), @"
    **Foreign key** `nodes.(up_a, up_b) → nodes.(a, b)`

    - **info**: unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | where |
    | --- | --- | --- | --- |
    | schema | cascade | no action | `schema.ts:6` |
    | migrations | cascade | no action | `sql/0000_x.sql:2` |

    When a row of `nodes` is deleted, what becomes of rows of `nodes` that reference it:

    - by the schema and by the migrations: rows are deleted, and what references them in turn
    - rows of `notes.(a, b)` block the delete

    all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes
    ");
}

#[test]
fn tells_of_all_that_one_line_declares() {
    let tables: String = (1..=6)
        .map(|at| {
            format!(
                "export const t{at} = pgTable(\"t{at}\", {{ id: integer(\"id\"), ...owned() }});\n"
            )
        })
        .collect();
    let schema = format!(
        "const owned = () => ({{ owner: integer(\"owner\").refer$0ences(() => users.id) }});
export const users = pgTable(\"users\", {{ id: integer(\"id\").primaryKey() }});\n{tables}"
    );
    let tables: String =
        (1..=6).map(|at| format!("CREATE TABLE t{at} (id integer, owner integer);\n")).collect();
    let sql = format!("CREATE TABLE users (id integer PRIMARY KEY);\n{tables}");
    assert_snapshot!(check(&project("postgresql", &schema, &[&sql])), @"
    **Foreign key** `t1.owner → users.id`

    - **error**: t1.owner → users.id is declared in the schema, but no migration creates it (missing-foreign-key)

    schema: on delete no action (`schema.ts:2`) · migrations: do not make it

    ---

    **Foreign key** `t2.owner → users.id`

    - **error**: t2.owner → users.id is declared in the schema, but no migration creates it (missing-foreign-key)

    schema: on delete no action (`schema.ts:2`) · migrations: do not make it

    ---

    **Foreign key** `t3.owner → users.id`

    - **error**: t3.owner → users.id is declared in the schema, but no migration creates it (missing-foreign-key)

    schema: on delete no action (`schema.ts:2`) · migrations: do not make it

    ---

    **Foreign key** `t4.owner → users.id`

    - **error**: t4.owner → users.id is declared in the schema, but no migration creates it (missing-foreign-key)

    schema: on delete no action (`schema.ts:2`) · migrations: do not make it

    ---

    **Foreign key** `t5.owner → users.id`

    - **error**: t5.owner → users.id is declared in the schema, but no migration creates it (missing-foreign-key)

    schema: on delete no action (`schema.ts:2`) · migrations: do not make it

    ---

    and 1 more foreign key
    ");
}

#[test]
fn tells_what_deleting_a_row_of_a_table_does() {
    let schema = r#"export const us$0ers = pg$0Table("us$0ers", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
export const comments = pgTable("comments", {
  postId: integer("post_id").references(() => posts.id),
  editor: integer("editor").references(() => users.id, { onDelete: "set null" }),
});"#;
    let sql = r#"CREATE TABLE us$0ers (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE comments (post_id integer REFERENCES posts (id), editor integer REFERENCES users (id) ON DELETE SET NULL);"#;
    assert_snapshot!(check(&project("postgresql", schema, &[sql])), @"
    **Deleting a row of** `users`, by the schema and by the migrations

    - `posts.author_id`: rows are deleted; blocked by rows of `comments.post_id`
    - `comments.editor`: is set to NULL

    blocked by rows of comments.post_id; where there are none, 1 table loses rows, 1 is changed
    ");
    let other = sql.replace("ON DELETE CASCADE", "ON DELETE SET NULL");
    assert_snapshot!(check(&project("postgresql", schema, &[&other])), @"
    **Deleting a row of** `users`, by the migrations

    - `posts.author_id`: is set to NULL
    - `comments.editor`: is set to NULL

    nothing blocks the delete; 2 tables are changed

    The schema promises something else:

    - `posts.author_id`: rows are deleted
    ");
}

#[test]
fn names_columns_by_bytes_whatever_stands_before_them() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() }); /* 🦀 é */ export const p = pgTable("p", { "ü🦀": integer("ü🦀").refer$0ences(() => users.id) });"#;
    let sql = "/* 🦀 é */ CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE p (\"ü🦀\" integer REFER$0ENCES users (id));";
    assert_snapshot!(check(&project("postgresql", schema, &[sql])), @"
    **Foreign key** `p.ü🦀 → users.id`

    - **info**: constraint-name-mismatch, implicit-on-delete, unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | no action | no action | `p_ü🦀_users_id_fk` | `schema.ts:2` |
    | migrations | no action | no action | `p_ü🦀_fkey` | `sql/0000_x.sql:1` |

    When a row of `users` is deleted, what becomes of rows of `p` that reference it:

    - by the schema and by the migrations: blocks the delete: on delete no action
    ");
}

#[test]
fn says_nothing_elsewhere() {
    let schema = r#"import { x } from "$0./x";
export const users = pgTable("users", { id: inte$0ger("id").primaryKey(), na$0me: text("name") });
exp$0ort const names = ["$0a"];"#;
    let sql = "CREATE TABLE users (id integ$0er PRIMARY KEY, name text);$0\nSELE$0CT 1;\n";
    let others = "//- x.ts\nexport const x = $01;\n//- other.sql\nALTER TABLE users ADD CONSTRA$0INT x FOREIGN KEY (id) REFERENCES users (id);\n";
    assert_snapshot!(check(&(project("postgresql", schema, &[sql]) + others)), @"nothing");
}

#[test]
fn tells_of_projects_with_the_same_migrations() {
    let text = r#"//- a/drizzle.config.ts
export default { dialect: "postgresql", schema: "./schema.ts", out: "../sql" };
//- a/schema.ts
import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").references(() => users.id) });
//- b/drizzle.config.ts
export default { dialect: "postgresql", schema: "./schema.ts", out: "../sql" };
//- b/schema.ts
import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").references(() => users.id, { onDelete: "cascade" }) });
//- sql/0000_x.sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author integer REFER$0ENCES users (id));
"#;
    assert_snapshot!(check(text), @"
    In `a`:

    **Foreign key** `posts.author → users.id`

    - **info**: constraint-name-mismatch, implicit-on-delete, unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | no action | no action | `posts_author_users_id_fk` | `a/schema.ts:3` |
    | migrations | no action | no action | `posts_author_fkey` | `sql/0000_x.sql:2` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema and by the migrations: blocks the delete: on delete no action

    ---

    In `b`:

    **Foreign key** `posts.author → users.id`

    - **error**: ON DELETE of posts.author → users.id is cascade in the schema, but no action in the migrations (on-delete-mismatch)
    - **info**: constraint-name-mismatch, unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | cascade | no action | `posts_author_users_id_fk` | `b/schema.ts:3` |
    | migrations | no action | no action | `posts_author_fkey` | `sql/0000_x.sql:2` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: rows are deleted
    - by the migrations: blocks the delete: on delete no action
    ");
}

#[test]
fn a_project_without_migrations_tells_of_its_schema() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").refer$0ences(() => users.id) });"#;
    assert_snapshot!(check(&project("postgresql", schema, &[])), @"
    **Foreign key** `posts.author → users.id`

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | no action | no action | `posts_author_users_id_fk` | `schema.ts:3` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: blocks the delete: on delete no action
    ");
}

#[test]
fn tells_what_has_no_effect() {
    let schema = r#"export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const posts = mysqlTable("posts", { author: int("author").refer$0ences(() => users.id) });"#;
    let sql = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE posts (author int REFER$0ENCES users (id));";
    assert_snapshot!(check(&project("mysql", schema, &[sql])), @"
    **Foreign key** `posts.author → users.id`

    - **error**: posts.author → users.id is written after its column, where MySQL before 9.0 forgets it (ineffective-references)

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | no action | no action | `posts_author_users_id_fk` | `schema.ts:3` |
    | migrations | ignored by MySQL |  |  | `sql/0000_x.sql:2` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: blocks the delete: on delete no action
    - by the migrations: nothing: there is no such foreign key
    ");
}

#[test]
fn tells_where_both_sides_reference_something_else() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const people = pgTable("people", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").refer$0ences(() => people.id) });"#;
    let sql = "CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE people (id integer PRIMARY KEY);
CREATE TABLE posts (author integer REFERENCES users (id) ON DELETE CASCADE);";
    let from_schema = check(&project("postgresql", schema, &[sql]));
    assert_snapshot!(from_schema, @"
    **Foreign key** `posts.author → people.id`

    - **error**: posts.author references people.id in the schema, but users.id in the migrations (reference-mismatch)
    - **info**: unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | references | name | where |
    | --- | --- | --- | --- | --- | --- |
    | schema | no action | no action | `people.id` | `posts_author_people_id_fk` | `schema.ts:4` |
    | migrations | cascade | no action | `users.id` | `posts_author_fkey` | `sql/0000_x.sql:3` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: nothing: it references `people.id`
    - by the migrations: rows are deleted
    ");
    let (schema, sql) = (schema.replace("$0", ""), sql.replace("REFER", "REFER$0"));
    let from_sql = check(&project("postgresql", &schema, &[&sql]));
    assert_eq!(
        from_sql,
        from_schema.replacen("posts.author → people.id", "posts.author → users.id", 1)
    );
}

#[test]
fn tells_of_twins() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").refer$0ences(() => users.id, { onDelete: "cascade" }) });"#;
    let sql = "CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author integer REFERENCES users (id));
ALTER TABLE posts ADD CONSTRAINT posts_author_users_id_fk FOREIGN KEY (author) REFERENCES users (id) ON DELETE CASCADE;";
    assert_snapshot!(check(&project("postgresql", schema, &[sql])), @"
    **Foreign key** `posts.author → users.id`

    - **error**: posts.author → users.id is there twice in the migrations, with ON DELETE no action and with ON DELETE cascade: no action wins (conflicting-foreign-keys)
    - **info**: unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | cascade | no action | `posts_author_users_id_fk` | `schema.ts:3` |
    | migrations | no action | no action | `posts_author_fkey` | `sql/0000_x.sql:2` |
    | migrations | cascade | no action | `posts_author_users_id_fk` | `sql/0000_x.sql:3` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema: rows are deleted
    - by the migrations: `posts_author_fkey`: blocks the delete: on delete no action, and it is checked before its rows go along
    - by the migrations: `posts_author_users_id_fk`: rows are deleted
    ");
}

#[test]
fn tells_of_what_drizzle_forgets() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").refer$0ences(() => users.id).array() });"#;
    let sql =
        "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (author integer[]);";
    assert_snapshot!(check(&project("postgresql", schema, &[sql])), @"
    **Foreign key** `posts.author → users.id`

    - **error**: posts.author → users.id is declared, but `.array()` behind it makes drizzle drop it (lost-declaration)

    |  | ON DELETE | ON UPDATE | where |
    | --- | --- | --- | --- |
    | schema | drizzle drops it |  | `schema.ts:3` |
    | migrations | do not make it |  |  |
    ");
}

#[test]
fn tells_of_what_did_nothing_and_of_new_names() {
    let schema = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { author: integer("author").references(() => users.id) });"#;
    let sql = [
        "CREATE TABLE people (id integer PRIMARY KEY);
CREATE TABLE articles (author integer REFER$0ENCES people (id));",
        "ALTER TABLE people RENAME TO users;\nALTER TABLE articles RENAME TO posts;",
    ];
    assert_snapshot!(check(&project("postgresql", schema, &sql)), @"
    **Foreign key** `posts.author → users.id`

    - **info**: constraint-name-mismatch, implicit-on-delete, unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | name | where |
    | --- | --- | --- | --- | --- |
    | schema | no action | no action | `posts_author_users_id_fk` | `schema.ts:3` |
    | migrations | no action | no action | `articles_author_fkey` | `sql/0000_x.sql:2` |

    When a row of `users` is deleted, what becomes of rows of `posts` that reference it:

    - by the schema and by the migrations: blocks the delete: on delete no action

    In the migrations: made in `0000_x.sql:2`, `people` became `users` in `0001_x.sql:1`, `articles` became `posts` in `0001_x.sql:2`
    ");
}

#[test]
fn sqlite_does_not_care_for_the_case_of_names() {
    let schema = r#"export const users = sqliteTable("Users", { id: integer("id").primaryKey() });
export const posts = sqliteTable("posts", { author: integer("author").refer$0ences(() => users.id, { onDelete: "cascade" }) });"#;
    let sql = "CREATE TABLE USERS (id integer PRIMARY KEY);
CREATE TABLE Posts (Author integer REFERENCES uSers (ID));";
    assert_snapshot!(check(&project("sqlite", schema, &[sql])), @"
    **Foreign key** `posts.author → Users.id`

    - **error**: ON DELETE of posts.author → Users.id is cascade in the schema, but no action in the migrations (on-delete-mismatch)
    - **info**: unindexed-foreign-key

    |  | ON DELETE | ON UPDATE | where |
    | --- | --- | --- | --- |
    | schema | cascade | no action | `schema.ts:3` |
    | migrations | no action | no action | `sql/0000_x.sql:2` |

    When a row of `uSers` is deleted, what becomes of rows of `Posts` that reference it:

    - by the schema: rows are deleted
    - by the migrations: blocks the delete: on delete no action

    all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes
    ");
}

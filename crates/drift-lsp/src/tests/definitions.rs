use super::{Fixture, project};
use crate::{Link, definitions, references};
use insta::assert_snapshot;

/// Where the cursors lead to, a line for each place.
fn check(text: &str, ask: fn(&crate::View<'_>, drift_model::FileId, u32) -> Vec<Link>) -> String {
    let fixture = Fixture::new(text);
    let mut told: Vec<String> = fixture
        .cursors()
        .iter()
        .map(|(file, offset)| {
            let links = ask(&fixture.view(), *file, *offset);
            assert!(links.iter().all(|it| it.origin.file == *file));
            let lines: Vec<String> = links.iter().map(|it| fixture.show(it.target)).collect();
            if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
        })
        .collect();
    told.dedup();
    told.join("\n--\n")
}

const SCHEMA: &str = r#"export const users = pgTable("us$0ers", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  a: integer("a"), b: integer("b"),
  authorId: integer("author_id").refer$0ences(() => us$0ers.id, { onDel$0ete: "casc$0ade" }),
}, (t) => [
  forei$0gnKey({ columns: [t.a, t.b], foreignColumns: [pairs.a, pairs.b], name: "pair" }).onDelete("set nu$0ll"),
]);
export const pairs = pgTable("pairs", { a: integer("a"), b: integer("b") }, (t) => [primaryKey({ columns: [t.a, t.b] })]);"#;

const SQL: [&str; 2] = [
    r#"CREATE TA$0BLE users (id integer PRIMARY KEY);
CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE posts (a integer, b integer, author_id integer, old_id integer REFER$0ENCES users,
  CONSTRAINT pair FOREIGN K$0EY (a, b) REFERENCES pairs (a, b));
ALTER TABLE posts ADD CONSTRAINT author FOREIGN KEY (author_id) REFERENCES users (id);"#,
    r#"ALTER TABLE posts DROP CONSTR$0AINT pair, ADD CONSTR$0AINT pair FOREIGN KEY (a, b) REFERENCES pairs (a, b) ON DELETE SET NULL;
ALTER TABLE posts DROP COL$0UMN old_id;"#,
];

fn without_cursors(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| it.replace("$0", "")).collect()
}

#[test]
fn from_the_schema_to_the_statement_that_made_it() {
    let sql = without_cursors(&SQL);
    let sql: Vec<&str> = sql.iter().map(String::as_str).collect();
    assert_snapshot!(check(&project("postgresql", SCHEMA, &sql), definitions), @"
    sql/0000_x.sql:1: CREATE TABLE users (id integer PRIMARY KEY)
    --
    sql/0000_x.sql:5: CONSTRAINT author FOREIGN KEY (author_id) REFERENCES users (id)
    --
    nothing
    --
    sql/0000_x.sql:5: CONSTRAINT author FOREIGN KEY (author_id) REFERENCES users (id)
    --
    sql/0001_x.sql:1: CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES pairs (a, b) ON DELETE SET NULL
    ");
}

#[test]
fn from_a_statement_to_the_schema_and_to_what_it_drops() {
    let schema = SCHEMA.replace("$0", "");
    assert_snapshot!(check(&project("postgresql", &schema, &SQL), definitions), @r#"
    schema.ts:2: pgTable("users"
    --
    schema.ts:3: pgTable("posts"
    --
    schema.ts:7: foreignKey({ columns: [t.a, t.b], foreignColumns: [pairs.a, pairs.b], name: "pair" }).onDelete("set null")
    --
    sql/0000_x.sql:4: CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES pairs (a, b)
    --
    schema.ts:7: foreignKey({ columns: [t.a, t.b], foreignColumns: [pairs.a, pairs.b], name: "pair" }).onDelete("set null")
    --
    sql/0000_x.sql:3: REFERENCES users
    "#);
}

#[test]
fn all_places_of_a_foreign_key() {
    let schema = SCHEMA
        .replace("$0", "")
        .replace("foreignKey", "forei$0gnKey")
        .replace("import { forei$0gnKey", "import { foreignKey");
    let sql = without_cursors(&SQL);
    let sql: Vec<&str> = sql.iter().map(String::as_str).collect();
    assert_snapshot!(check(&project("postgresql", &schema, &sql), references), @r#"
    schema.ts:7: foreignKey({ columns: [t.a, t.b], foreignColumns: [pairs.a, pairs.b], name: "pair" }).onDelete("set null")
    sql/0000_x.sql:4: CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES pairs (a, b)
    sql/0001_x.sql:1: DROP CONSTRAINT pair
    sql/0001_x.sql:1: CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES pairs (a, b) ON DELETE SET NULL
    "#);
}

#[test]
fn what_one_side_lacks_leads_to_its_table() {
    let schema = r#"export const users = sqliteTable("users", { id: integer("id").primaryKey() });
export const posts = sqliteTable("posts", { a: integer("a").refer$0ences(() => users.id), b: integer("b") });"#;
    let sql = "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (a integer, b integer REFER$0ENCES users (id));";
    assert_snapshot!(check(&project("sqlite", schema, &[sql]), definitions), @r#"
    sql/0000_x.sql:2: CREATE TABLE posts (a integer, b integer REFERENCES users (id))
    --
    schema.ts:3: sqliteTable("posts"
    "#);
}

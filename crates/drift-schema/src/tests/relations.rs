use insta::assert_snapshot;

use super::Case;

impl Case {
    /// The relations in a line each, then what could not be read.
    fn relations(&self) -> String {
        let extraction = self.extract();
        let mut lines: Vec<String> =
            extraction.relations.iter().map(|it| format!("{:?}: {it}", it.kind)).collect();
        self.add_problems(&extraction, &mut lines);
        lines.join("\n")
    }
}

/// Two tables and a junction between users and groups.
const TABLES: &str = r#"
    export const posts = pgTable("posts", { id: integer("id"), authorId: integer("author_id"), x: integer("x") });
    export const groups = pgTable("groups", { id: integer("id"), ownerId: integer("owner_id") });
    export const members = pgTable("members", { userId: integer("user_id"), groupId: integer("group_id") });
"#;

fn check(text: &str) -> String {
    Case::pg(&format!("{TABLES}{text}")).relations()
}

#[test]
fn reads_the_side_of_a_relation_that_bears_the_key() {
    let relations = check(
        r#"
        import { relations } from "drizzle-orm";
        export const postsRelations = relations(posts, ({ one, many }) => ({
          author: one(users, { fields: [posts.authorId], references: [users.id], relationName: "a" }),
          plain: one(users),
          members: many(members),
        }));
        export const membersRelations = relations(members, (helpers) => {
          return { pair: helpers.one(posts, {
            fields: [members.userId, members.groupId], references: [posts.id, posts["x"]],
          }) };
        });
        "#,
    );
    assert_snapshot!(relations, @r"
    One: posts.author_id → users.id
    One: members.(user_id, group_id) → posts.(id, x)
    ");
}

#[test]
fn reads_relations_of_1_0_by_the_keys_of_the_schema() {
    let relations = check(
        r#"
        import { defineRelations } from "drizzle-orm";
        export const rel = defineRelations({ users, groups, members, articles: posts }, (r) => ({
          groups: {
            owner: r.one.users({ from: r.groups.ownerId, to: r.users.id, optional: false, alias: "own" }),
            people: r.many.users({
              from: r.groups.id.through(r.members.groupId),
              to: r.users.id.through(r.members.userId),
            }),
            open: r.many.articles(),
          },
          users: {
            articles: r.many.articles({ from: [r.users.id], to: [r.articles.authorId] }),
          },
        }));
        "#,
    );
    assert_snapshot!(relations, @r"
    One: groups.owner_id → users.id
    Through: members.group_id → groups.id
    Through: members.user_id → users.id
    Many: posts.author_id → users.id
    ");
}

#[test]
fn reads_parts_the_old_relations_of_1_0_and_whole_modules() {
    let case = Case::new(
        r#"
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { defineRelationsPart } from "drizzle-orm";
        import { relations } from "drizzle-orm/_relations";
        import * as schema from "./tables";
        export * from "./tables";
        export const part = defineRelationsPart(schema, ({ one, users, posts }) => ({
          posts: { author: one.users({ from: posts.authorId, to: users.id }) },
        }));
        export const old = relations(schema.posts, ({ one }) => ({
          by: one(schema.users, { fields: [schema.posts.authorId], references: [schema.users.id] }),
        }));
//- src/tables.ts
        import { pgSchema, integer } from "drizzle-orm/pg-core";
        const auth = pgSchema("auth");
        export const users = auth.table("users", { id: integer("id") });
        export const posts = auth.table("posts", { authorId: integer("author_id") });
        "#,
    );
    assert_snapshot!(case.v1().relations(), @r"
    One: auth.posts.author_id → auth.users.id
    One: auth.posts.author_id → auth.users.id
    ");
}

#[test]
fn passes_over_what_it_cannot_read_without_a_word() {
    let relations = check(
        r#"
        import { relations } from "drizzle-orm";
        import { accounts } from "@acme/auth";
        export const postsRelations = relations(posts, ({ one }) => ({
          account: one(accounts, { fields: [posts.authorId], references: [accounts.id] }),
          uneven: one(users, { fields: [posts.authorId], references: [users.id, users.other] }),
          mixed: one(users, { fields: [posts.authorId, groups.id], references: [users.id, users.other] }),
          none: one(users, { fields: [], references: [] }),
          author: one(users, { fields: [posts.authorId], references: [users.id] }),
        }));
        export const unknown = relations(accounts, missing);
        "#,
    );
    assert_snapshot!(relations, @"One: posts.author_id → users.id");
}

#[test]
fn loads_no_module_for_a_relation() {
    let case = Case::pg(
        r#"
        import { relations } from "drizzle-orm";
        import { accounts } from "accounts";
        import { broken } from "./broken";
        export const rel = relations(users, ({ one }) => ({
          account: one(accounts, { fields: [users.other], references: [accounts.id] }),
          broken: one(broken, { fields: [users.other], references: [broken.id] }),
        }));
//- packages/accounts.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const accounts = pgTable("accounts", { id: integer("id") });
//- src/broken.ts
        export const broken = = ;
        "#,
    );
    assert_snapshot!(case.relations(), @"");
}

#[test]
fn knows_relations_by_what_they_are() {
    let relations = check(
        r#"
        import { relations as relate } from "drizzle-orm";
        const relations = (table, make) => make({ one: () => ({}) });
        export const fake = relations(posts, ({ one }) => ({
          author: one(users, { fields: [posts.authorId], references: [users.id] }),
        }));
        export const real = relate(groups, ({ one: single }) => ({
          owner: single(users, { fields: [groups.ownerId], references: [users.id] }),
        }));
        "#,
    );
    assert_snapshot!(relations, @"One: groups.owner_id → users.id");
}

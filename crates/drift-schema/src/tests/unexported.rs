//! Tables that drizzle-kit cannot see.

use insta::assert_snapshot;

use super::Case;

#[test]
fn finds_tables_with_foreign_keys_and_tables_that_are_referenced() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer, foreignKey } from "drizzle-orm/pg-core";
        import { teams } from "./teams";
        export * from "./logs";
        export { posts } from "./posts";
        export * as tags from "./tags";
        export const users = pgTable("users", {
          id: integer("id").primaryKey(),
          teamId: integer("team_id").references(() => teams.id),
        });
        const audits = pgTable("audits", { userId: integer("user_id").references(() => users.id) });
        const settings = pgTable("settings", { id: integer("id") });
        //- src/teams.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const teams = pgTable("teams", { id: integer("id").primaryKey() });
        export const members = pgTable("members", { teamId: integer("team_id").references(() => teams.id) });
        //- src/logs.ts
        import { pgTable, integer, foreignKey } from "drizzle-orm/pg-core";
        import { users } from "./schema";
        const logs = pgTable("logs", { userId: integer("user_id") }, (t) => [
          foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete("cascade"),
        ]);
        export const schema = { logs };
        //- src/posts.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { users } from "./schema";
        export const posts = pgTable("posts", { id: integer("id").primaryKey() });
        export const likes = pgTable("likes", {
          postId: integer("post_id").references(() => posts.id),
          userId: integer("user_id").references(() => users.id),
        });
        //- src/tags.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { posts } from "./posts";
        export const tags = pgTable("tags", { postId: integer("post_id").references(() => posts.id) });
        "#,
    );
    assert_snapshot!(case.unexported(), @"
    logs as logs
      logs(user_id) -> users(id) on delete cascade as logs_user_id_users_id_fk
    likes as likes, exported elsewhere
      likes(post_id) -> posts(id) as likes_post_id_posts_id_fk
      likes(user_id) -> users(id) as likes_user_id_users_id_fk
    audits as audits
      audits(user_id) -> users(id) as audits_user_id_users_id_fk
    tags as tags, exported elsewhere
      tags(post_id) -> posts(id) as tags_post_id_posts_id_fk
    teams as teams, exported elsewhere
    ");
}

#[test]
fn leaves_out_what_is_exported_in_any_way() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        const users = pgTable("users", { id: integer("id").primaryKey() });
        const posts = pgTable("posts", { userId: integer("user_id").references(() => users.id) });
        export { users as people };
        export default posts;
        export * from "./more";
        //- src/more.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { people } from "./schema";
        const logs = pgTable("logs", { userId: integer("user_id").references(() => people.id) });
        export const [exported] = [logs];
        const users = pgTable("users", { id: integer("id").primaryKey(), teamId: integer("team_id").references(() => people.id) });
        "#,
    );
    assert_snapshot!(case.unexported(), @"");
}

#[test]
fn leaves_out_what_is_not_meant_for_this_database() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { sqliteTable, integer as int } from "drizzle-orm/sqlite-core";
        import { flags } from "./other/schema";
        export const users = pgTable("users", { id: integer("id").primaryKey(), flags: integer("flags").default(flags.one) });
        const make = (name: string) =>
          pgTable(name, { userId: integer("user_id").references(() => users.id) });
        const made = make("made");
        const others = sqliteTable("others", { id: int("id").primaryKey() });
        const more = sqliteTable("more", { other: int("other").references(() => others.id) });
        //- src/schema.test.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { users } from "./schema";
        const probe = pgTable("probe", { userId: integer("user_id").references(() => users.id) });
        //- src/tests/more.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { users } from "../schema";
        const probe = pgTable("probe2", { userId: integer("user_id").references(() => users.id) });
        //- src/other/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const flags = { one: 1 };
        export const apples = pgTable("apples", { id: integer("id").primaryKey() });
        export const pears = pgTable("pears", { apple: integer("apple").references(() => apples.id) });
        "#,
    );
    let case = case.entries(&["src/schema.ts", "src/schema.test.ts", "src/tests/more.ts"]);
    assert_snapshot!(case.unexported(), @"");
}

#[test]
fn a_schema_may_lie_in_a_folder_of_tests() {
    let case = Case::new(
        r#"
        //- tests/app/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: integer("id").primaryKey() });
        const posts = pgTable("posts", { userId: integer("user_id").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.entries(&["tests/app/schema.ts"]).unexported(), @"
    posts as posts
      posts(user_id) -> users(id) as posts_user_id_users_id_fk
    ");
}

use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;
use crate::Casing;

#[test]
fn postgresql_cuts_names_and_sqlite_has_none() {
    let text = r#"
        export const organization_member_permissions = pgTable("organization_member_permissions", {
          organizationMemberId: integer("organization_member_id").references(() => organization_members.id),
        });
        export const organization_members = pgTable("organization_members", { id: integer("id") });
        "#;
    assert_snapshot!(Case::pg(text).foreign_keys(), @"organization_member_permissions(organization_member_id) -> organization_members(id) as organization_member_permissions_organization_member_id_organiza");
    assert_snapshot!(Case::pg(text).v1().foreign_keys(), @"organization_member_permissions(organization_member_id) -> organization_members(id) as organization_member_permissions_Yuhi9rpT43c2_fkey");
    let sqlite = Case::new(
        r#"
        import { sqliteTable, integer, foreignKey } from "drizzle-orm/sqlite-core";
        export const a = sqliteTable("a", { id: integer("id"), b: integer("b") }, (t) => [
          foreignKey({ name: "named", columns: [t.b], foreignColumns: [t.id] }),
        ]);
        "#,
    )
    .dialect(Dialect::Sqlite);
    assert_snapshot!(sqlite.foreign_keys(), @"a(b) -> a(id)");
    assert!(sqlite.extract().catalog.foreign_keys[0].has_explicit_name);
}

#[test]
fn casing_rewrites_names_in_0_x() {
    let case = Case::new(
        r#"
        import { pgTable, integer, foreignKey } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { userID: integer() });
        export const m = pgTable("mapUserIdLog", { UserId: integer().references(() => users.userID), orgId: integer() }, (t) => [
          foreignKey({ name: "fk_orgId_custom", columns: [t.orgId], foreignColumns: [users.userID] }),
        ]);
        "#,
    )
    .casing(Casing::SnakeCase);
    assert_snapshot!(case.foreign_keys(), @r"
    mapUserIdLog(user_id) -> users(user_id) as mapuser_idLog_UserId_users_user_id_fk
    mapUserIdLog(org_id) -> users(user_id) as fk_org_id_custom
    ");
}

#[test]
fn an_inline_name_counts_in_1_0_only() {
    let text = r#"
        export const t = pgTable("t", { a: integer("a").references(() => users.id, { name: "mine" } as any) });
        "#;
    assert_snapshot!(Case::pg(text).foreign_keys(), @"t(a) -> users(id) as t_a_users_id_fk");
    assert_snapshot!(Case::pg(text).v1().foreign_keys(), @"t(a) -> users(id) as mine");
    assert!(Case::pg(text).v1().extract().catalog.foreign_keys[0].has_explicit_name);
}

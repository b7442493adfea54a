import { integer, pgTable, text, type PgTableWithColumns } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

class TableBuilder {
  private columns: Record<string, any> = { id: integer("id").primaryKey() };
  static count = 0;

  constructor(private readonly name: string, protected prefix = "by") {
    TableBuilder.count += 1;
  }

  with(key: string, column: any): this {
    this.columns[key] = column;
    return this;
  }

  withOwner(action: "cascade" | "restrict" = "cascade"): this {
    return this.with("owner", integer(`${this.prefix}_owner`).references(() => users.id, { onDelete: action }));
  }

  get size() {
    return Object.keys(this.columns).length;
  }

  build(): PgTableWithColumns<any> {
    return pgTable(`${this.name}_${this.size}`, this.columns);
  }
}

class AuditedTableBuilder extends TableBuilder {
  override build() {
    this.with("editor", integer(`${this.prefix}_editor`).references(() => users.id));
    return super.build();
  }
}

export const posts = new TableBuilder("posts").withOwner().with("title", text("title")).build();
export const pages = new AuditedTableBuilder("pages", "of").withOwner("restrict").build();
export const last = pgTable(`last_${TableBuilder.count}`, { id: integer("id") });

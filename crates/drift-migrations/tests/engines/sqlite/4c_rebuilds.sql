-- # 4.16 the right order
create table p (id integer primary key);
create table x (id integer primary key, p_id integer references p (id));
create table c (x_id integer references x (id) on delete cascade);
pragma foreign_keys = off;
create table __new_x (id integer primary key, p_id integer references p (id) on delete set null);
insert into __new_x select * from x;
drop table x;
alter table __new_x rename to x;
pragma foreign_keys = on;

-- # 4.16 a self reference written with the old name
create table x (id integer primary key, up integer references x (id));
create table __new_x (id integer primary key, up integer references x (id) on delete cascade);
drop table x;
alter table __new_x rename to x;

-- # 4.16 a self reference written with the new name
create table x (id integer primary key, up integer references x (id));
create table __new_x (id integer primary key, up integer references __new_x (id) on delete cascade);
drop table x;
alter table __new_x rename to x;

-- # 4.16 the same with legacy_alter_table
pragma legacy_alter_table = on;
create table x (id integer primary key, up integer references x (id));
create table __new_x (id integer primary key, up integer references __new_x (id) on delete cascade);
drop table x;
alter table __new_x rename to x;

-- # 4.16 another table references the new name
create table x (id integer primary key);
create table __new_x (id integer primary key);
create table c (a integer references __new_x (id), b integer references x (id));
drop table x;
alter table __new_x rename to x;

-- # 4.16 another table references the new name, legacy
pragma legacy_alter_table = on;
create table x (id integer primary key);
create table __new_x (id integer primary key);
create table c (a integer references __new_x (id), b integer references x (id));
drop table x;
alter table __new_x rename to x;

-- # 4.16 the wrong order
create table x (id integer primary key, up integer references x (id));
create table c (a integer references x (id));
alter table x rename to x_old;
create table x (id integer primary key, up integer references x (id), more text);
insert into x select id, up, null from x_old;
drop table x_old;

-- # 4.16 the wrong order, legacy
pragma legacy_alter_table = on;
create table x (id integer primary key, up integer references x (id));
create table c (a integer references x (id));
alter table x rename to x_old;
create table x (id integer primary key, up integer references x (id), more text);
drop table x_old;

-- # 4.16 the wrong order, legacy with foreign_keys=ON
pragma foreign_keys = on;
pragma legacy_alter_table = on;
create table x (id integer primary key, up integer references x (id));
create table c (a integer references x (id));
alter table x rename to x_old;
create table x (id integer primary key, up integer references x (id), more text);
drop table x_old;

-- # 4.16 the right order with foreign_keys=ON
pragma foreign_keys = on;
create table x (id integer primary key);
create table c (a integer references x (id) on delete cascade);
insert into x values (1);
insert into c values (1);
create table __new_x (id integer primary key, y text);
insert into __new_x (id) select id from x;
drop table x;
alter table __new_x rename to x;

-- # 4.16 the wrong order, and then the right one again
create table x (id integer primary key);
create table c (a integer references x (id));
alter table x rename to x_old;
create table x (id integer primary key, b text);
drop table x_old;
alter table x rename to x_old;
alter table x_old rename to x;

-- # 4.16 parent and child rebuilt in one migration, child first
create table p (id integer primary key);
create table c (id integer primary key, p_id integer references p (id));
create table __new_c (id integer primary key, p_id integer references p (id) on delete cascade);
drop table c;
alter table __new_c rename to c;
create table __new_p (id integer primary key, name text);
drop table p;
alter table __new_p rename to p;

-- # 4.16 parent and child rebuilt side by side
create table p (id integer primary key);
create table c (id integer primary key, p_id integer references p (id));
create table __new_p (id integer primary key, name text);
create table __new_c (id integer primary key, p_id integer references __new_p (id) on delete cascade);
drop table c;
drop table p;
alter table __new_p rename to p;
alter table __new_c rename to c;

-- # 4.16 side by side, the child renamed first
create table p (id integer primary key);
create table c (id integer primary key, p_id integer references p (id));
create table new_c (id integer primary key, p_id integer references p (id) on delete set null);
create table new_p (id integer primary key, name text);
drop table p;
drop table c;
alter table new_c rename to c;
alter table new_p rename to p;

-- # 4.16 swap through a third name
create table a (id integer primary key, only_a integer references z (id));
create table b (id integer primary key, only_b integer references z (id));
create table c (x integer references a (id), y integer references b (id));
alter table a rename to tmp;
alter table b rename to a;
alter table tmp rename to b;

-- # 4.16 a rebuild by copy and back
create table x (id integer primary key, p_id integer references p (id));
create table c (x_id integer references x (id));
create table x_backup as select * from x;
drop table x;
create table x (id integer primary key, p_id integer references p (id) on delete cascade);
insert into x select * from x_backup;
drop table x_backup;

-- # 4.16 a rebuild through a temporary table
create table x (id integer primary key, p_id integer references p (id));
create temp table x_tmp as select * from x;
drop table x;
create table x (id integer primary key, p_id integer references p (id) on delete cascade, y text);
drop table x_tmp;

-- # 4.16 a rebuild that stops in the middle
create table x (id integer primary key);
create table c (a integer references x (id));
create table __new_x (id integer primary key, y integer references c (a));
drop table x;

-- # 4.16 a rebuild with indexes and triggers
create table x (id integer primary key, a integer unique);
create unique index x_a on x (a);
create trigger x_t after insert on x begin select 1; end;
create table c (a integer references x (a));
create table __new_x (id integer primary key, a integer not null);
drop table x;
alter table __new_x rename to x;
create unique index x_a on x (a);

-- # 4.16 quoted in other ways at each step
create table "x" (id integer primary key);
create table c (a integer references [x] (id));
create table `__new_x` (id integer primary key, up integer references 'X' (id));
drop table [X];
alter table "__NEW_X" rename to `x`;

-- # 4.16 two rebuilds of one table
create table x (id integer primary key, a integer references p (id));
create table c (x_id integer references x (id));
create table __new_x (id integer primary key, a integer references p (id) on delete cascade);
drop table x;
alter table __new_x rename to x;
create table __new_x (id integer primary key, a integer, foreign key (a) references p (id) on delete set null);
drop table x;
alter table __new_x rename to x;

-- # 4.16 drizzle-kit 0.2x: alter with comments in between
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text
);
--> statement-breakpoint
CREATE TABLE `posts` (
	`id` integer PRIMARY KEY NOT NULL,
	`author` integer
);
--> statement-breakpoint
/*
 SQLite does not support "Creating foreign key on existing column" out of the box, we do not generate automatic migration for that, so it has to be done manually
 Please refer to: https://www.techonthenet.com/sqlite/tables/alter_table.php
                  https://www.sqlite.org/lang_altertable.html

 Due to that we don't generate migration automatically and it has to be done manually
*/--> statement-breakpoint
ALTER TABLE posts ADD `editor` integer REFERENCES users(id);--> statement-breakpoint
ALTER TABLE `posts` ADD `reviewer` integer REFERENCES users(id) ON UPDATE cascade ON DELETE set null;

-- # 4.16 drizzle-kit: rebuild with quoted columns and a renamed table
CREATE TABLE `accounts` (`id` text PRIMARY KEY NOT NULL, `user_id` text NOT NULL, FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade);
--> statement-breakpoint
CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);
--> statement-breakpoint
ALTER TABLE `users` RENAME TO `people`;--> statement-breakpoint
ALTER TABLE `accounts` RENAME COLUMN "user_id" TO "person_id";--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
INSERT INTO `__new_accounts`("id", "person_id") SELECT "id", "person_id" FROM `accounts`;--> statement-breakpoint
DROP TABLE `accounts`;--> statement-breakpoint
ALTER TABLE `__new_accounts` RENAME TO `accounts`;--> statement-breakpoint
PRAGMA foreign_keys=ON;

-- # 4.16 a rebuild in a transaction that is rolled back
create table x (id integer primary key, a integer references p (id));
begin;
create table __new_x (id integer primary key, a integer references p (id) on delete cascade);
drop table x;
alter table __new_x rename to x;
rollback;

-- # 4.16 references to a table that never was, through a rebuild
create table c (a integer references ghost (id));
create table __new_c (a integer references ghost (id) on delete cascade, b integer references __new_c (a));
drop table c;
alter table __new_c rename to c;
create table ghost_new (id integer primary key);
alter table ghost_new rename to ghost;

-- # 4.19 writable_schema that changes nothing here
create table p (id integer primary key);
create table c (a integer references p (id));
pragma writable_schema = off;
pragma writable_schema = 0;
alter table p rename to q;

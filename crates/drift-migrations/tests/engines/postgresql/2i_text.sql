-- # 2.61 comments
create table p (id int primary key); -- ; drop table p;
/* create table x (a int); /* nested; */ drop table p; */
create table c (a int /* references p */, b int -- references p
  references p);
--create table d (a int references p);
create table e (a int references p) -- no semicolon here
;

-- # 2.61 strings
create table p (id int primary key, t text default 'x; create table y (a int);');
insert into p values (1, 'it''s; drop table p; --'), (2, E'it\'s; drop table p; /*'), (3, 'back\'), (4, U&'\0061;');
insert into p (id, t) values (5, 'two
lines; drop table p;'), (6, 'joined '
'string;');
create table c (a int references p, b text default E'\\', c text default 'references p', d bit(4) default B'1010', e bytea default X'00'::bit(8)::text::bytea);

-- # 2.61 dollar quotes
create table p (id int primary key, t text default $$; drop table p; $$, u text default $a$ $$ ; $a$);
create table a$b (x int references p);
create table c (a int references p, b text default $é$;$é$);
insert into p values (1, $1$, $x$;$x$);
insert into p values (1, $X$ $x$ ; $X$);
create table d (a int references p);

-- # 2.61 rules with several commands
create table p (id int primary key);
create rule r as on insert to p do also (select 1; create table x (a int););
create rule s as on insert to p do also (select 1; select (2));
create table c (a int references p);

-- # 2.61 operators and casts
create table p (id int primary key, a int default ((1 + 2) * -3), b text default 'x'::text || 'y', d int default - 1, e numeric default 1.5e3, f interval default interval '1 day', g timestamptz default now() - interval '1' day, h int[] default '{1,2}'::int[], i int[] default array[1, 2], j text default (case when true then 'a' else 'b' end), k boolean default (not true), l text collate "C" default 'x' not null, m int default 5 + 3 not null);
create table c (a int default null references p, b int default 1 references p, d date default current_date not null);
create table d (a int default null references p, b int default abs(-1) references p);

-- # 2.62 breakpoints
create table p (id int primary key);--> statement-breakpoint
create table c (a int);
--> statement-breakpoint
alter table c add foreign key (a) references p;--> statement-breakpoint

-- # 2.63 data of COPY
create table p (id int, t text);
copy p (id, t) from stdin;
1	; drop table p; $$ ' " /* create table x (a int);
2	\\.
3	\N
\.
copy p from stdin with (format csv, delimiter ',');
1,"x
\.
copy p (id) from stdin where id > 0;
\.
COPY public.p (id, t) FROM STDIN;
\.
alter table p add primary key (id);
create table c (a int references p);

-- # 2.63 other forms of COPY
create table p (id int primary key);
copy p to stdout;
copy (select * from p) to stdout;
copy p from '/nowhere/at/all';
copy p from program 'false';
create table c (a int references p);

-- # 2.64 commands of psql
\restrict abcdef
create table p (id int primary key);
\unrestrict abcdef
\set x 'y; drop table p;'
\echo create table x (a int);
create table c (a int references p) \g
\pset format unaligned
create table d (a int) \; create table e (a int references p);
\timing off
alter table d add foreign key (a) references p\g
\qecho it is
create table f (a int references p);

-- # 2.64 conditions of psql that are written out
create table p (id int primary key);
\if false
create table c (a int references p);
\elif true
create table d (a int references p);
\else
create table e (a int references p);
\endif
\if true
create table f (a int references p);
\if false
create table g (a int references p);
\endif
\else
create table h (a int references p);
\endif

-- # 2.64 variables of psql in strings are none
create table p (id int primary key, t text default ':x', u time default '10:00:00', v int[] default '{1}');
create table c (a int references p, b int default 1::int);
insert into p (t) values (':x'':y');

-- # 2.65 a dump
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET row_security = off;
CREATE SCHEMA shop;
ALTER SCHEMA shop OWNER TO drift;
CREATE TYPE public.mood AS ENUM (
    'sad',
    'ok'
);
SET default_tablespace = '';
SET default_table_access_method = heap;
--
-- Name: p; Type: TABLE; Schema: public; Owner: -
--
CREATE TABLE public.p (
    id integer NOT NULL,
    m public.mood DEFAULT 'ok'::public.mood
);
CREATE SEQUENCE public.p_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.p_id_seq OWNED BY public.p.id;
CREATE TABLE shop.c (
    id bigint NOT NULL,
    a integer,
    CONSTRAINT positive CHECK ((a > 0))
);
ALTER TABLE shop.c ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop.c_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.p ALTER COLUMN id SET DEFAULT nextval('public.p_id_seq'::regclass);
COPY public.p (id, m) FROM stdin;
1	ok
\.
SELECT pg_catalog.setval('public.p_id_seq', 1, true);
ALTER TABLE ONLY public.p
    ADD CONSTRAINT p_pkey PRIMARY KEY (id);
ALTER TABLE ONLY shop.c
    ADD CONSTRAINT c_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX c_a_idx ON shop.c USING btree (a);
ALTER TABLE ONLY shop.c REPLICA IDENTITY USING INDEX c_pkey;
--
-- Name: c c_a_fkey; Type: FK CONSTRAINT; Schema: shop; Owner: -
--
ALTER TABLE ONLY shop.c
    ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES public.p(id) ON UPDATE CASCADE ON DELETE SET NULL NOT VALID;

-- # 2.65 a dump of partitions
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.p (id integer NOT NULL);
CREATE TABLE public.r (a integer NOT NULL, b integer)
PARTITION BY RANGE (a);
CREATE TABLE public.r1 (a integer NOT NULL, b integer);
CREATE TABLE public.child (c integer)
INHERITS (public.p);
ALTER TABLE ONLY public.r ATTACH PARTITION public.r1 FOR VALUES FROM (0) TO (10);
ALTER TABLE ONLY public.p ADD CONSTRAINT p_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.r ADD CONSTRAINT r_pkey PRIMARY KEY (a);
ALTER TABLE ONLY public.r1 ADD CONSTRAINT r1_pkey PRIMARY KEY (a);
ALTER INDEX public.r_pkey ATTACH PARTITION public.r1_pkey;
ALTER TABLE public.r ADD CONSTRAINT r_b_fkey FOREIGN KEY (b) REFERENCES public.p(id);

-- # 2.66 empty statements, and no semicolon at the end
;;
create table p (id int primary key);;
 ; -- nothing
create table c (a int references p)

-- # 2.66 only comments
-- nothing
/* at all; */

-- # forms of drizzle-kit
CREATE TYPE "public"."status" AS ENUM('a', 'b');--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "users" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" varchar(255) NOT NULL,
	"status" "status" DEFAULT 'a' NOT NULL,
	CONSTRAINT "users_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"author_id" integer NOT NULL,
	"org" integer GENERATED ALWAYS AS IDENTITY (sequence name "posts_org_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tags" text[] DEFAULT '{}'::text[],
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posts_pk" UNIQUE("id","author_id"),
	CONSTRAINT "len" CHECK ("posts"."author_id" > 0)
);
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "posts_idx" ON "posts" USING btree ("author_id" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE UNIQUE INDEX "posts_u" ON "posts" USING btree ("author_id","org") WHERE "org" > 1;--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "status" SET DATA TYPE text;--> statement-breakpoint
DROP TYPE "public"."status";--> statement-breakpoint
CREATE TYPE "public"."status" AS ENUM('a', 'b', 'c');--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "status" SET DATA TYPE "public"."status" USING "status"::"public"."status";--> statement-breakpoint
ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "posts" DROP CONSTRAINT "posts_pk";--> statement-breakpoint
ALTER TABLE "posts" DROP COLUMN IF EXISTS "tags";

-- # a table is rebuilt under its old name
create table p (id int primary key);
create table c (id serial primary key, a int references p, constraint u unique (a));
create table d (x int references c);
begin;
create table c_new (id serial primary key, a bigint references p on delete cascade, constraint u2 unique (a));
insert into c_new select * from c;
alter table d drop constraint d_x_fkey;
drop table c;
alter table c_new rename to c;
alter table c rename constraint c_new_a_fkey to c_a_fkey;
alter index c_new_pkey rename to c_pkey;
alter table d add constraint d_x_fkey foreign key (x) references c on delete set null;
commit;

-- # renames, generated names, partitions and paths together
create schema s;
set search_path = s, public;
create table p (id int primary key);
create table r (a int references p, b int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
alter table r rename to q;
alter table q add foreign key (b) references p on delete cascade;
set search_path = public;
create table s.q1 partition of s.q for values from (10) to (20);
alter table s.r1 rename to q0;
alter table s.q detach partition s.q0;
alter table s.q0 set schema public;
alter schema s rename to t;
begin;
alter table t.q add constraint q_a_fkey foreign key (a) references t.p;
savepoint x;
drop table t.p cascade;
rollback to x;
commit;
do $$ begin
  alter table t.q add constraint r_a_fkey foreign key (a) references t.p on delete cascade;
exception when duplicate_object then
  alter table t.q drop constraint r_a_fkey;
end $$;

-- # a column becomes an identity, a key moves
create table users (id serial primary key, email text);
create table posts (id serial primary key, user_email text, user_id int references users on delete cascade);
alter table users add column uid uuid not null default gen_random_uuid();
alter table posts add column user_uid uuid;
update posts set user_uid = users.uid from users where users.id = posts.user_id;
alter table posts drop constraint posts_user_id_fkey;
alter table users drop constraint users_pkey;
alter table users add primary key (uid);
alter table posts add constraint posts_user_uid_fkey foreign key (user_uid) references users on delete cascade;
alter table posts drop column user_id;
alter table posts rename column user_uid to user_id;
alter table users drop column id;
alter table users rename column uid to id;
alter table posts alter column user_id set not null;

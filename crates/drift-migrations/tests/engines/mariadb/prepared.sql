-- # a foreign key that is added if it is missing
create table p (id int primary key);
create table c (id int primary key, a int, b int, constraint f foreign key (a) references p (id));
SET @s = IF((SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND CONSTRAINT_NAME = 'f' AND CONSTRAINT_TYPE = 'FOREIGN KEY') = 0, 'ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)', 'SELECT 1');
PREPARE st FROM @s;
EXECUTE st;
DEALLOCATE PREPARE st;
SET @s = IF((SELECT COUNT(*) FROM information_schema.table_constraints WHERE table_schema = DATABASE() AND table_name = 'c' AND constraint_name = 'g') = 0, 'ALTER TABLE c ADD CONSTRAINT g FOREIGN KEY (b) REFERENCES p (id) ON DELETE CASCADE', 'SELECT 1');
PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st;

-- # the query around the condition
create table p (id int primary key);
create table c (a int);
SET @sql := (SELECT IF(COUNT(*) > 0, 'SELECT ''there''', 'ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)') FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'f');
PREPARE stmt FROM @sql;
EXECUTE stmt;
EXECUTE stmt;

-- # a name that is looked up
create table p (id int primary key);
create table c (id int primary key, a int, foreign key (a) references p (id));
SELECT CONSTRAINT_NAME INTO @fk FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND COLUMN_NAME = 'a' AND REFERENCED_TABLE_NAME IS NOT NULL LIMIT 1;
SET @sql = CONCAT('ALTER TABLE c DROP FOREIGN KEY `', @fk, '`');
PREPARE st FROM @sql;
EXECUTE st;
ALTER TABLE c ADD CONSTRAINT c_new FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL;

-- # counts in variables
create table p (id int primary key);
create table c (a int);
SELECT COUNT(*) INTO @n FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'C' AND column_name = 'B';
SET @s = IF(@n = 0, 'ALTER TABLE c ADD COLUMN b INT', 'DO 0');
PREPARE st FROM @s; EXECUTE st;
SELECT COUNT(*) INTO @n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND COLUMN_NAME = 'B';
SET @s = IF(@n = 1, 'ALTER TABLE c ADD FOREIGN KEY (b) REFERENCES p (id)', 'DO 0'), @other = 1;
PREPARE st FROM @s; EXECUTE st;

-- # a literal, and at once
create table p (id int primary key);
create table c (a int, b int);
PREPARE st FROM 'ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)';
EXECUTE st;
EXECUTE IMMEDIATE 'ALTER TABLE c ADD CONSTRAINT g FOREIGN KEY (b) REFERENCES p (id)';
SET @t = 'c';
EXECUTE IMMEDIATE CONCAT('ALTER TABLE ', @t, ' DROP FOREIGN KEY f');

-- # exists, and indexes
create table p (id int primary key);
create table c (a int, b int, key old_idx (b));
SET @s = IF(EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND INDEX_NAME = 'OLD_IDX'), 'ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)', 'DO 0');
PREPARE st FROM @s; EXECUTE st;
SET @s = IF(NOT EXISTS (SELECT 1 FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = 'nope'), 'CREATE TABLE nope (c_id int, CONSTRAINT n FOREIGN KEY (c_id) REFERENCES p (id))', 'DO 0');
PREPARE st FROM @s; EXECUTE st;

-- # keys that are not foreign
create table p (id int primary key);
create table c (id int primary key, a int, unique key u (a));
SET @n = (SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND CONSTRAINT_TYPE = 'UNIQUE');
SET @m = (SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND CONSTRAINT_NAME = 'PRIMARY');
SET @s = IF(@n = 1 AND @m = 1, 'ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)', 'DO 0');
PREPARE st FROM @s; EXECUTE st;

-- # the checks that were switched off
create table c (a int);
SET @old = @@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS = 0;
ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);
create table p (id int primary key);
SET FOREIGN_KEY_CHECKS = @old;
ALTER TABLE c ADD CONSTRAINT g FOREIGN KEY (a) REFERENCES q (id);

-- # a rule that differs
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id) on delete cascade);
SET @rule = (SELECT DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = 'c' AND CONSTRAINT_NAME = 'f');
SET @s = IF(@rule <> 'SET NULL', 'ALTER TABLE c DROP FOREIGN KEY f', 'DO 0');
PREPARE st FROM @s; EXECUTE st;
SET @s = IF(@rule = 'cascade', 'ALTER TABLE c ADD CONSTRAINT f2 FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL', 'DO 0');
PREPARE st FROM @s; EXECUTE st;

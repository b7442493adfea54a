-- # 3.43 comments
# create table nothing (a int);
create table p (id int primary key); -- create table q (id int);
create table c (a int, # foreign key (a) references p (id),
  b int -- , foreign key (a) references p (id)
  , /* foreign key (b) references p (id), /* still */ constraint f foreign key (a) references p (id) # the end
);
create table d (a int default (5--1), constraint g foreign key (a) references p (id));
create table e (a int, --	tab
  constraint h foreign key (a) references p (id)); --

-- # 3.44 executable comments
create table p (id int primary key);
create table c (a int, b int
  /*! , constraint f1 foreign key (a) references p (id) */
  /*!40101 , constraint f2 foreign key (a) references p (id) */
  /*!50601 , constraint f3 foreign key (a) references p (id) */
  /*!50701 , constraint f4 foreign key (a) references p (id) */
  /*!80000 , constraint f5 foreign key (a) references p (id) */
  /*!99999 , constraint f6 foreign key (a) references p (id) */
  /*!100500 , constraint f7 foreign key (a) references p (id) */
  /*!999999 , constraint f8 foreign key (a) references p (id) */
  /*M! , constraint f9 foreign key (a) references p (id) */
  /*M!100500 , constraint f10 foreign key (a) references p (id) */
  /*M!999999 , constraint f11 foreign key (a) references p (id) */
  /*+ , constraint f12 foreign key (a) references p (id) */
);

-- # 3.44 whole statements in comments
create table p (id int primary key);
/*!40101 SET @saved_cs_client = @@character_set_client */;
/*!50001 create table c (a int, constraint f foreign key (a) references p (id)) */;
/*!80000 alter table c drop foreign key f */;
/*!50100 alter table c drop foreign key f */;
/*!40000 ALTER TABLE c DISABLE KEYS */;
/*M!100100 alter table c add constraint g foreign key (a) references p (id) on delete cascade */;

-- # 3.44 an executable comment in the middle of a word list
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id) /*!50000 on delete cascade */ /*!80000 on update cascade */);

-- # 3.45 strings
create table p (id int primary key);
create table c (a int comment 'it''s, foreign key (a) references q (id)', b varchar(50) default 'x\'); drop table p; --', d varchar(20) default "a\"b""c'", constraint f foreign key (a) references p (id)) comment = 'foreign key (b) references p (id)';
insert into c values (null, 'a;b', 'c'); alter table c drop foreign key f;

-- # 3.45 identifiers
create table `p``q` (`i d` int, `order` int primary key, `select` int, `1` int);
create table `from` (`to``` int, 1st int, constraint `on delete` foreign key (`to```) references `p``q` (`order`) on delete cascade);
alter table `from` add constraint `2nd` foreign key (1st) references `p``q` (`order`);

-- # 3.45 blanks around the dot
create database other;
create table other . p (id int primary key);
create table other. c (a int, constraint f foreign key (a) references other . p (id));
create table other .d (a int, constraint g foreign key (a) references p (id));

-- # 3.45 ANSI_QUOTES
create table p (id int primary key);
set sql_mode = 'ANSI_QUOTES';
create table "c" ("a" int, constraint "f" foreign key ("a") references "p" ("id") on delete cascade);

-- # 3.45 NO_BACKSLASH_ESCAPES
create table p (id int primary key);
set sql_mode = 'NO_BACKSLASH_ESCAPES';
create table c (a int, s varchar(10) default 'x\', constraint f foreign key (a) references p (id));
create table d (a int, constraint g foreign key (a) references p (id));

-- # 3.46 DELIMITER
create table p (id int primary key);
create table c (a int);
DELIMITER //
create procedure pr() begin alter table c add constraint f foreign key (a) references p (id); end//
create trigger t before insert on c for each row begin set new.a = 1; end//
create table d (a int, constraint g foreign key (a) references p (id))//
DELIMITER ;
create table e (a int, constraint h foreign key (a) references p (id));

-- # 3.46 DELIMITER of other kinds
create table p (id int primary key);
delimiter $$
create table c (a int, constraint f foreign key (a) references p (id)) $$
create function fn() returns int deterministic begin declare x int; set x = 1; return x; end $$
delimiter ;
delimiter ;;
create table d (a int, constraint g foreign key (a) references p (id));;
delimiter ;
alter table d drop foreign key g;

-- # 3.46 bodies with names of statements
create table p (id int primary key);
create table c (a int);
delimiter |
create trigger t after insert on c for each row
begin
  if new.a = 1 then delete from p; end if;
  case new.a when 1 then delete from p; else begin end; end case;
end|
create event e on schedule every 1 day do begin delete from p; delete from c; end|
delimiter ;
alter table c add constraint f foreign key (a) references p (id);

-- # 3.48 mysqldump
/*M!999999\- enable the sandbox mode */
-- MariaDB dump 10.19
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
DROP TABLE IF EXISTS `books`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `books` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `writer_id` int(11) DEFAULT NULL,
  `title` varchar(20) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `title` (`title`),
  KEY `writer_id` (`writer_id`),
  CONSTRAINT `books_ibfk_1` FOREIGN KEY (`writer_id`) REFERENCES `writers` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `books` WRITE;
/*!40000 ALTER TABLE `books` DISABLE KEYS */;
INSERT INTO `books` VALUES (1,NULL,'it\'s; drop table books'),(2,NULL,'--');
/*!40000 ALTER TABLE `books` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `writers`;
CREATE TABLE `writers` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
drop table `writers`;

-- # 3.48 phpMyAdmin
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";
CREATE TABLE `c` (
  `id` int(11) NOT NULL,
  `a` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
CREATE TABLE `p` (
  `id` int(11) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
ALTER TABLE `c`
  ADD PRIMARY KEY (`id`),
  ADD KEY `a` (`a`);
ALTER TABLE `p`
  ADD PRIMARY KEY (`id`);
ALTER TABLE `c`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=4;
ALTER TABLE `c`
  ADD CONSTRAINT `c_ibfk_1` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE SET NULL ON UPDATE CASCADE;
COMMIT;

-- # 3.48 MySQL Workbench
SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;
SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0;
SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='TRADITIONAL,ALLOW_INVALID_DATES';
CREATE TABLE IF NOT EXISTS `c` (
  `id` INT NOT NULL AUTO_INCREMENT,
  `p_id` INT NOT NULL,
  PRIMARY KEY (`id`, `p_id`),
  INDEX `fk_c_p_idx` (`p_id` ASC),
  CONSTRAINT `fk_c_p`
    FOREIGN KEY (`p_id`)
    REFERENCES `p` (`id`)
    ON DELETE NO ACTION
    ON UPDATE CASCADE)
ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS `p` (
  `id` INT NOT NULL,
  PRIMARY KEY (`id`))
ENGINE = InnoDB;
SET SQL_MODE=@OLD_SQL_MODE;
SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS;
SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS;
alter table `c` add constraint g foreign key (p_id) references nowhere (id);

-- # 3.49 forms of the switch
create table p (id int primary key);
set session foreign_key_checks = OFF;
create table c1 (a int, constraint f1 foreign key (a) references n1 (id));
set foreign_key_checks = DEFAULT;
create table c2 (a int, constraint f2 foreign key (a) references n2 (id));
set @@foreign_key_checks := 0;
create table c3 (a int, constraint f3 foreign key (a) references n3 (id));
set @@session.foreign_key_checks = ON;
create table c4 (a int, constraint f4 foreign key (a) references n4 (id));
set @x = 1, foreign_key_checks = 0, @y = 'foreign_key_checks = 1';
create table c5 (a int, constraint f5 foreign key (a) references n5 (id));
set local foreign_key_checks = true;
create table c6 (a int, constraint f6 foreign key (a) references n6 (id));
set FOREIGN_KEY_CHECKS = false;
create table c7 (a int, constraint f7 foreign key (a) references n7 (id));
set @@local.foreign_key_checks = 1;
create table c8 (a int, constraint f8 foreign key (a) references n8 (id));

-- # 3.49 GLOBAL acts on new sessions only
set global foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references n (id));
set @@global.foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references n (id));
set global foreign_key_checks = 1;
set @@global.foreign_key_checks = 1;

-- # 3.49 restored from a variable
set @old = @@foreign_key_checks, foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references n (id));
set foreign_key_checks = @old;
create table d (a int, constraint g foreign key (a) references n2 (id));

-- # 3.49 restored to what was off already
set foreign_key_checks = 0;
set @old = @@foreign_key_checks, foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references n (id));
set foreign_key_checks = @old;
create table d (a int, constraint g foreign key (a) references n2 (id));

-- # 3.49 checks off allow dropping what is referenced
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
SET FOREIGN_KEY_CHECKS=0;
DROP TABLE IF EXISTS p;
SET FOREIGN_KEY_CHECKS=1;
create table p (id int primary key);

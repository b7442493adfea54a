set foreign_key_checks = 0;
drop database if exists app;
drop database if exists other;
create database app;
use app;
set foreign_key_checks = 1;

-- Schemas and accounts of Bascule. Run as a database administrator; may be run again, for example to change a password or to add a host.
--
-- Placeholders:
--   @HOST@                the host that the application server connects from, as MariaDB sees it
--   @APP_PASSWORD@        password of the application's account
--   @MIGRATE_PASSWORD@    password of the account that alters the schema at start-up
--
-- The application's account cannot alter a schema, and can neither change nor delete audit rows. Where binary logging is on, the server needs
-- log_bin_trust_function_creators=1 while the migration creates its triggers.

create database if not exists bascule character set utf8mb4 collate utf8mb4_unicode_520_ci;
create database if not exists bascule_audit character set utf8mb4 collate utf8mb4_unicode_520_ci;

create user if not exists 'bascule'@'@HOST@' identified by '@APP_PASSWORD@';
alter user 'bascule'@'@HOST@' identified by '@APP_PASSWORD@';
grant select, insert, update, delete on bascule.* to 'bascule'@'@HOST@';
grant select, insert on bascule_audit.* to 'bascule'@'@HOST@';

create user if not exists 'bascule_migrate'@'@HOST@' identified by '@MIGRATE_PASSWORD@';
alter user 'bascule_migrate'@'@HOST@' identified by '@MIGRATE_PASSWORD@';
grant all on bascule.* to 'bascule_migrate'@'@HOST@';
grant all on bascule_audit.* to 'bascule_migrate'@'@HOST@';

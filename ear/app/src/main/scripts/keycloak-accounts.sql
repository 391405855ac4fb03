-- Schema and account of Keycloak. Placeholders: @HOST@, @KEYCLOAK_PASSWORD@. May be run again.

create database if not exists keycloak character set utf8mb4 collate utf8mb4_unicode_520_ci;
create user if not exists 'keycloak'@'@HOST@' identified by '@KEYCLOAK_PASSWORD@';
alter user 'keycloak'@'@HOST@' identified by '@KEYCLOAK_PASSWORD@';
grant all on keycloak.* to 'keycloak'@'@HOST@';

--liquibase formatted sql

--changeset bascule:sessions-003
-- Which sessions of the realms have ended lately: a log-out is recorded once, whichever nodes hear of it.
create table ended_login (
  domain_id char(36) character set ascii collate ascii_bin not null,
  session_hash binary(32) not null comment 'SHA-256 of the realm''s id of the session',
  ended datetime(3) not null comment 'kept for some minutes',
  constraint pk_ended_login primary key (domain_id, session_hash),
  constraint fk_ended_login_domain foreign key (domain_id) references domain (id) on delete cascade,
  index ix_ended_login_ended (domain_id, ended)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table ended_login;

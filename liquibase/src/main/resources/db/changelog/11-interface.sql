--liquibase formatted sql

--changeset bascule:interface-001
-- Inserted before the creation and in its transaction, so that whoever repeats a request waits at the primary key for the first one, and a row
-- that can be seen always has its answer.
create table creation_key (
  domain_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null comment 'who made the request; keys of others are others',
  idempotency_key varchar(64) character set ascii collate ascii_bin not null,
  sealed mediumblob null comment 'fingerprint of the request and the answer to it, wrapped by the master key: an answer may hold a secret',
  created datetime(3) not null comment 'kept for 24 hours',
  constraint pk_creation_key primary key (domain_id, user_id, idempotency_key),
  constraint fk_creation_key_domain foreign key (domain_id) references domain (id) on delete cascade,
  index ix_creation_key_created (created)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table creation_key;

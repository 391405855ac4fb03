--liquibase formatted sql

-- Relays that made themselves known, and the ways that sessions took.

--changeset bascule:relays-001
-- The key of an id stays what it was until the operator removes the row.
create table relay (
  id varchar(64) character set ascii collate ascii_bin not null,
  public_key binary(32) not null comment 'Ed25519, the relay''s own',
  name varchar(80) not null,
  region varchar(40) not null,
  url varchar(200) character set ascii collate ascii_bin not null,
  native_url varchar(200) character set ascii collate ascii_bin not null,
  version varchar(40) not null,
  address varchar(64) not null comment 'that the last heartbeat came from',
  state varchar(8) character set ascii collate ascii_bin not null,
  drain boolean not null default false comment 'the operator wants it to be empty',
  draining boolean not null comment 'it refuses new connections',
  capacity int not null,
  sessions int not null,
  bytes_per_second bigint not null,
  number bigint not null comment 'of the last heartbeat',
  first_seen datetime(3) not null,
  last_heartbeat datetime(3) not null,
  constraint pk_relay primary key (id),
  constraint ck_relay_state check (state in ('pending', 'approved', 'refused')),
  index ix_relay_state (state, last_heartbeat)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table relay;

--changeset bascule:relays-002
alter table remote_session
  add column relay_client_ms int null comment 'round trip from the client to the relay, as the client measured it',
  add column relay_device_ms int null comment 'the same of the device';
--rollback alter table remote_session drop column relay_client_ms, drop column relay_device_ms;

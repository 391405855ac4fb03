--liquibase formatted sql

--changeset bascule:sessions-001
-- History outlives device and user: their names are kept as they were, without foreign keys.
create table remote_session (
  sid char(32) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  device_name varchar(200) not null,
  user_id char(36) character set ascii collate ascii_bin not null,
  user_name varchar(200) not null,
  operations varchar(1024) character set ascii collate ascii_bin not null comment 'joined by commas',
  account varchar(32) not null,
  reason varchar(500) null,
  state varchar(8) character set ascii collate ascii_bin not null,
  acr varchar(64) null,
  auth_time datetime(3) null,
  cnf binary(32) null comment 'SHA-256(m1)',
  ticket_seq int not null default 0,
  renewed datetime(3) null,
  lease_expires datetime(3) null,
  session_expires datetime(3) null,
  relay varchar(64) null,
  created datetime(3) not null,
  started datetime(3) null,
  ended datetime(3) null,
  end_reason varchar(200) null,
  client_address varchar(64) not null,
  device_address varchar(64) null,
  bytes_in bigint not null default 0,
  bytes_out bigint not null default 0,
  constraint pk_remote_session primary key (sid),
  constraint fk_session_domain foreign key (domain_id) references domain (id),
  constraint ck_session_state check (state in ('ready', 'offered', 'running', 'ended')),
  constraint ck_session_ended check ((state = 'ended') = (ended is not null)),
  index ix_session_device (domain_id, device_id, created),
  index ix_session_user (domain_id, user_id, created),
  index ix_session_state (state, renewed)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table remote_session;

--changeset bascule:sessions-002
-- Events of the identity provider that are in the audit log already: each is recorded once, though it is asked for with an overlap.
create table login_event (
  domain_id char(36) character set ascii collate ascii_bin not null,
  event_id varchar(64) character set ascii collate ascii_bin not null,
  occurred datetime(3) not null,
  constraint pk_login_event primary key (domain_id, event_id),
  constraint fk_login_event_domain foreign key (domain_id) references domain (id),
  index ix_login_event_occurred (domain_id, occurred)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table login_event;

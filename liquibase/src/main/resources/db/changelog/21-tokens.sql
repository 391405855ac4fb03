--liquibase formatted sql

-- With what somebody comes: sign-ins at the realms as far as this server has seen them, and API tokens.

--changeset bascule:tokens-101
create table sign_in (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null,
  client varchar(7) character set ascii collate ascii_bin not null,
  realm_session varchar(200) character set ascii collate ascii_bin null comment 'the realm''s id of the session; null: it told none',
  address varchar(64) not null comment 'at the sign-in',
  user_agent varchar(300) null comment 'hostile text',
  since datetime(3) not null,
  last_used datetime(3) not null comment 'to about a minute',
  idle_seconds int not null comment 'how long it lasts without use',
  until datetime(3) not null comment 'how long a browser''s lasts at most',
  ended datetime(3) null,
  constraint pk_sign_in primary key (id),
  constraint fk_sign_in_user foreign key (domain_id, user_id) references resource (domain_id, id) on delete cascade,
  constraint ck_sign_in_client check (client in ('browser', 'program')),
  index ix_sign_in_session (domain_id, realm_session),
  index ix_sign_in_user (domain_id, user_id, last_used),
  index ix_sign_in_last_used (last_used)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='one that has ended never goes on; whoever comes back with the same session of the realm gets a new row';
--rollback drop table sign_in;

--changeset bascule:tokens-102
-- The secret has 256 random bits: its plain SHA-256 cannot be guessed back.
create table api_token (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null comment 'as whom it acts',
  name varchar(200) not null,
  secret_hash binary(32) not null comment 'SHA-256 of the whole text',
  permissions text character set ascii collate ascii_bin not null comment 'codes, joined by commas',
  factor_at datetime(3) null comment 'when its maker had proved a second factor; null: none',
  created datetime(3) not null,
  expires datetime(3) not null,
  last_used datetime(3) null comment 'to about a minute',
  last_address varchar(64) null,
  constraint pk_api_token primary key (id),
  constraint uk_api_token_secret unique (secret_hash),
  constraint uk_api_token_domain unique (domain_id, id),
  constraint fk_api_token_user foreign key (domain_id, user_id) references resource (domain_id, id) on delete cascade,
  constraint ck_api_token_expires check (created < expires),
  index ix_api_token_user (domain_id, user_id, created)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table api_token;

--changeset bascule:tokens-103
create table api_token_folder (
  token_id char(36) character set ascii collate ascii_bin not null,
  folder_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  constraint pk_api_token_folder primary key (token_id, folder_id),
  constraint fk_api_token_folder_token foreign key (domain_id, token_id) references api_token (domain_id, id) on delete cascade,
  constraint fk_api_token_folder_folder foreign key (domain_id, folder_id) references folder (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='where a token counts, with what is below; a token whose folders are all gone counts nowhere';
--rollback drop table api_token_folder;

--changeset bascule:tokens-104
alter table remote_session
  add column credential_id char(36) character set ascii collate ascii_bin null
    comment 'sign-in or API token with which it was opened; null: by an earlier version',
  add index ix_session_credential (domain_id, credential_id, state);
--rollback alter table remote_session drop index ix_session_credential, drop column credential_id;

--changeset bascule:tokens-105
-- A log-out is recorded once, whichever nodes hear of it: sign_in.ended says so now.
drop table ended_login;
--rollback create table ended_login (
--rollback   domain_id char(36) character set ascii collate ascii_bin not null,
--rollback   session_hash binary(32) not null comment 'SHA-256 of the realm''s id of the session',
--rollback   ended datetime(3) not null comment 'kept for some minutes',
--rollback   constraint pk_ended_login primary key (domain_id, session_hash),
--rollback   constraint fk_ended_login_domain foreign key (domain_id) references domain (id) on delete cascade,
--rollback   index ix_ended_login_ended (domain_id, ended)
--rollback ) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;

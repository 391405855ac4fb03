--liquibase formatted sql

-- What a domain decides about itself, conditions of access beside the rights, and imports.

--changeset bascule:options-101
create table domain_option (
  domain_id char(36) character set ascii collate ascii_bin not null,
  comment_required boolean not null default false comment 'a person who ends a session says what was done',
  full_session_log boolean not null default false,
  assistance_enabled boolean not null default true,
  assistance_fields varchar(32) character set ascii collate ascii_bin not null default '' comment 'asked for at the device; joined by commas',
  assistance_hours int not null default 24 comment 'after which a request expires',
  notification_addresses text not null default '' comment 'joined by line feeds',
  quota int null comment 'concurrent sessions; null: no limit',
  version bigint not null default 0 comment 'grows with every change made by a person',
  constraint pk_domain_option primary key (domain_id),
  constraint fk_domain_option_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_domain_option_hours check (assistance_hours between 1 and 720),
  constraint ck_domain_option_quota check (quota between 1 and 100000)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='one row for each domain, made when it is first needed; locked while a session is admitted';
--rollback drop table domain_option;

--changeset bascule:options-102
alter table folder add column quota int null comment 'concurrent sessions on devices in it and below; null: no limit',
  add constraint ck_folder_quota check (quota between 1 and 100000);
--rollback alter table folder drop constraint ck_folder_quota, drop column quota;

--changeset bascule:options-103
alter table remote_session add column comment varchar(1000) null comment 'of its user, about what was done; set once';
--rollback alter table remote_session drop column comment;

--changeset bascule:options-104
-- A record without a reference is no contract: it only demands one of what is below.
create table contract (
  folder_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  reference varchar(200) null,
  purpose varchar(1000) null,
  valid_from datetime(3) null,
  valid_until datetime(3) null,
  terms text null comment 'about data privacy',
  required boolean not null default false comment 'no access without a valid contract',
  constraint pk_contract primary key (folder_id),
  constraint fk_contract_folder foreign key (domain_id, folder_id) references folder (domain_id, id) on delete cascade,
  constraint ck_contract_validity check (valid_from < valid_until)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='of a folder and everything below it, unless a folder below has its own';
--rollback drop table contract;

--changeset bascule:options-105
create table contract_qualification (
  folder_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  name varchar(200) not null,
  constraint pk_contract_qualification primary key (folder_id, name),
  constraint fk_contract_qualification foreign key (folder_id) references contract (folder_id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='what somebody must be qualified for who works below the folder';
--rollback drop table contract_qualification;

--changeset bascule:options-106
create table user_qualification (
  user_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  name varchar(200) not null,
  valid_until datetime(3) null comment 'null: for good',
  constraint pk_user_qualification primary key (user_id, name),
  constraint fk_user_qualification foreign key (domain_id, user_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table user_qualification;

--changeset bascule:transfer-101
create table import_job (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null comment 'who alone may see it',
  format varchar(4) character set ascii collate ascii_bin not null,
  dry_run boolean not null,
  state varchar(7) character set ascii collate ascii_bin not null,
  phase varchar(8) character set ascii collate ascii_bin not null,
  done bigint not null default 0,
  total bigint not null default 0,
  created_things bigint not null default 0,
  updated_things bigint not null default 0,
  moved_things bigint not null default 0,
  deleted_things bigint not null default 0,
  unchanged_things bigint not null default 0,
  skipped_things bigint not null default 0,
  problems mediumtext null comment 'a JSON array',
  created datetime(3) not null,
  finished datetime(3) null,
  constraint pk_import_job primary key (id),
  constraint fk_import_job_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_import_job_state check (state in ('running', 'done', 'failed')),
  constraint ck_import_job_finished check ((state = 'running') = (finished is null)),
  index ix_import_job_state (state),
  index ix_import_job_created (domain_id, created)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table import_job;

--changeset bascule:transfer-102
create table import_change (
  job_id char(36) character set ascii collate ascii_bin not null,
  number int not null comment 'order of the list',
  domain_id char(36) character set ascii collate ascii_bin not null,
  line bigint not null,
  action varchar(8) character set ascii collate ascii_bin not null,
  kind varchar(16) character set ascii collate ascii_bin not null,
  path varchar(1000) not null,
  detail text not null,
  constraint pk_import_change primary key (job_id, number),
  constraint fk_import_change_job foreign key (job_id) references import_job (id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='what an import changes, or would change';
--rollback drop table import_change;

--liquibase formatted sql

-- How people sign in: what a domain has decided, which realm has it already, domains that are being made, and accounts.

--changeset bascule:realms-001
create table sign_in_setting (
  domain_id char(36) character set ascii collate ascii_bin not null,
  min_length int not null default 8,
  classes int not null default 3,
  history int not null default 3,
  not_user_name boolean not null default true,
  second_factor varchar(10) character set ascii collate ascii_bin not null default 'voluntary',
  passwordless boolean not null default true,
  idle_minutes int not null default 30,
  max_hours int not null default 10,
  fresh_permissions varchar(1500) character set ascii collate ascii_bin not null default '' comment 'codes, joined by commas',
  fresh_minutes int not null default 5,
  version bigint not null default 0 comment 'grows with every change; the realm is brought up to it',
  constraint pk_sign_in_setting primary key (domain_id),
  constraint fk_sign_in_setting_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_sign_in_length check (min_length between 8 and 64),
  constraint ck_sign_in_classes check (classes between 1 and 4),
  constraint ck_sign_in_history check (history between 0 and 24),
  constraint ck_sign_in_factor check (second_factor in ('voluntary', 'everybody', 'chosen')),
  constraint ck_sign_in_idle check (idle_minutes between 5 and 1440),
  constraint ck_sign_in_hours check (max_hours between 1 and 720),
  constraint ck_sign_in_fresh check (fresh_minutes between 1 and 60)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='a domain without a row has the defaults';
--rollback drop table sign_in_setting;

--changeset bascule:realms-002
create table sign_in_principal (
  domain_id char(36) character set ascii collate ascii_bin not null,
  principal_id char(36) character set ascii collate ascii_bin not null comment 'a user or a group',
  constraint pk_sign_in_principal primary key (domain_id, principal_id),
  constraint fk_sign_in_principal foreign key (domain_id, principal_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='of whom a second factor is asked where it is chosen';
--rollback drop table sign_in_principal;

--changeset bascule:realms-003
create table realm_state (
  domain_id char(36) character set ascii collate ascii_bin not null,
  applied_template int not null default 0 comment 'version of the template that the realm has; never lowered',
  applied_base binary(32) null comment 'digest of template and installation settings that the realm has',
  applied_version bigint not null default -1 comment 'of sign_in_setting',
  applied datetime(3) null,
  attempts int not null default 0 comment 'that failed since the last success',
  next_attempt datetime(3) null,
  last_error varchar(300) null,
  lease_until datetime(3) null comment 'until when one node works on it',
  constraint pk_realm_state primary key (domain_id),
  constraint fk_realm_state_domain foreign key (domain_id) references domain (id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table realm_state;

--changeset bascule:realms-004
-- Not bound to domain: it comes into being in between.
create table domain_creation (
  id char(36) character set ascii collate ascii_bin not null comment 'of the domain',
  name varchar(100) not null,
  realm varchar(100) character set ascii collate ascii_bin not null,
  owner_id char(36) character set ascii collate ascii_bin not null,
  owner_name varchar(100) not null,
  owner_email varchar(254) null,
  invite boolean not null,
  first_password varbinary(500) null comment 'sealed; null once the realm has it',
  requested_by varchar(250) not null,
  state varchar(10) character set ascii collate ascii_bin not null,
  step varchar(10) character set ascii collate ascii_bin not null,
  attempts int not null default 0,
  next_attempt datetime(3) not null,
  lease_until datetime(3) null,
  last_error varchar(300) null,
  created datetime(3) not null,
  taken_name varchar(100) generated always as (case when state in ('creating', 'undoing') then name end) stored,
  constraint pk_domain_creation primary key (id),
  constraint uk_domain_creation_name unique (taken_name),
  constraint ck_domain_creation_state check (state in ('creating', 'ready', 'undoing', 'undone')),
  constraint ck_domain_creation_step check (step in ('realm', 'domain', 'invitation', 'undo', 'done'))
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table domain_creation;

--changeset bascule:realms-005
alter table user_ref
  add column enabled boolean not null default true comment 'false: an administrator has switched signing in off',
  add column expires datetime(3) null comment 'from when on signing in is refused',
  add index ix_user_restricted (domain_id, enabled, expires);
--rollback alter table user_ref drop index ix_user_restricted, drop column expires, drop column enabled;

--changeset bascule:realms-006
-- A token of an account that was deleted may be good for some minutes more, and its realm may be away when it is deleted.
create table removed_subject (
  domain_id char(36) character set ascii collate ascii_bin not null,
  subject char(36) character set ascii collate ascii_bin not null,
  removed datetime(3) not null,
  next_attempt datetime(3) null comment 'at removing the account from the realm; null when that is done',
  attempts int not null default 0,
  constraint pk_removed_subject primary key (domain_id, subject),
  constraint fk_removed_subject_domain foreign key (domain_id) references domain (id) on delete cascade,
  index ix_removed_subject_next (next_attempt)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='subjects of users that were deleted: they are nobody for ever';
--rollback drop table removed_subject;

--liquibase formatted sql

--changeset bascule:access-001
alter table domain add column rights_version bigint not null default 0
  comment 'grows with every change that can change anybody''s rights';
--rollback alter table domain drop column rights_version;

--changeset bascule:access-002
-- Moving a device changes rights on that device alone: what was worked out for the rest of the domain stays true.
alter table domain add column placement_version bigint not null default 0
  comment 'grows with every move of something that is no folder';
--rollback alter table domain drop column placement_version;

--changeset bascule:access-003
alter table resource add column inherit boolean not null default true
  comment 'false: entries above do not count here, denials too';
--rollback alter table resource drop column inherit;

--changeset bascule:access-004
-- What decides about rights stands in the index, so that rows that are not visible are passed over without being read.
alter table resource add index ix_resource_page (domain_id, kind, name, id, parent_id, inherit), drop index ix_resource_name;
--rollback alter table resource add index ix_resource_name (domain_id, kind, name, id), drop index ix_resource_page;

--changeset bascule:access-005
alter table resource add index ix_resource_place (domain_id, kind, parent_id, inherit, name);
--rollback alter table resource drop index ix_resource_place;

--changeset bascule:access-006
-- Several entries may say the same at different times, such as one with a weekly window and one that was requested for today.
alter table acl_entry
  add column valid_from datetime(3) null,
  add column valid_until datetime(3) null,
  add column window_days tinyint unsigned null comment 'bit 0 is Monday',
  add column window_start smallint unsigned null comment 'minutes of the day',
  add column window_end smallint unsigned null comment 'minutes of the day, not included; before the start: on the next day',
  add column window_zone varchar(64) character set ascii collate ascii_bin null comment 'IANA name',
  add column origin varchar(8) character set ascii collate ascii_bin not null default 'entry',
  add column delegable boolean not null default false comment 'whoever holds the permission by this entry may pass it on',
  add column version bigint not null default 0,
  add column created datetime(3) not null default utc_timestamp(3),
  add constraint ck_entry_origin check (origin in ('entry', 'request')),
  add constraint ck_entry_period check (valid_from is null or valid_until is null or valid_from < valid_until),
  add constraint ck_entry_window check (
    (window_days is null and window_start is null and window_end is null and window_zone is null)
    or (window_days between 1 and 127 and window_start < 1440 and window_end <= 1440 and window_start <> window_end and window_zone is not null)),
  add index ix_entry_principal (principal_id, permission, resource_id),
  add index ix_entry_domain (domain_id, id),
  drop index uk_entry;
--rollback alter table acl_entry add constraint uk_entry unique (principal_id, permission, resource_id, effect), drop index ix_entry_domain, drop index ix_entry_principal, drop constraint ck_entry_window, drop constraint ck_entry_period, drop constraint ck_entry_origin, drop column created, drop column version, drop column delegable, drop column origin, drop column window_zone, drop column window_end, drop column window_start, drop column window_days, drop column valid_until, drop column valid_from;

--changeset bascule:access-007
-- Who administered a domain before there was a limit to passing on goes on doing so.
update acl_entry e join user_group g on g.id = e.principal_id and g.built_in join resource r on r.id = g.id
set e.delegable = true where e.effect = 'allow' and r.name in ('Owners', 'Administrators');
--rollback update acl_entry set delegable = false;

--changeset bascule:access-008
create table access_request (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  resource_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null,
  permissions varchar(1500) character set ascii collate ascii_bin not null comment 'codes, joined by commas',
  reason varchar(500) not null,
  valid_until datetime(3) not null comment 'asked for; shortened by who approves',
  state varchar(9) character set ascii collate ascii_bin not null default 'open',
  decided_by varchar(200) null comment 'name at that time',
  decided datetime(3) null,
  decision varchar(500) null comment 'why it was rejected',
  version bigint not null default 0,
  created datetime(3) not null,
  constraint pk_access_request primary key (id),
  constraint fk_request_resource foreign key (domain_id, resource_id) references resource (domain_id, id) on delete cascade,
  constraint fk_request_user foreign key (domain_id, user_id) references resource (domain_id, id) on delete cascade,
  constraint ck_request_state check (state in ('open', 'approved', 'rejected', 'withdrawn', 'expired')),
  index ix_request_state (domain_id, state, created, id),
  index ix_request_user (domain_id, user_id, created, id),
  index ix_request_due (state, valid_until)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='access for a limited time that a second person decides about';
--rollback drop table access_request;

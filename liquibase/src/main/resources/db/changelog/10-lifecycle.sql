--liquibase formatted sql

-- How devices come, renew themselves, change and go.

--changeset bascule:lifecycle-001
alter table device
  add column revoked datetime(3) null comment 'its certificates are revoked: it must be paired or enrolled anew',
  add column hardware_changed datetime(3) null comment 'it came with its key from another machine: refused until somebody binds it anew',
  add column claimed datetime(3) null comment 'somebody last tried to register this hardware again',
  add column pending_spki varbinary(128) null comment 'the next identity key, until the device has used it',
  add column assist_enabled boolean not null default false comment 'help may be asked for at this device',
  add column assist_until datetime(3) null comment 'until then; null: no end';
--rollback alter table device drop column revoked, drop column hardware_changed, drop column claimed, drop column pending_spki, drop column assist_enabled, drop column assist_until;

--changeset bascule:lifecycle-002
alter table device_certificate
  add column pending boolean not null default false comment 'for the next identity key: in force when the device has used it';
--rollback alter table device_certificate drop column pending;

--changeset bascule:lifecycle-003
-- One machine is one device in the whole installation. Hashes alone: the machine hashes its numbers with the installation's root.
create table device_hardware (
  device_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  kind varchar(8) character set ascii collate ascii_bin not null,
  hash binary(32) not null,
  offered boolean not null default false comment 'seen at a change, in force when somebody binds the device anew',
  constraint pk_device_hardware primary key (device_id, offered, kind, hash),
  constraint fk_hardware_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade,
  constraint ck_hardware_kind check (kind in ('system', 'board', 'nic')),
  index ix_hardware_hash (hash, offered)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table device_hardware;

--changeset bascule:lifecycle-004
-- The old identity key said with its signature which one comes next: clients that remember the old one need not ask anybody.
create table device_continuity (
  device_id char(36) character set ascii collate ascii_bin not null,
  number int not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  old_spki varbinary(128) not null,
  new_spki varbinary(128) not null,
  signature binary(64) not null,
  created datetime(3) not null,
  constraint pk_device_continuity primary key (device_id, number),
  constraint fk_continuity_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table device_continuity;

--changeset bascule:lifecycle-005
-- Unregistered machines that wait for an administrator. They belong to no domain yet.
create table pairing (
  id char(36) character set ascii collate ascii_bin not null,
  code char(8) character set ascii collate ascii_bin not null,
  wanted_domain varchar(100) null comment 'only administrators of the domain of this name find it',
  spki varbinary(128) not null,
  nonce binary(32) not null comment 'signed by the machine when it asks what became of it',
  name varchar(200) not null comment 'hostile text',
  os varchar(200) not null,
  agent_version varchar(200) not null,
  hardware text null comment 'JSON',
  address varchar(64) not null,
  state varchar(8) character set ascii collate ascii_bin not null,
  created datetime(3) not null,
  expires datetime(3) not null,
  domain_id char(36) character set ascii collate ascii_bin null comment 'where it was decided',
  device_id char(36) character set ascii collate ascii_bin null,
  decided_by varchar(200) null,
  constraint pk_pairing primary key (id),
  constraint uk_pairing_code unique (code),
  constraint fk_pairing_domain foreign key (domain_id) references domain (id),
  constraint ck_pairing_state check (state in ('waiting', 'accepted', 'rejected', 'bound')),
  index ix_pairing_address (address, state, expires),
  index ix_pairing_expires (expires)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table pairing;

--changeset bascule:lifecycle-006
create table assistance_request (
  id char(36) character set ascii collate ascii_bin not null comment 'made by the device',
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  text varchar(1000) not null comment 'hostile text, like the contact',
  contact_name varchar(200) null,
  contact_phone varchar(64) null,
  contact_email varchar(254) null,
  state varchar(8) character set ascii collate ascii_bin not null,
  raised datetime(3) not null comment 'by the device''s clock, never in the future',
  received datetime(3) not null,
  expires datetime(3) not null,
  taken_by char(36) character set ascii collate ascii_bin null,
  taken_by_name varchar(200) null,
  closed_by_name varchar(200) null,
  comment varchar(1000) null,
  version bigint not null default 0,
  open_device char(36) character set ascii collate ascii_bin
    generated always as (case when state in ('open', 'taken') then rtrim(device_id) end) stored comment 'a device has one at a time',
  constraint pk_assistance primary key (id),
  constraint uk_assistance_open unique (open_device),
  constraint fk_assistance_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade,
  constraint ck_assistance_state check (state in ('open', 'taken', 'closed', 'expired')),
  index ix_assistance_list (domain_id, state, received, id),
  index ix_assistance_device (device_id, received),
  index ix_assistance_expires (state, expires)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table assistance_request;

--liquibase formatted sql

--changeset bascule:devices-001
create table device (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  spki varbinary(128) not null comment 'identity key, SubjectPublicKeyInfo',
  thumbprint binary(32) not null comment 'SHA-256(spki): one identity is one device in the whole installation',
  account varchar(32) not null default '' comment 'that terminals and commands run as; empty: the agent''s own choice',
  os varchar(200) null,
  agent_version varchar(64) null,
  online boolean not null default false,
  quarantined boolean not null default false comment 'seen twice at the same time; cleared by a person',
  state varchar(11) character set ascii collate ascii_bin
    generated always as (case when quarantined then 'quarantined' when online then 'online' else 'offline' end) stored,
  last_seen datetime(3) null,
  address varchar(64) null comment 'where the last channel came from',
  constraint pk_device primary key (id),
  constraint uk_device_thumbprint unique (thumbprint),
  constraint fk_device_resource foreign key (domain_id, id) references resource (domain_id, id) on delete cascade,
  index ix_device_state (domain_id, state, id),
  index ix_device_last_seen (domain_id, last_seen, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table device;

--changeset bascule:devices-002
create table device_report (
  device_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  inventory mediumtext null comment 'a JSON object',
  endorsement text null comment 'a JSON object: the static key, signed by the identity key',
  endorsement_counter bigint not null default 0 comment 'never goes down',
  events_next bigint not null default 0 comment 'number of the next event that is not stored yet',
  constraint pk_device_report primary key (device_id),
  constraint fk_report_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='what the agent told; apart from device, so that lists stay narrow';
--rollback drop table device_report;

--changeset bascule:devices-003
create table device_certificate (
  serial varchar(40) character set ascii collate ascii_bin not null comment 'hexadecimal',
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null comment 'kept when the device is removed',
  certificate varbinary(2048) not null comment 'DER',
  not_before datetime(3) not null,
  not_after datetime(3) not null,
  revoked datetime(3) null,
  constraint pk_device_certificate primary key (serial),
  constraint fk_certificate_domain foreign key (domain_id) references domain (id),
  index ix_certificate_device (device_id, not_after)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table device_certificate;

--changeset bascule:devices-004
create table enrolment_token (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  folder_id char(36) character set ascii collate ascii_bin not null,
  secret_hash binary(32) not null comment 'SHA-256 of 32 random bytes',
  expires datetime(3) not null,
  uses int not null,
  used int not null default 0,
  created_by varchar(200) null,
  created datetime(3) not null,
  constraint pk_enrolment_token primary key (id),
  constraint fk_token_folder foreign key (domain_id, folder_id) references folder (domain_id, id) on delete cascade,
  constraint ck_token_uses check (uses between 1 and 10000),
  constraint ck_token_used check (used between 0 and uses)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table enrolment_token;

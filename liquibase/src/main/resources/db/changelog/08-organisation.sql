--liquibase formatted sql

--changeset bascule:directory-101
-- What a search reads is folded once, when it is written, and compared byte by byte: many times faster than by the rules of a language.
alter table resource
  add column description varchar(500) null,
  add column search varchar(800) character set utf8mb4 collate utf8mb4_bin
    generated always as (lower(concat_ws('\n', name, description))) stored;
--rollback alter table resource drop column search, drop column description;

--changeset bascule:directory-102
alter table device
  add column tags varchar(1000) not null default '' comment 'those of device_tag, in order, separated by spaces: for lists and for the search',
  add column search varchar(1400) character set utf8mb4 collate utf8mb4_bin
    generated always as (lower(concat_ws('\n', os, address, tags))) stored;
--rollback alter table device drop column search, drop column tags;

--changeset bascule:directory-103
create table device_tag (
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  name varchar(40) character set utf8mb4 collate utf8mb4_bin not null comment 'in lower case',
  constraint pk_device_tag primary key (device_id, name),
  constraint fk_tag_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade,
  index ix_tag_name (domain_id, name, device_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table device_tag;

--changeset bascule:directory-104
create table sub_device (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null comment 'through which it is reached; its rights are the device''s',
  name varchar(200) not null,
  mac char(17) character set ascii collate ascii_bin null comment 'lower case, colons',
  ip varchar(45) character set ascii collate ascii_bin null,
  description varchar(500) null,
  version bigint not null default 0 comment 'grows with every change made by a person',
  created datetime(3) not null,
  constraint pk_sub_device primary key (id),
  constraint uk_sub_device_domain unique (domain_id, id),
  constraint fk_sub_device_device foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade,
  index ix_sub_device_name (device_id, name, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='something behind a device';
--rollback drop table sub_device;

--changeset bascule:directory-105
create table sub_device_service (
  domain_id char(36) character set ascii collate ascii_bin not null,
  sub_device_id char(36) character set ascii collate ascii_bin not null,
  kind varchar(8) character set ascii collate ascii_bin not null,
  port int not null,
  constraint pk_sub_device_service primary key (sub_device_id, kind, port),
  constraint fk_service_sub_device foreign key (domain_id, sub_device_id) references sub_device (domain_id, id) on delete cascade,
  constraint ck_service_kind check (kind in ('http', 'https', 'ssh', 'rdp', 'vnc', 'telnet', 'serial')),
  constraint ck_service_port check (port between 1 and 65535)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table sub_device_service;

--changeset bascule:directory-106
-- A reference that was made before the first sign-in has no subject yet. It is bound to one once, by the user's name; from then on the name means nothing.
alter table user_ref
  add column subject char(36) character set ascii collate ascii_bin null comment 'of the realm; null while pending',
  add column pending_name varchar(200) null comment 'whose first sign-in binds it; null once bound',
  add constraint uk_user_subject unique (subject),
  add constraint uk_user_pending unique (domain_id, pending_name);
--rollback alter table user_ref drop constraint uk_user_pending, drop constraint uk_user_subject, drop column pending_name, drop column subject;

--changeset bascule:directory-107
update user_ref set subject = id;
--rollback update user_ref set subject = null;

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

--liquibase formatted sql

--changeset bascule:rights-001
create table acl_entry (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  resource_id char(36) character set ascii collate ascii_bin not null comment 'what it is about; a folder''s entry is inherited down the tree',
  principal_id char(36) character set ascii collate ascii_bin not null comment 'a user or a group',
  permission varchar(40) character set ascii collate ascii_bin not null,
  effect varchar(5) character set ascii collate ascii_bin not null,
  constraint pk_acl_entry primary key (id),
  constraint uk_entry unique (principal_id, permission, resource_id, effect),
  constraint fk_entry_resource foreign key (domain_id, resource_id) references resource (domain_id, id) on delete cascade,
  constraint fk_entry_principal foreign key (domain_id, principal_id) references resource (domain_id, id) on delete cascade,
  constraint ck_entry_effect check (effect in ('allow', 'deny')),
  index ix_entry_resource (resource_id, permission)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='one permission for one principal on one resource';
--rollback drop table acl_entry;

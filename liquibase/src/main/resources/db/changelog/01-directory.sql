--liquibase formatted sql

-- Domains and their trees of resources. Ids are UUIDs in lower-case text form. Times are UTC.
-- Composite foreign keys carry domain_id, so that the database itself refuses a reference into another domain.

--changeset bascule:directory-001
create table domain (
  id char(36) character set ascii collate ascii_bin not null,
  name varchar(100) not null comment 'typed at sign-in; case does not matter',
  realm varchar(100) character set ascii collate ascii_bin not null comment 'at the identity provider',
  created datetime(3) not null,
  constraint pk_domain primary key (id),
  constraint uk_domain_name unique (name),
  constraint uk_domain_realm unique (realm)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table domain;

--changeset bascule:directory-002
create table resource (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  parent_id char(36) character set ascii collate ascii_bin null comment 'the folder that it is in; null for the root folder alone',
  kind varchar(8) character set ascii collate ascii_bin not null,
  name varchar(200) not null,
  version bigint not null default 0 comment 'grows with every change made by a person',
  created datetime(3) not null,
  root_of char(36) character set ascii collate ascii_bin
    generated always as (case when rtrim(parent_id) is null then rtrim(domain_id) end) stored,
  sibling_name varchar(200) character set utf8mb4 collate utf8mb4_bin
    generated always as (case when kind in ('folder', 'group') then name end) stored,
  constraint pk_resource primary key (id),
  constraint uk_resource_domain unique (domain_id, id),
  constraint uk_resource_root unique (root_of),
  constraint uk_resource_sibling unique (parent_id, kind, sibling_name),
  constraint fk_resource_domain foreign key (domain_id) references domain (id),
  constraint ck_resource_kind check (kind in ('folder', 'device', 'user', 'group')),
  index ix_resource_name (domain_id, kind, name, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='everything in a domain''s tree; one root each, folders and groups have names of their own within a folder';
--rollback drop table resource;

--changeset bascule:directory-003
create table folder (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  constraint pk_folder primary key (id),
  constraint uk_folder_domain unique (domain_id, id),
  constraint fk_folder_resource foreign key (domain_id, id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table folder;

--changeset bascule:directory-004
-- A resource is in a folder of its own domain, and nowhere else.
alter table resource add constraint fk_resource_parent foreign key (domain_id, parent_id) references folder (domain_id, id);
--rollback alter table resource drop foreign key fk_resource_parent;

--changeset bascule:directory-005
create table folder_closure (
  domain_id char(36) character set ascii collate ascii_bin not null,
  ancestor_id char(36) character set ascii collate ascii_bin not null,
  descendant_id char(36) character set ascii collate ascii_bin not null,
  depth int not null comment '0 for the folder itself',
  constraint pk_folder_closure primary key (ancestor_id, descendant_id),
  constraint fk_closure_ancestor foreign key (domain_id, ancestor_id) references folder (domain_id, id) on delete cascade,
  constraint fk_closure_descendant foreign key (domain_id, descendant_id) references folder (domain_id, id) on delete cascade,
  constraint ck_closure_depth check (depth >= 0),
  index ix_closure_descendant (descendant_id, depth, ancestor_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='each folder with itself and with every folder above it';
--rollback drop table folder_closure;

--changeset bascule:directory-006
create table user_ref (
  id char(36) character set ascii collate ascii_bin not null comment 'subject of the realm',
  domain_id char(36) character set ascii collate ascii_bin not null,
  last_sign_in datetime(3) null,
  constraint pk_user_ref primary key (id),
  constraint fk_user_resource foreign key (domain_id, id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table user_ref;

--changeset bascule:directory-007
create table user_group (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  built_in boolean not null default false,
  constraint pk_user_group primary key (id),
  constraint uk_group_domain unique (domain_id, id),
  constraint fk_group_resource foreign key (domain_id, id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table user_group;

--changeset bascule:directory-008
create table group_member (
  domain_id char(36) character set ascii collate ascii_bin not null,
  group_id char(36) character set ascii collate ascii_bin not null,
  member_id char(36) character set ascii collate ascii_bin not null comment 'a user or a group',
  constraint pk_group_member primary key (group_id, member_id),
  constraint fk_member_group foreign key (domain_id, group_id) references user_group (domain_id, id) on delete cascade,
  constraint fk_member_member foreign key (domain_id, member_id) references resource (domain_id, id) on delete cascade,
  constraint ck_member_self check (group_id <> member_id),
  index ix_member_member (member_id, group_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table group_member;

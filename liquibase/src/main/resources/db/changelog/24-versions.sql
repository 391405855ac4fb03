--liquibase formatted sql

-- The counters of a domain's changes, in rows that no foreign key points to: whoever adds something to a domain holds its row shared until the transaction ends, and
-- two who then raised a counter in that same row waited for each other.

--changeset bascule:versions-001
create table domain_version (
  domain_id char(36) character set ascii collate ascii_bin not null,
  rights_version bigint not null default 0
    comment 'raised in the transaction of each change of entries, inheritance, folders, groups and memberships',
  placement_version bigint not null default 0 comment 'raised in the transaction of each move of what is no folder',
  constraint pk_domain_version primary key (domain_id),
  constraint fk_domain_version_domain foreign key (domain_id) references domain (id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table domain_version;

--changeset bascule:versions-002
insert into domain_version (domain_id, rights_version, placement_version) select id, rights_version, placement_version from domain;
--rollback update domain d join domain_version v on v.domain_id = d.id set d.rights_version = v.rights_version, d.placement_version = v.placement_version;

--changeset bascule:versions-003
alter table domain drop column rights_version, drop column placement_version;
--rollback alter table domain add column rights_version bigint not null default 0, add column placement_version bigint not null default 0;

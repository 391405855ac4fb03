--liquibase formatted sql

--changeset bascule:access-001
alter table domain add column rights_version bigint not null default 0
  comment 'grows with every change that can change anybody''s rights';
--rollback alter table domain drop column rights_version;

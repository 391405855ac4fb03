--liquibase formatted sql

--changeset bascule:sealing-001
-- A row of the queue that stands for nothing is no reason to seal nothing else, and none to forget that it was there.
alter table audit_unsealed
  add column missing datetime(3) null comment 'since when what it stands for was not found; it waits no longer, but is kept for people',
  add index ix_audit_unsealed_missing (tree, missing, id);
--rollback alter table audit_unsealed drop index ix_audit_unsealed_missing, drop column missing;

--liquibase formatted sql

--changeset bascule:transparency-001
alter table bascule_audit.audit_event add column changes mediumtext null
  comment 'JSON: values before and after, field by field';
--rollback alter table bascule_audit.audit_event drop column changes;

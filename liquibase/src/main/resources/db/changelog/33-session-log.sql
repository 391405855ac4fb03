--liquibase formatted sql

-- AUD-3: what happened in one session.

--changeset bascule:session-log-101
alter table bascule_audit.audit_event
  add index ix_audit_session (domain_id, session_id, occurred, id);
--rollback alter table bascule_audit.audit_event drop index ix_audit_session;

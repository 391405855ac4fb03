--liquibase formatted sql

-- The audit log has a schema of its own, because privileges cannot subtract one table from a grant. The application's account may read and
-- insert; the triggers refuse changes by every account that has more.

--changeset bascule:audit-001
create table bascule_audit.audit_event (
  id char(36) character set ascii collate ascii_bin not null comment 'UUIDv7: ordered by time',
  domain_id char(36) character set ascii collate ascii_bin not null,
  occurred datetime(6) not null,
  code varchar(64) character set ascii collate ascii_bin not null comment 'operation',
  outcome varchar(8) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin null,
  user_name varchar(256) null comment 'as given: hostile text',
  resource_id char(36) character set ascii collate ascii_bin null,
  resource_name varchar(200) null,
  address varchar(64) null,
  session_id char(32) character set ascii collate ascii_bin null,
  detail varchar(1000) null,
  constraint pk_audit_event primary key (id),
  constraint ck_audit_outcome check (outcome in ('success', 'denied', 'failed')),
  index ix_audit_domain (domain_id, id),
  index ix_audit_occurred (domain_id, occurred),
  index ix_audit_code (domain_id, code, id),
  index ix_audit_user (domain_id, user_id, id),
  index ix_audit_resource (domain_id, resource_id, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only';
--rollback drop table bascule_audit.audit_event;

--changeset bascule:audit-002
create trigger bascule_audit.tr_audit_no_update before update on bascule_audit.audit_event
  for each row signal sqlstate '45000' set message_text = 'audit rows are never changed';
--rollback drop trigger bascule_audit.tr_audit_no_update;

--changeset bascule:audit-003
create trigger bascule_audit.tr_audit_no_delete before delete on bascule_audit.audit_event
  for each row signal sqlstate '45000' set message_text = 'audit rows are never deleted';
--rollback drop trigger bascule_audit.tr_audit_no_delete;

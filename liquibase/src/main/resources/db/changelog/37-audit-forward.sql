--liquibase formatted sql

-- AUD-6: audit records go to a syslog server, too.

--changeset bascule:audit-forward-001
create table audit_forward (
  tree char(36) character set ascii collate ascii_bin not null comment 'domain; the row of zeros is locked by whoever forwards',
  next_seq bigint unsigned not null comment 'first place in the tree that was not forwarded',
  sent datetime(3) null comment 'when it was last forwarded from: who waits for longest is first',
  constraint pk_audit_forward primary key (tree)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='how far the audit log has been forwarded; a tree without a row from its beginning';
--rollback drop table audit_forward;

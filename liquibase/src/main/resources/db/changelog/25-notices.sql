--liquibase formatted sql

--changeset bascule:notices-001
alter table notice drop constraint ck_notice_kind,
  add constraint ck_notice_kind check (kind in ('password-reset', 'factors-reset', 'token-made', 'address-changed', 'account-ends'));
--rollback delete from notice where kind = 'token-made';
--rollback alter table notice drop constraint ck_notice_kind, add constraint ck_notice_kind check (kind in ('password-reset', 'factors-reset', 'address-changed', 'account-ends'));

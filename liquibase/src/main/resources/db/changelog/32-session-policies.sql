--liquibase formatted sql

-- DEV-6, AUD-3: what must be so before a session starts.

--changeset bascule:session-policies-101
create table session_policy (
  resource_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  consent varchar(8) character set ascii collate ascii_bin not null,
  reason_required boolean not null,
  full_log boolean not null,
  timeout_seconds smallint not null,
  constraint pk_session_policy primary key (resource_id),
  constraint fk_session_policy_resource foreign key (domain_id, resource_id) references resource (domain_id, id) on delete cascade,
  constraint ck_session_policy_consent check (consent in ('never', 'device', 'approver')),
  constraint ck_session_policy_timeout check (timeout_seconds between 10 and 300)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='of a device, or a folder and everything below it';
--rollback drop table session_policy;

--changeset bascule:session-policies-102
alter table remote_session
  add column full_log boolean not null default false,
  add column consent varchar(8) character set ascii collate ascii_bin null comment 'who was asked: device or approver; null: nobody',
  add column consent_until datetime(3) null comment 'when the question is or was refused by itself',
  add column consent_by varchar(256) null comment 'who answered',
  add column consent_refusal varchar(500) null comment 'why it was refused',
  drop constraint ck_session_state,
  add constraint ck_session_state check (state in ('asking', 'ready', 'offered', 'running', 'ended'));
--rollback alter table remote_session drop constraint ck_session_state, add constraint ck_session_state check (state in ('ready', 'offered', 'running', 'ended')), drop column consent_refusal, drop column consent_by, drop column consent_until, drop column consent, drop column full_log;

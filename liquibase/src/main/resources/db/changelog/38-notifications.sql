--liquibase formatted sql

-- DOM-8: the addresses of a domain's options are told what needs somebody.

--changeset bascule:notifications-001
-- Written by the transaction that does what is told of. Nothing but the domain is bound: a foreign key to resource would be a lock that those transactions take in another order.
create table notification (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  topic varchar(20) character set ascii collate ascii_bin not null,
  resource_id char(36) character set ascii collate ascii_bin not null comment 'a device, or what access is asked to',
  created datetime(3) not null,
  constraint pk_notification primary key (id),
  constraint fk_notification_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_notification_topic check (topic in ('assistance', 'access', 'claimed', 'hardware-changed', 'clone')),
  index ix_notification_domain (domain_id, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='new, until it is in the mails that wait: seconds';
--rollback drop table notification;

--changeset bascule:notifications-002
alter table notice
  add column digest mediumtext null comment 'of a mail to an address of the options: what it tells, as JSON; it has no user',
  drop constraint ck_notice_kind,
  add constraint ck_notice_kind check (kind in ('password-reset', 'factors-reset', 'token-made', 'address-changed', 'account-ends', 'notifications')),
  add constraint ck_notice_digest check ((kind = 'notifications') = (digest is not null));
--rollback delete from notice where kind = 'notifications';
--rollback alter table notice drop constraint ck_notice_digest, drop constraint ck_notice_kind, drop column digest, add constraint ck_notice_kind check (kind in ('password-reset', 'factors-reset', 'token-made', 'address-changed', 'account-ends'));

--changeset bascule:notifications-003
alter table domain_option add column next_notification datetime(3) null comment 'mails to its addresses go no earlier';
--rollback alter table domain_option drop column next_notification;

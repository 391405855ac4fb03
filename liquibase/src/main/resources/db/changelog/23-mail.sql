--liquibase formatted sql

-- Notices to users by e-mail: queued by the transaction that does what they tell of.

--changeset bascule:mail-001
create table notice (
  id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  kind varchar(20) character set ascii collate ascii_bin not null,
  subject char(36) character set ascii collate ascii_bin not null comment 'the user in the realm, who is told',
  user_name varchar(200) not null,
  address varchar(254) null comment 'null: the one that the realm knows when it is sent',
  about datetime(3) not null comment 'when what it tells of was done, or will happen',
  attempts int not null default 0,
  next_attempt datetime(3) not null,
  constraint pk_notice primary key (id),
  constraint fk_notice_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_notice_kind check (kind in ('password-reset', 'factors-reset', 'address-changed', 'account-ends')),
  index ix_notice_next (next_attempt)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='a notice that was sent, or given up, has no row';
--rollback drop table notice;

--changeset bascule:mail-002
alter table user_ref
  add column warned_of datetime(3) null comment 'the end of the account that the user was told of',
  add index ix_user_expires (expires);
--rollback alter table user_ref drop index ix_user_expires, drop column warned_of;

--liquibase formatted sql

--changeset bascule:transparency-001
alter table bascule_audit.audit_event add column changes mediumtext null
  comment 'JSON: values before and after, field by field';
--rollback alter table bascule_audit.audit_event drop column changes;

--changeset bascule:transparency-002
alter table bascule_audit.audit_event add column salt binary(16) not null default (random_bytes(16))
  comment 'of the commitment to what names a person';
--rollback alter table bascule_audit.audit_event drop column salt;

--changeset bascule:transparency-003
-- Pages go backwards in time: each filter that narrows has an index in that order.
alter table bascule_audit.audit_event
  drop index ix_audit_domain,
  drop index ix_audit_code,
  drop index ix_audit_user,
  drop index ix_audit_resource,
  add index ix_audit_code (domain_id, code, occurred, id),
  add index ix_audit_user (domain_id, user_id, occurred, id),
  add index ix_audit_resource (domain_id, resource_id, occurred, id),
  add index ix_audit_outcome (domain_id, outcome, occurred, id);
--rollback alter table bascule_audit.audit_event drop index ix_audit_code, drop index ix_audit_user, drop index ix_audit_resource, drop index ix_audit_outcome, add index ix_audit_domain (domain_id, id), add index ix_audit_code (domain_id, code, id), add index ix_audit_user (domain_id, user_id, id), add index ix_audit_resource (domain_id, resource_id, id);

--changeset bascule:transparency-004
create table bascule_audit.audit_certificate (
  id char(36) character set ascii collate ascii_bin not null comment 'UUIDv7: ordered by time',
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  certificate varbinary(2048) not null comment 'DER',
  certificate_hash binary(32) as (unhex(sha2(certificate, 256))) stored,
  constraint pk_audit_certificate primary key (id),
  index ix_audit_certificate (domain_id, certificate_hash)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only: every certificate of a device that was ever issued';
--rollback drop table bascule_audit.audit_certificate;

--changeset bascule:transparency-005
create table bascule_audit.audit_leaf (
  tree char(36) character set ascii collate ascii_bin not null comment 'domain, or zeros for the installation',
  seq bigint unsigned not null comment 'place in the tree, from 0 without a gap',
  kind tinyint unsigned not null comment '1 audit_event, 2 audit_certificate, 3 audit_tree_head',
  entry_id char(36) character set ascii collate ascii_bin not null,
  hash binary(32) not null comment 'SHA-256(00 ‖ leaf)',
  constraint pk_audit_leaf primary key (tree, seq),
  constraint uk_audit_leaf_entry unique (entry_id),
  constraint ck_audit_leaf_kind check (kind between 1 and 3)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only: nothing is sealed twice, and no place is given twice';
--rollback drop table bascule_audit.audit_leaf;

--changeset bascule:transparency-006
create table bascule_audit.audit_node (
  tree char(36) character set ascii collate ascii_bin not null,
  level tinyint unsigned not null comment '8, 16, 24, …: of 2^level leaves; what is between is computed from at most 128 of them',
  place bigint unsigned not null,
  hash binary(32) not null,
  constraint pk_audit_node primary key (tree, level, place)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only: complete subtrees';
--rollback drop table bascule_audit.audit_node;

--changeset bascule:transparency-007
create table bascule_audit.audit_tree_head (
  tree char(36) character set ascii collate ascii_bin not null,
  size bigint unsigned not null comment 'leaves; one head for each size, so that two sealers cannot fork',
  id char(36) character set ascii collate ascii_bin not null,
  root binary(32) not null,
  sealed datetime(3) not null,
  kid varchar(64) character set ascii collate ascii_bin not null,
  signature binary(64) not null comment 'Ed25519',
  constraint pk_audit_tree_head primary key (tree, size),
  constraint uk_audit_tree_head_id unique (id),
  index ix_audit_tree_head_sealed (tree, sealed)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only';
--rollback drop table bascule_audit.audit_tree_head;

--changeset bascule:transparency-008
create table bascule_audit.audit_expiry (
  tree char(36) character set ascii collate ascii_bin not null,
  size bigint unsigned not null comment 'records at smaller places may be removed',
  made datetime(6) not null,
  record char(36) character set ascii collate ascii_bin not null comment 'the audit record that says so',
  constraint pk_audit_expiry primary key (tree, size)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='insert only: what the operator removed when it had expired';
--rollback drop table bascule_audit.audit_expiry;

--changeset bascule:transparency-009
-- What waits for the sealer. Written by triggers with the row that it stands for, so that nothing can be forgotten; removed when that is sealed.
create table audit_unsealed (
  tree char(36) character set ascii collate ascii_bin not null,
  id char(36) character set ascii collate ascii_bin not null,
  kind tinyint unsigned not null,
  constraint pk_audit_unsealed primary key (tree, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table audit_unsealed;

--changeset bascule:transparency-010
create table audit_sealer (
  tree char(36) character set ascii collate ascii_bin not null,
  constraint pk_audit_sealer primary key (tree)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='a row is locked by whoever appends to its tree, and says nothing';
--rollback drop table audit_sealer;

--changeset bascule:transparency-011
create trigger bascule_audit.tr_audit_event_queue after insert on bascule_audit.audit_event
  for each row insert into bascule.audit_unsealed (tree, id, kind) values (new.domain_id, new.id, 1);
--rollback drop trigger bascule_audit.tr_audit_event_queue;

--changeset bascule:transparency-012
create function bascule_audit.uuid7() returns char(36) character set ascii collate ascii_bin not deterministic no sql
  return lower(concat(
    substr(lpad(hex(floor(unix_timestamp(now(3)) * 1000)), 12, '0'), 1, 8), '-',
    substr(lpad(hex(floor(unix_timestamp(now(3)) * 1000)), 12, '0'), 9, 4), '-7',
    substr(hex(random_bytes(2)), 1, 3), '-',
    hex(128 | floor(rand() * 64)), hex(random_bytes(1)), '-', hex(random_bytes(6))));
--rollback drop function bascule_audit.uuid7;

--changeset bascule:transparency-013
insert into bascule_audit.audit_certificate (id, domain_id, device_id, certificate)
  select bascule_audit.uuid7(), domain_id, device_id, certificate from device_certificate order by not_before, serial;
--rollback select 1;

--changeset bascule:transparency-014
create trigger bascule_audit.tr_audit_certificate_queue after insert on bascule_audit.audit_certificate
  for each row insert into bascule.audit_unsealed (tree, id, kind) values (new.domain_id, new.id, 2);
--rollback drop trigger bascule_audit.tr_audit_certificate_queue;

--changeset bascule:transparency-015
-- A certificate that is issued is entered in the log, whatever part of the application issues it.
create trigger tr_device_certificate_log after insert on device_certificate
  for each row insert into bascule_audit.audit_certificate (id, domain_id, device_id, certificate)
    values (bascule_audit.uuid7(), new.domain_id, new.device_id, new.certificate);
--rollback drop trigger tr_device_certificate_log;

--changeset bascule:transparency-016
insert into audit_unsealed (tree, id, kind) select domain_id, id, 1 from bascule_audit.audit_event;
--rollback delete from audit_unsealed;

--changeset bascule:transparency-017
insert into audit_unsealed (tree, id, kind) select domain_id, id, 2 from bascule_audit.audit_certificate;
--rollback delete from audit_unsealed;

--changeset bascule:transparency-018
create trigger bascule_audit.tr_certificate_no_update before update on bascule_audit.audit_certificate
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_certificate_no_update;

--changeset bascule:transparency-019
create trigger bascule_audit.tr_certificate_no_delete before delete on bascule_audit.audit_certificate
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_certificate_no_delete;

--changeset bascule:transparency-020
create trigger bascule_audit.tr_leaf_no_update before update on bascule_audit.audit_leaf
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_leaf_no_update;

--changeset bascule:transparency-021
create trigger bascule_audit.tr_leaf_no_delete before delete on bascule_audit.audit_leaf
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_leaf_no_delete;

--changeset bascule:transparency-022
create trigger bascule_audit.tr_node_no_update before update on bascule_audit.audit_node
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_node_no_update;

--changeset bascule:transparency-023
create trigger bascule_audit.tr_node_no_delete before delete on bascule_audit.audit_node
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_node_no_delete;

--changeset bascule:transparency-024
create trigger bascule_audit.tr_tree_head_no_update before update on bascule_audit.audit_tree_head
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_tree_head_no_update;

--changeset bascule:transparency-025
create trigger bascule_audit.tr_tree_head_no_delete before delete on bascule_audit.audit_tree_head
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_tree_head_no_delete;

--changeset bascule:transparency-026
create trigger bascule_audit.tr_expiry_no_update before update on bascule_audit.audit_expiry
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_expiry_no_update;

--changeset bascule:transparency-027
create trigger bascule_audit.tr_expiry_no_delete before delete on bascule_audit.audit_expiry
  for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed';
--rollback drop trigger bascule_audit.tr_expiry_no_delete;

--changeset bascule:transparency-028
drop trigger bascule_audit.tr_audit_no_delete;
--rollback create trigger bascule_audit.tr_audit_no_delete before delete on bascule_audit.audit_event for each row signal sqlstate '45000' set message_text = 'audit rows are never deleted';

--changeset bascule:transparency-029 splitStatements:false
-- Only what is sealed, has expired by an entry in the log, and is older than a year may be removed, by an account that may delete at all.
create trigger bascule_audit.tr_audit_no_delete before delete on bascule_audit.audit_event for each row
  if conv(concat(substr(old.id, 1, 8), substr(old.id, 10, 4)), 16, 10) > (unix_timestamp() - 365 * 86400) * 1000
    or not exists (
      select 1 from bascule_audit.audit_leaf l join bascule_audit.audit_expiry x on x.tree = l.tree and x.size > l.seq
      where l.entry_id = old.id)
  then
    signal sqlstate '45000' set message_text = 'audit rows are never deleted before they have expired';
  end if
--rollback drop trigger bascule_audit.tr_audit_no_delete;

--changeset bascule:transparency-030 splitStatements:false
-- Removes the records of whole sealed periods that are older than some days, tree by tree; leaves, nodes and heads stay, so every proof still works. It may be
-- interrupted and called again. Runs with the rights of whoever calls it: the application's account has none to delete.
create procedure bascule_audit.expire_audit(in days int, in operator varchar(100))
  modifies sql data sql security invoker
begin
  declare ended boolean default false;
  declare subject char(36) character set ascii collate ascii_bin;
  declare cut bigint unsigned;
  declare place bigint unsigned;
  declare entry char(36) character set ascii collate ascii_bin;
  declare trees cursor for select id from bascule.domain order by id;
  declare continue handler for not found set ended = true;
  if days is null or days < 365 then
    signal sqlstate '45000' set message_text = 'audit records are kept for at least 365 days';
  end if;
  open trees;
  each_tree: loop
    fetch trees into subject;
    if ended then
      leave each_tree;
    end if;
    select max(size) into cut from bascule_audit.audit_tree_head
      where tree = subject and sealed < utc_timestamp(3) - interval days day;
    if cut is not null then
      if not exists (select 1 from bascule_audit.audit_expiry where tree = subject and size >= cut) then
        set entry = bascule_audit.uuid7();
        start transaction;
        insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail, changes)
          values (entry, subject, utc_timestamp(6), 'audit.expire', 'success', operator,
            concat('records before ', cut, ' were removed: older than ', days, ' days'),
            concat('{"expired":{"before":null,"after":"', cut, '"}}'));
        insert into bascule_audit.audit_expiry (tree, size, made, record) values (subject, cut, utc_timestamp(6), entry);
        commit;
      end if;
      set place = 0;
      while place < cut do
        delete e from bascule_audit.audit_event e join bascule_audit.audit_leaf l on l.entry_id = e.id
          where l.tree = subject and l.seq >= place and l.seq < least(place + 1000, cut) and l.kind = 1;
        set place = place + 1000;
      end while;
    end if;
    set ended = false;
  end loop;
  close trees;
end
--rollback drop procedure bascule_audit.expire_audit;

--changeset bascule:transparency-031
-- The connection log goes backwards in time.
alter table remote_session add index ix_session_created (domain_id, created, sid);
--rollback alter table remote_session drop index ix_session_created;

--liquibase formatted sql

-- Permission to remove records from the audit log is given by the operator's expiry alone: whoever could add a row to audit_expiry could have the next expiry
-- leave out its record, and what it removes would look like tampering; whoever could add that record could have gaps accepted.

--changeset bascule:expiry-guard-001
-- Says who is in the middle of an expiry. Only an account that may update it can be: the application's may add and read, and here it can add nothing either.
create table bascule_audit.audit_operator (
  id tinyint unsigned not null,
  held_by bigint unsigned null comment 'connection of the expiry that is under way, seen by nobody else: null again when it commits',
  constraint pk_audit_operator primary key (id),
  constraint ck_audit_operator_one check (id = 1)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table bascule_audit.audit_operator;

--changeset bascule:expiry-guard-002
insert into bascule_audit.audit_operator (id, held_by) values (1, null);
--rollback delete from bascule_audit.audit_operator;

--changeset bascule:expiry-guard-003
create trigger bascule_audit.tr_operator_no_insert before insert on bascule_audit.audit_operator
  for each row signal sqlstate '45000' set message_text = 'there is one row for all operators';
--rollback drop trigger bascule_audit.tr_operator_no_insert;

--changeset bascule:expiry-guard-004 splitStatements:false rollbackSplitStatements:false
-- As in retention-002, by whoever may update audit_operator. The application's account may add heads, and could add to audit_expiry before: no head counts that is
-- larger than the tree has leaves, and no row of audit_expiry that no record says. A row that stood at the place already is left there.
create or replace procedure bascule_audit.expire_audit(in days int, in operator varchar(100))
  modifies sql data sql security invoker
begin
  declare ended boolean default false;
  declare subject char(36) character set ascii collate ascii_bin;
  declare leaves bigint unsigned;
  declare cut bigint unsigned;
  declare place bigint unsigned;
  declare entry char(36) character set ascii collate ascii_bin;
  declare kept int;
  declare trees cursor for select id from bascule.domain order by id;
  declare continue handler for not found set ended = true;
  if days < 365 then
    signal sqlstate '45000' set message_text = 'audit records are kept for at least 365 days';
  end if;
  open trees;
  each_tree: loop
    fetch trees into subject;
    if ended then
      leave each_tree;
    end if;
    set kept = greatest(coalesce(days, 0), coalesce((select audit_days from bascule.domain_option where domain_id = subject), 730));
    select count(*) into leaves from bascule_audit.audit_leaf where tree = subject;
    select max(size) into cut from bascule_audit.audit_tree_head
      where tree = subject and size <= leaves and sealed < utc_timestamp(3) - interval kept day;
    if cut is not null then
      if not exists (
          select 1 from bascule_audit.audit_expiry x
            join bascule_audit.audit_event r on r.domain_id = x.tree and r.code = 'audit.expire'
              and r.changes = concat('{"expired":{"before":null,"after":"', x.size, '"}}')
            where x.tree = subject and x.size >= cut) then
        set entry = bascule_audit.uuid7();
        start transaction;
        update bascule_audit.audit_operator set held_by = connection_id() where id = 1;
        insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail, changes)
          values (entry, subject, utc_timestamp(6), 'audit.expire', 'success', operator,
            concat('records before ', cut, ' were removed: older than ', kept, ' days'),
            concat('{"expired":{"before":null,"after":"', cut, '"}}'));
        insert ignore into bascule_audit.audit_expiry (tree, size, made, record) values (subject, cut, utc_timestamp(6), entry);
        update bascule_audit.audit_operator set held_by = null where id = 1;
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
--rollback create or replace procedure bascule_audit.expire_audit(in days int, in operator varchar(100))
--rollback   modifies sql data sql security invoker
--rollback begin
--rollback   declare ended boolean default false;
--rollback   declare subject char(36) character set ascii collate ascii_bin;
--rollback   declare cut bigint unsigned;
--rollback   declare place bigint unsigned;
--rollback   declare entry char(36) character set ascii collate ascii_bin;
--rollback   declare kept int;
--rollback   declare trees cursor for select id from bascule.domain order by id;
--rollback   declare continue handler for not found set ended = true;
--rollback   if days < 365 then
--rollback     signal sqlstate '45000' set message_text = 'audit records are kept for at least 365 days';
--rollback   end if;
--rollback   open trees;
--rollback   each_tree: loop
--rollback     fetch trees into subject;
--rollback     if ended then
--rollback       leave each_tree;
--rollback     end if;
--rollback     set kept = greatest(coalesce(days, 0), coalesce((select audit_days from bascule.domain_option where domain_id = subject), 730));
--rollback     select max(size) into cut from bascule_audit.audit_tree_head
--rollback       where tree = subject and sealed < utc_timestamp(3) - interval kept day;
--rollback     if cut is not null then
--rollback       if not exists (select 1 from bascule_audit.audit_expiry where tree = subject and size >= cut) then
--rollback         set entry = bascule_audit.uuid7();
--rollback         start transaction;
--rollback         insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail, changes)
--rollback           values (entry, subject, utc_timestamp(6), 'audit.expire', 'success', operator,
--rollback             concat('records before ', cut, ' were removed: older than ', kept, ' days'),
--rollback             concat('{"expired":{"before":null,"after":"', cut, '"}}'));
--rollback         insert into bascule_audit.audit_expiry (tree, size, made, record) values (subject, cut, utc_timestamp(6), entry);
--rollback         commit;
--rollback       end if;
--rollback       set place = 0;
--rollback       while place < cut do
--rollback         delete e from bascule_audit.audit_event e join bascule_audit.audit_leaf l on l.entry_id = e.id
--rollback           where l.tree = subject and l.seq >= place and l.seq < least(place + 1000, cut) and l.kind = 1;
--rollback         set place = place + 1000;
--rollback       end while;
--rollback     end if;
--rollback     set ended = false;
--rollback   end loop;
--rollback   close trees;
--rollback end

--changeset bascule:expiry-guard-005 splitStatements:false
create trigger bascule_audit.tr_expiry_by_operator before insert on bascule_audit.audit_expiry for each row
  if not exists (select 1 from bascule_audit.audit_operator where id = 1 and held_by = connection_id()) then
    signal sqlstate '45000' set message_text = 'only an expiry by the operator says what may be removed';
  end if
--rollback drop trigger bascule_audit.tr_expiry_by_operator;

--changeset bascule:expiry-guard-006 splitStatements:false
-- For every other record this is one comparison.
create trigger bascule_audit.tr_audit_expire_by_operator before insert on bascule_audit.audit_event for each row
  if new.code = 'audit.expire'
    and not exists (select 1 from bascule_audit.audit_operator where id = 1 and held_by = connection_id())
  then
    signal sqlstate '45000' set message_text = 'only an expiry by the operator says that records were removed';
  end if
--rollback drop trigger bascule_audit.tr_audit_expire_by_operator;

--liquibase formatted sql

-- How long audit records are kept is decided by the domain; the operator removes what is older.

--changeset bascule:retention-001
alter table domain_option
  add column audit_days int not null default 730 comment 'for which audit records are kept at least',
  add constraint ck_domain_option_audit check (audit_days between 365 and 36500);
--rollback alter table domain_option drop constraint ck_domain_option_audit, drop column audit_days;

--changeset bascule:retention-002 splitStatements:false rollbackSplitStatements:false
-- Each domain by what it has decided just before, a domain that has decided nothing by the default. A number of days is for who keeps all of them longer.
create or replace procedure bascule_audit.expire_audit(in days int, in operator varchar(100))
  modifies sql data sql security invoker
begin
  declare ended boolean default false;
  declare subject char(36) character set ascii collate ascii_bin;
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
    select max(size) into cut from bascule_audit.audit_tree_head
      where tree = subject and sealed < utc_timestamp(3) - interval kept day;
    if cut is not null then
      if not exists (select 1 from bascule_audit.audit_expiry where tree = subject and size >= cut) then
        set entry = bascule_audit.uuid7();
        start transaction;
        insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail, changes)
          values (entry, subject, utc_timestamp(6), 'audit.expire', 'success', operator,
            concat('records before ', cut, ' were removed: older than ', kept, ' days'),
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
--rollback create or replace procedure bascule_audit.expire_audit(in days int, in operator varchar(100))
--rollback   modifies sql data sql security invoker
--rollback begin
--rollback   declare ended boolean default false;
--rollback   declare subject char(36) character set ascii collate ascii_bin;
--rollback   declare cut bigint unsigned;
--rollback   declare place bigint unsigned;
--rollback   declare entry char(36) character set ascii collate ascii_bin;
--rollback   declare trees cursor for select id from bascule.domain order by id;
--rollback   declare continue handler for not found set ended = true;
--rollback   if days is null or days < 365 then
--rollback     signal sqlstate '45000' set message_text = 'audit records are kept for at least 365 days';
--rollback   end if;
--rollback   open trees;
--rollback   each_tree: loop
--rollback     fetch trees into subject;
--rollback     if ended then
--rollback       leave each_tree;
--rollback     end if;
--rollback     select max(size) into cut from bascule_audit.audit_tree_head
--rollback       where tree = subject and sealed < utc_timestamp(3) - interval days day;
--rollback     if cut is not null then
--rollback       if not exists (select 1 from bascule_audit.audit_expiry where tree = subject and size >= cut) then
--rollback         set entry = bascule_audit.uuid7();
--rollback         start transaction;
--rollback         insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail, changes)
--rollback           values (entry, subject, utc_timestamp(6), 'audit.expire', 'success', operator,
--rollback             concat('records before ', cut, ' were removed: older than ', days, ' days'),
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

--liquibase formatted sql

-- Reports count a session where its device was when it began, whatever has been moved or deleted since.

--changeset bascule:session-places-001
alter table remote_session add column folder_id char(36) character set ascii collate ascii_bin null
  comment 'where the device was when the session began; history, without a foreign key' after device_name;
--rollback alter table remote_session drop column folder_id;

--changeset bascule:session-places-002
create table session_place (
  domain_id char(36) character set ascii collate ascii_bin not null,
  folder_id char(36) character set ascii collate ascii_bin not null comment 'history: without a foreign key',
  created datetime(3) not null comment 'of the session',
  sid char(32) character set ascii collate ascii_bin not null,
  constraint pk_session_place primary key (domain_id, folder_id, created, sid),
  constraint fk_session_place_session foreign key (sid) references remote_session (sid) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='the folders that a started session was in and below, but for the root folder, which all are in';
--rollback drop table session_place;

--changeset bascule:session-places-003
-- Of earlier sessions: the folder that the next move or the removal of the device says that it came from, else the present one.
update remote_session s
set s.folder_id = coalesce(
  (select coalesce(json_value(e.changes, '$.folderId.before'), json_value(e.changes, '$.folder.before')) from bascule_audit.audit_event e
   where e.domain_id = s.domain_id and e.resource_id = s.device_id and e.occurred > s.created
     and e.code in ('device.move', 'device.remove') and e.outcome = 'success'
     and coalesce(json_value(e.changes, '$.folderId.before'), json_value(e.changes, '$.folder.before')) regexp '^[0-9a-f-]{36}$'
   order by e.occurred, e.id limit 1),
  (select r.parent_id from resource r where r.domain_id = s.domain_id and r.id = s.device_id))
where s.started is not null;
--rollback update remote_session set folder_id = null;

--changeset bascule:session-places-004
-- What that folder is in today; nothing says what it was in then.
insert into session_place (domain_id, folder_id, created, sid)
select s.domain_id, c.ancestor_id, s.created, s.sid from remote_session s
  join folder_closure c on c.descendant_id = s.folder_id and c.domain_id = s.domain_id
  join resource f on f.id = c.ancestor_id and f.parent_id is not null
where s.started is not null;
--rollback delete from session_place;

--changeset bascule:account-names-001
-- Tokens that the realm gave before an account was renamed go on naming it as it was.
alter table user_ref add column renamed datetime(3) null comment 'tokens that are no newer do not say how the account is named';
--rollback alter table user_ref drop column renamed;

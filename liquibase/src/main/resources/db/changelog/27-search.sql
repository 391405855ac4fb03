--liquibase formatted sql

--changeset bascule:search-001
-- What a search of devices reads, beside nothing else and as bytes: a search that finds few or none must read the texts of all, which takes a twentieth of the time here.
create table device_search (
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  resource_text varbinary(3200) not null comment 'resource.search in UTF-8',
  device_text varbinary(5600) not null default '' comment 'device.search in UTF-8',
  constraint pk_device_search primary key (domain_id, device_id),
  constraint fk_device_search foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB;
--rollback drop table device_search;

--changeset bascule:search-002 splitStatements:false
-- Each of the triggers writes its own column and reads no other table: nobody waits for a row that somebody else holds for the same reason.
create trigger tr_device_search_resource_insert after insert on resource for each row
  if new.kind = 'device' then
    insert into device_search (domain_id, device_id, resource_text) values (new.domain_id, new.id, coalesce(new.search, ''));
  end if
--rollback drop trigger tr_device_search_resource_insert;

--changeset bascule:search-003 splitStatements:false
create trigger tr_device_search_resource_update after update on resource for each row
  if new.kind = 'device' and not (cast(old.search as binary) <=> cast(new.search as binary)) then
    update device_search set resource_text = coalesce(new.search, '') where domain_id = new.domain_id and device_id = new.id;
  end if
--rollback drop trigger tr_device_search_resource_update;

--changeset bascule:search-004
create trigger tr_device_search_device_insert after insert on device for each row
  update device_search set device_text = coalesce(new.search, '') where domain_id = new.domain_id and device_id = new.id;
--rollback drop trigger tr_device_search_device_insert;

--changeset bascule:search-005 splitStatements:false
create trigger tr_device_search_device_update after update on device for each row
  if not (cast(old.search as binary) <=> cast(new.search as binary)) then
    update device_search set device_text = coalesce(new.search, '') where domain_id = new.domain_id and device_id = new.id;
  end if
--rollback drop trigger tr_device_search_device_update;

--changeset bascule:search-006
-- After the triggers, so that what another node writes meanwhile is in it as well.
insert into device_search (domain_id, device_id, resource_text, device_text)
  select r.domain_id, r.id, coalesce(r.search, ''), coalesce(d.search, '')
  from resource r join device d on d.domain_id = r.domain_id and d.id = r.id where r.kind = 'device'
  on duplicate key update resource_text = values(resource_text), device_text = values(device_text);
--rollback delete from device_search;

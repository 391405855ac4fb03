--liquibase formatted sql

--changeset bascule:search-001
-- What a search of devices reads, beside nothing else and as bytes: a search that finds few or none must read the texts of all, which takes a twentieth of the time here.
create table device_search (
  domain_id char(36) character set ascii collate ascii_bin not null,
  device_id char(36) character set ascii collate ascii_bin not null,
  text varbinary(8900) not null comment 'resource.search and device.search in UTF-8, kept by triggers',
  constraint pk_device_search primary key (domain_id, device_id),
  constraint fk_device_search foreign key (domain_id, device_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB;
--rollback drop table device_search;

--changeset bascule:search-002
insert into device_search (domain_id, device_id, text)
  select r.domain_id, r.id, concat_ws('\n', r.search, d.search) from resource r join device d on d.id = r.id;
--rollback delete from device_search;

--changeset bascule:search-003
create trigger tr_device_search_insert after insert on device for each row
  insert into device_search (domain_id, device_id, text)
    select r.domain_id, r.id, concat_ws('\n', r.search, new.search) from resource r where r.id = new.id;
--rollback drop trigger tr_device_search_insert;

--changeset bascule:search-004 splitStatements:false
create trigger tr_device_search_device after update on device for each row
  if not (old.search <=> new.search) then
    update device_search s join resource r on r.domain_id = s.domain_id and r.id = s.device_id
      set s.text = concat_ws('\n', r.search, new.search) where s.domain_id = new.domain_id and s.device_id = new.id;
  end if
--rollback drop trigger tr_device_search_device;

--changeset bascule:search-005 splitStatements:false
create trigger tr_device_search_resource after update on resource for each row
  if not (old.search <=> new.search) then
    update device_search s join device d on d.id = s.device_id
      set s.text = concat_ws('\n', new.search, d.search) where s.domain_id = new.domain_id and s.device_id = new.id;
  end if
--rollback drop trigger tr_device_search_resource;

--liquibase formatted sql

-- REL-1: where a device, a folder or a user must go, whatever is measured.

--changeset bascule:fixed-relays-101
create table fixed_relay (
  resource_id char(36) character set ascii collate ascii_bin not null,
  domain_id char(36) character set ascii collate ascii_bin not null,
  relay varchar(64) not null,
  constraint pk_fixed_relay primary key (resource_id),
  constraint fk_fixed_relay_resource foreign key (domain_id, resource_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='of a device, a folder and everything below it, or a user';
--rollback drop table fixed_relay;

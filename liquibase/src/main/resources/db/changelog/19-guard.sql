--liquibase formatted sql

-- Failed attempts by address, and the addresses that are blocked because of them.

--changeset bascule:guard-001
-- The row of a network orders whoever tries from it, at whichever node. A new attempt writes it, so that of two nodes that cannot see each other's locks one is refused at its commit.
create table guarded_network (
  network varchar(43) character set ascii collate ascii_bin not null
    comment 'an IPv4 address or an IPv6 network of 64 or 48 bits, with its length',
  attempts bigint not null default 0,
  last datetime(3) not null comment 'of an attempt; one that is long ago is forgotten',
  blocked_since datetime(3) null,
  blocked_until datetime(3) null comment 'stays until the end of the block is in the audit log',
  constraint pk_guarded_network primary key (network),
  constraint ck_guarded_network_block check (
    (blocked_since is null and blocked_until is null) or (blocked_since is not null and blocked_until is not null)),
  index ix_guarded_network_until (blocked_until),
  index ix_guarded_network_last (last)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table guarded_network;

--changeset bascule:guard-002
-- What is being tried now, and what failed within the last minutes. A success leaves nothing.
create table guarded_attempt (
  id char(36) character set ascii collate ascii_bin not null,
  network varchar(43) character set ascii collate ascii_bin not null,
  wide varchar(43) character set ascii collate ascii_bin null comment 'the 48 bits of an IPv6 network',
  domain_id char(36) character set ascii collate ascii_bin null comment 'which domain it was about, if that is known',
  kind varchar(20) character set ascii collate ascii_bin not null,
  user_name varchar(200) null comment 'as given: hostile text',
  occurred datetime(3) not null,
  failed boolean not null,
  constraint pk_guarded_attempt primary key (id),
  index ix_guarded_attempt_network (network, occurred),
  index ix_guarded_attempt_wide (wide, occurred),
  index ix_guarded_attempt_occurred (occurred)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table guarded_attempt;

--changeset bascule:guard-003
-- Owners of the domains that exist get the new permission, which means something in the operator's domain alone.
insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect, delegable)
  select uuid(), g.domain_id, root.id, g.id, 'operate-installation', 'allow', true
  from user_group g join resource r on r.id = g.id join resource root on root.root_of = g.domain_id
  where g.built_in and r.name = 'Owners';
--rollback delete from acl_entry where permission = 'operate-installation';

--changeset bascule:guard-004
-- Two lists of a realm are read, each from where it was left; and a log-out that was recorded here is not recorded again when the realm tells of it.
alter table login_event
  add column source varchar(5) character set ascii collate ascii_bin not null default 'user'
    comment 'user and admin: the list that it came from; own: SHA-256 of the session of the realm whose log-out was recorded here',
  drop index ix_login_event_occurred,
  add index ix_login_event_occurred (domain_id, source, occurred);
--rollback alter table login_event drop index ix_login_event_occurred, add index ix_login_event_occurred (domain_id, occurred), drop column source;

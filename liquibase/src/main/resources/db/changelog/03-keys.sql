--liquibase formatted sql

-- Private keys are stored wrapped by the master key, which is not in the database.

--changeset bascule:keys-001
create table installation_key (
  kid varchar(64) character set ascii collate ascii_bin not null comment 'hash of the public key',
  role varchar(16) character set ascii collate ascii_bin not null,
  public_key varbinary(2048) not null comment 'Ed25519: 32 bytes; ca: the certificate, DER',
  wrapped_key varbinary(1024) not null,
  not_before datetime(3) not null,
  not_after datetime(3) not null,
  created datetime(3) not null,
  constraint pk_installation_key primary key (kid),
  constraint ck_installation_key_role check (role in ('ticket', 'control', 'log', 'relay-token', 'ca'))
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table installation_key;

--changeset bascule:keys-002
create table installation (
  id tinyint not null,
  root_key binary(32) null comment 'public key of the offline root, from the first signed key set that was accepted',
  key_set_seq bigint not null default 0 comment 'number of the newest key set that was accepted; an older one is refused',
  constraint pk_installation primary key (id),
  constraint ck_installation_one check (id = 1)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table installation;

--changeset bascule:keys-003
insert into installation (id) values (1);
--rollback delete from installation;

--changeset bascule:keys-004
create table domain_ca (
  domain_id char(36) character set ascii collate ascii_bin not null,
  certificate varbinary(2048) not null comment 'DER',
  wrapped_key varbinary(1024) not null,
  created datetime(3) not null,
  constraint pk_domain_ca primary key (domain_id),
  constraint fk_domain_ca_domain foreign key (domain_id) references domain (id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table domain_ca;

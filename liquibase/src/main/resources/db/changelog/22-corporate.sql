--liquibase formatted sql

-- Identity providers and directories of companies, by which people sign in to a domain.

--changeset bascule:corporate-001
create table identity_provider (
  id char(36) character set ascii collate ascii_bin not null comment 'the realm knows it by this alias',
  domain_id char(36) character set ascii collate ascii_bin not null,
  kind varchar(4) character set ascii collate ascii_bin not null,
  name varchar(100) not null,
  enabled boolean not null,
  settings mediumtext not null comment 'JSON: what an administrator has said, without secrets',
  facts mediumtext not null comment 'JSON: what the provider told of itself when that was stored',
  secret varbinary(1000) null comment 'client secret or bind password, sealed',
  partner boolean not null,
  ends datetime(3) null comment 'of a partner',
  created datetime(3) not null,
  version bigint not null default 1,
  constraint pk_identity_provider primary key (id),
  constraint uk_identity_provider_domain unique (domain_id, id),
  constraint uk_identity_provider_name unique (domain_id, name),
  constraint fk_identity_provider_domain foreign key (domain_id) references domain (id) on delete cascade,
  constraint ck_identity_provider_kind check (kind in ('oidc', 'saml', 'ldap')),
  constraint ck_identity_provider_partner check (partner = (ends is not null))
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci;
--rollback drop table identity_provider;

--changeset bascule:corporate-002
create table identity_provider_group (
  domain_id char(36) character set ascii collate ascii_bin not null,
  provider_id char(36) character set ascii collate ascii_bin not null,
  theirs varchar(300) character set utf8mb4 collate utf8mb4_bin not null comment 'hostile text',
  group_id char(36) character set ascii collate ascii_bin not null,
  constraint pk_identity_provider_group primary key (provider_id, theirs, group_id),
  constraint fk_identity_provider_group_provider foreign key (domain_id, provider_id) references identity_provider (domain_id, id) on delete cascade,
  constraint fk_identity_provider_group_group foreign key (domain_id, group_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='who is in their group becomes a member of ours';
--rollback drop table identity_provider_group;

--changeset bascule:corporate-003
create table identity_provider_folder (
  domain_id char(36) character set ascii collate ascii_bin not null,
  provider_id char(36) character set ascii collate ascii_bin not null,
  folder_id char(36) character set ascii collate ascii_bin not null,
  constraint pk_identity_provider_folder primary key (provider_id, folder_id),
  constraint fk_identity_provider_folder_provider foreign key (domain_id, provider_id) references identity_provider (domain_id, id) on delete cascade,
  constraint fk_identity_provider_folder_folder foreign key (domain_id, folder_id) references folder (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='a partner''s people reach these and what is below; nothing if they are all gone';
--rollback drop table identity_provider_folder;

--changeset bascule:corporate-004
create table corporate_user (
  domain_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null,
  provider_id char(36) character set ascii collate ascii_bin not null comment 'the first that vouched; never another',
  checked datetime(3) not null comment 'when groups were last asked for',
  gone datetime(3) null comment 'since when the directory knows the user no more',
  constraint pk_corporate_user primary key (user_id),
  constraint fk_corporate_user_user foreign key (domain_id, user_id) references resource (domain_id, id) on delete cascade,
  constraint fk_corporate_user_provider foreign key (domain_id, provider_id) references identity_provider (domain_id, id),
  index ix_corporate_user_checked (checked)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='users whom a provider or directory vouches for';
--rollback drop table corporate_user;

--changeset bascule:corporate-005
create table corporate_member (
  domain_id char(36) character set ascii collate ascii_bin not null,
  group_id char(36) character set ascii collate ascii_bin not null,
  user_id char(36) character set ascii collate ascii_bin not null,
  constraint pk_corporate_member primary key (group_id, user_id),
  constraint fk_corporate_member_user foreign key (user_id) references corporate_user (user_id) on delete cascade,
  constraint fk_corporate_member_group foreign key (domain_id, group_id) references resource (domain_id, id) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='memberships that came from the user''s provider, and end with what it says; no others do';
--rollback drop table corporate_member;

--changeset bascule:corporate-006
alter table sign_in
  add column provider_id char(36) character set ascii collate ascii_bin null comment 'who vouched; null: the domain''s own realm',
  add column vouched_until datetime(3) null comment 'when the provider has to be asked again; null: never',
  add index ix_sign_in_vouched (vouched_until);
--rollback alter table sign_in drop index ix_sign_in_vouched, drop column vouched_until, drop column provider_id;

--changeset bascule:corporate-007
alter table sign_in_setting
  add column corporate_only boolean not null default false comment 'nobody but break_glass signs in without a provider',
  add column break_glass char(36) character set ascii collate ascii_bin null comment 'an owner with an account of the domain',
  add column providers_version bigint not null default 0 comment 'grows with every change of identity_provider; the realm is brought up to it',
  add constraint ck_sign_in_break_glass check (not corporate_only or break_glass is not null);
alter table realm_state
  add column applied_providers bigint not null default 0 comment 'of sign_in_setting.providers_version';
--rollback alter table realm_state drop column applied_providers;
--rollback alter table sign_in_setting drop constraint ck_sign_in_break_glass, drop column providers_version, drop column break_glass, drop column corporate_only;

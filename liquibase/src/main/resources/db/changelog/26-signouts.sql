--liquibase formatted sql

--changeset bascule:signouts-001
-- A realm may be away when an account is switched off or a password is reset: its own sessions and offline tokens have to end all the same.
create table sign_out_due (
  domain_id char(36) character set ascii collate ascii_bin not null,
  subject char(36) character set ascii collate ascii_bin not null,
  next_attempt datetime(3) not null,
  attempts int not null default 0,
  constraint pk_sign_out_due primary key (domain_id, subject),
  constraint fk_sign_out_due_domain foreign key (domain_id) references domain (id) on delete cascade,
  index ix_sign_out_due_next (next_attempt)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='users whose sessions are still to be ended in their realm, and who are to be switched off there if they are here';
--rollback drop table sign_out_due;

--liquibase formatted sql

-- An enrolment whose answer was lost is answered again to the same key with the same token.

--changeset bascule:enrolment-002
alter table device add column token_id char(36) character set ascii collate ascii_bin null
  comment 'the enrolment token by which its key was registered, which may be gone; null: by pairing, or before this was kept';
--rollback alter table device drop column token_id;

--liquibase formatted sql

-- In whose name a token enrols.

--changeset bascule:enrolment-001
alter table enrolment_token
  add column creator_id char(36) character set ascii collate ascii_bin null
    comment 'whose rights decide whether a revoked device of a folder below may be taken over; may be gone; null: nobody''s';
--rollback alter table enrolment_token drop column creator_id;

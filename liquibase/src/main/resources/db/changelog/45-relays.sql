--liquibase formatted sql

-- REL-6: the relays that were given to a session. What others say that they have forwarded of it does not count.

--changeset bascule:session-relays-101
create table session_relay (
  sid char(32) character set ascii collate ascii_bin not null,
  relay varchar(64) not null,
  constraint pk_session_relay primary key (sid, relay),
  constraint fk_session_relay_session foreign key (sid) references remote_session (sid) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='its ends have, or had, tokens for that relay';
--rollback drop table session_relay;

--changeset bascule:session-relays-102
insert into session_relay (sid, relay) select sid, relay from remote_session where relay is not null and ended is null;
--rollback delete from session_relay;

--changeset bascule:relay-load-101
alter table relay add column processor tinyint not null default 0 comment 'per cent of its processors that it uses';
--rollback alter table relay drop column processor;

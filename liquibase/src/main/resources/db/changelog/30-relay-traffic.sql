--liquibase formatted sql

-- REL-6: what relays have counted, beside what the ends say.

--changeset bascule:relay-traffic-101
create table relay_traffic (
  sid char(32) character set ascii collate ascii_bin not null,
  relay varchar(64) not null,
  pair varchar(32) character set ascii collate ascii_bin not null,
  from_client bigint not null comment 'bytes of the messages as they were forwarded',
  from_device bigint not null,
  millis bigint not null comment 'that both ends were together',
  constraint pk_relay_traffic primary key (sid, relay, pair),
  constraint fk_relay_traffic_session foreign key (sid) references remote_session (sid) on delete cascade
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_520_ci
  comment='one row for each meeting of the ends of a session at a relay; the figures only grow';
--rollback drop table relay_traffic;

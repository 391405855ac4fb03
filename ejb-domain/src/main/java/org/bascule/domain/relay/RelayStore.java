package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.guard.Network;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.registry.RelayTraffic;
import org.jspecify.annotations.Nullable;

/** The table of relays, which belongs to no domain. */
@ApplicationScoped
class RelayStore {

    /** One that waits for approval and was not heard of for so long is forgotten. */
    static final Duration REMEMBERED = Duration.ofHours(24);

    /** Of one session at one relay. */
    static final int MAX_ACCOUNTS = 1_000;

    private static final String COLUMNS =
            """
            select id, name, region, url, native_url, version, public_key, state, drain, capacity, sessions, bytes_per_second, draining, number,
              address, first_seen, last_heartbeat, processor
            from relay
            """;

    @Inject
    Sql sql;

    /** Those that sessions may use, by id. */
    List<KnownRelay> approved() {
        return sql.acrossDomains()
                .statement(COLUMNS + "where state = 'approved' order by id")
                .list(RelayStore::relay);
    }

    /** The first so many behind an id, without those that are forgotten; null for the beginning. */
    List<KnownRelay> page(@Nullable String after, int rows, Instant now) {
        return sql.acrossDomains()
                .statement(
                        COLUMNS
                                + "where (state <> 'pending' or last_heartbeat > :before) and (:after is null or id > :after) order by id limit :rows")
                .set("before", now.minus(REMEMBERED))
                .set("after", after)
                .set("rows", rows)
                .list(RelayStore::relay);
    }

    /** As it is now. */
    Optional<KnownRelay> find(String id) {
        return sql.acrossDomains()
                .statement(COLUMNS + "where id = :id")
                .set("id", id)
                .first(RelayStore::relay);
    }

    /** One, which nobody else changes until the end of this transaction. */
    Optional<KnownRelay> locked(String id) {
        return sql.acrossDomains()
                .statement(COLUMNS + "where id = :id for update")
                .set("id", id)
                .first(RelayStore::relay);
    }

    private static KnownRelay relay(Row row) {
        try {
            return new KnownRelay(
                    new RelayDescription(row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)),
                    row.bytes(7),
                    HeartbeatAnswer.State.parse(row.text(8)),
                    row.flag(9),
                    new RelayLoad(row.number(10), row.number(11), row.number(12), (int) row.number(18), row.flag(13)),
                    row.number(14),
                    row.text(15),
                    row.instant(16),
                    row.instant(17));
        } catch (WireException | IllegalArgumentException e) {
            throw new IllegalStateException("a stored relay is not one", e);
        }
    }

    /** Those that wait for approval. */
    WaitingRelays waiting() {
        return new WaitingRelays(sql.acrossDomains()
                .statement("select id, address, first_seen from relay where state = 'pending'")
                .list(row -> new WaitingRelays.Waiting(row.text(1), Network.of(row.text(2)), row.instant(3))));
    }

    /** Returns what is forgotten by it. */
    List<KnownRelay> forgetPending(Instant now) {
        List<KnownRelay> forgotten = sql.acrossDomains()
                .statement(COLUMNS + "where state = 'pending' and last_heartbeat < :before order by id for update")
                .set("before", now.minus(REMEMBERED))
                .list(RelayStore::relay);
        forgotten.forEach(relay -> remove(relay.relay().id()));
        return forgotten;
    }

    /** Adds one that waits for approval. */
    void add(RelayHeartbeat heartbeat, String address, Instant now) throws DuplicateException {
        described(
                        heartbeat,
                        address,
                        now,
                        """
                        insert into relay (id, public_key, name, region, url, native_url, version, address, state, draining, capacity, sessions,
                          bytes_per_second, processor, number, first_seen, last_heartbeat)
                        values (:id, :key, :name, :region, :url, :nativeUrl, :version, :address, 'pending', :draining, :capacity, :sessions,
                          :rate, :processor, :number, :now, :now)""")
                .set("key", heartbeat.key().raw())
                .insertUnique();
    }

    void heard(RelayHeartbeat heartbeat, HeartbeatAnswer.State state, String address, Instant now) {
        described(
                        heartbeat,
                        address,
                        now,
                        """
                        update relay set name = :name, region = :region, url = :url, native_url = :nativeUrl, version = :version, address = :address,
                          state = :state, draining = :draining, capacity = :capacity, sessions = :sessions, bytes_per_second = :rate,
                          processor = :processor,
                          number = :number, last_heartbeat = :now
                        where id = :id""")
                .set("state", state.text())
                .update();
    }

    private Statement described(RelayHeartbeat heartbeat, String address, Instant now, String statement) {
        RelayDescription relay = heartbeat.relay();
        RelayLoad load = heartbeat.load();
        return sql.acrossDomains()
                .statement(statement)
                .set("id", relay.id())
                .set("name", relay.name())
                .set("region", relay.region())
                .set("url", relay.url())
                .set("nativeUrl", relay.nativeUrl())
                .set("version", relay.version())
                .set("address", address)
                .set("draining", load.draining())
                .set("capacity", load.capacity())
                .set("sessions", load.sessions())
                .set("rate", load.bytesPerSecond())
                .set("processor", load.processor())
                .set("number", heartbeat.number())
                .set("now", now);
    }

    void decide(String id, HeartbeatAnswer.State state) {
        sql.acrossDomains()
                .statement("update relay set state = :state where id = :id")
                .set("state", state.text())
                .set("id", id)
                .update();
    }

    void drain(String id, boolean drain) {
        sql.acrossDomains()
                .statement("update relay set drain = :drain where id = :id")
                .set("drain", drain)
                .set("id", id)
                .update();
    }

    void remove(String id) {
        sql.acrossDomains()
                .statement("delete from relay where id = :id")
                .set("id", id)
                .update();
    }

    /**
     * The figures of an account only grow. A relay has one for a session, or some where it began anew: above {@value #MAX_ACCOUNTS} it is no honest one.
     *
     * @param now when the relay says so
     * @param since of sessions that ended before that nothing is new
     */
    void traffic(String relay, List<RelayTraffic.Pair> pairs, Instant now, Instant since) {
        for (RelayTraffic.Pair pair : pairs) {
            sql.acrossDomains()
                    .statement(
                            """
                            insert into relay_traffic (sid, relay, pair, from_client, from_device, millis, began)
                            select s.sid, :relay, :pair, :client, :device, :millis, :began from remote_session s
                            join session_relay g on g.sid = s.sid and g.relay = :relay
                            where s.sid = :sid and (s.ended is null or s.ended >= :since) and ((select count(*) from relay_traffic t where t.sid = s.sid and t.relay = :relay) < :most
                              or exists (select 1 from relay_traffic t where t.sid = s.sid and t.relay = :relay and t.pair = :pair))
                            on duplicate key update from_client = greatest(from_client, values(from_client)),
                              from_device = greatest(from_device, values(from_device)), millis = greatest(millis, values(millis))""")
                    .set("relay", relay)
                    .set("most", MAX_ACCOUNTS)
                    .set("pair", pair.pair())
                    .set("client", pair.fromClient())
                    .set("device", pair.fromDevice())
                    .set("millis", pair.millis())
                    .set("began", now.minusMillis(pair.millis()))
                    .set("sid", pair.sid().hex())
                    .set("since", since)
                    .update();
        }
    }
}

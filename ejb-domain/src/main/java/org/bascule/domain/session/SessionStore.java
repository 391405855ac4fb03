package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.Names;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.session.RelayWay;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;
import org.jspecify.annotations.Nullable;

/**
 * Rows of sessions and their transitions, each with its audit record in one transaction. Checks no permission. A running row that is no session, such as
 * one that somebody wrote by hand, is ended and logged where many are read: it keeps none of the others from being looked after.
 */
@Stateless
public class SessionStore {

    /** {@code docs/protocol/control.md}, {@code session-ended}; no more digits than the numbers of a session have. */
    private static final Pattern COUNTED = Pattern.compile("[^;]*; ([0-9]{1,16}) bytes in, ([0-9]{1,16}) out(?:;|$)");

    private static final Logger LOG = System.getLogger(SessionStore.class.getName());

    /** Time from the request to the handshake; a person compares fingerprint words in it. */
    static final Duration START_TIME = Duration.ofMinutes(10);

    static final Duration RENEWAL = Duration.ofSeconds(120);

    private static final int BATCH = 200;

    private static final String STORED =
            """
            select s.sid, s.domain_id, s.device_id, s.device_name, d.spki, s.user_id, s.user_name, s.operations, s.account, s.reason,
              s.acr, s.auth_time, s.client_address, s.cnf, s.ticket_seq, s.lease_expires, s.session_expires, s.credential_id,
              s.consent, s.consent_by, s.full_log
            from remote_session s join device d on d.id = s.device_id
            """;

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    SessionPlaces places;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** How many sessions of a user have not ended. */
    public long liveOf(Caller caller) {
        return sql.in(caller.domainId())
                .statement("select count(*) from remote_session"
                        + " where domain_id = :domain and user_id = :user and state <> 'ended'")
                .set("user", caller.userId())
                .number();
    }

    /**
     * What the session policy makes of a session that was requested.
     *
     * @param whom who is asked first; empty if it may start
     * @param until when that is refused by itself
     */
    public record Opening(Optional<Consent> whom, Instant until, boolean fullLog) {}

    /** Adds a session that was requested. */
    public void add(
            Caller caller,
            SessionId sid,
            Target target,
            Operations operations,
            @Nullable String reason,
            Opening opening) {
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, reason,
                          state, acr, auth_time, created, client_address, credential_id, consent, consent_until, full_log)
                        values (:sid, :domain, :device, :deviceName, :user, :userName, :operations, :account, :reason,
                          :state, :acr, :authTime, :now, :address, :credential, :consent, :until, :log)""")
                .set("state", opening.whom().isPresent() ? "asking" : "ready")
                .set("consent", opening.whom().map(Consent::text).orElse(null))
                .set("until", opening.whom().isPresent() ? opening.until() : null)
                .set("log", opening.fullLog())
                .set("credential", caller.credential().id())
                .set("sid", sid.hex())
                .set("device", target.uid())
                .set("deviceName", target.name())
                .set("user", caller.userId())
                .set("userName", caller.userName())
                .set("operations", operations.toString())
                .set("account", target.account())
                .set("reason", reason == null ? null : Names.cleaned(reason, ""))
                .set("acr", caller.acr() == null || caller.acr().length() > 64 ? null : caller.acr())
                .set("authTime", caller.authTime())
                .set("now", now())
                .set("address", caller.address())
                .update();
    }

    /** Whom a session is for. */
    public record Target(
            String uid,
            String name,
            String account,
            boolean quarantined,
            @Nullable String endorsement,
            boolean switchedOff) {}

    /** The device as a session needs it. */
    public Optional<Target> target(String domainId, String uid) {
        return sql.in(domainId)
                .statement(
                        """
                        select d.id, r.name, d.account, d.quarantined, i.endorsement, d.switched_off
                        from device d join resource r on r.id = d.id left join device_report i on i.device_id = d.id
                        where d.domain_id = :domain and d.id = :id""")
                .set("id", uid)
                .first(row ->
                        new Target(row.text(1), row.text(2), row.text(3), row.flag(4), row.textOrNull(5), row.flag(6)));
    }

    /** The certificate in force of a device, and its issuer's, DER. */
    public Optional<List<byte[]>> chain(String domainId, String uid) {
        return sql.in(domainId)
                .statement(
                        """
                        select c.certificate, a.certificate from device_certificate c join domain_ca a on a.domain_id = c.domain_id
                        where c.domain_id = :domain and c.device_id = :id and c.revoked is null and c.pending = false
                        order by c.not_after desc limit 1""")
                .set("id", uid)
                .first(row -> List.of(row.bytes(1), row.bytes(2)));
    }

    /** Live sessions that were opened with a sign-in or an API token, and the devices that they are on. */
    public Map<SessionId, String> ofCredential(String domainId, String credential) {
        Map<SessionId, String> sessions = new LinkedHashMap<>();
        sql.in(domainId)
                .statement("select sid, device_id from remote_session"
                        + " where domain_id = :domain and credential_id = :credential and state <> 'ended'")
                .set("credential", credential)
                .list(row -> sessions.put(new SessionId(row.text(1)), row.text(2)));
        return sessions;
    }

    /** Whose session it is, if it exists, live or not. */
    public Optional<Ownership> ownership(String domainId, SessionId sid) {
        return sql.in(domainId)
                .statement(
                        "select user_id, device_id, device_name, state, started is not null, comment is not null, credential_id"
                                + " from remote_session where domain_id = :domain and sid = :sid")
                .set("sid", sid.hex())
                .first(row -> new Ownership(
                        row.text(1),
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        row.flag(5),
                        row.flag(6),
                        row.textOrNull(7)));
    }

    /**
     * User, device and state ({@code asking}, {@code ready}, {@code offered}, {@code running}, {@code ended}) of a session.
     *
     * @param started whether the device had answered
     * @param commented whether it has its comment
     * @param credential with which it was opened
     */
    public record Ownership(
            String userId,
            String deviceUid,
            String deviceName,
            String state,
            boolean started,
            boolean commented,
            @Nullable String credential) {

        /** Whether it is the caller's. An API token has no other sessions than those that it opened. */
        boolean isOf(Caller caller) {
            return userId.equals(caller.userId())
                    && (!caller.credential().isToken()
                            || Objects.equals(credential, caller.credential().id()));
        }

        boolean isEnded() {
            return state.equals("ended");
        }
    }

    /** Stores what the user said about a session, once; false if it has a comment or never ran. */
    public boolean comment(String domainId, SessionId sid, String comment) {
        return sql.in(domainId)
                        .statement(
                                "update remote_session set comment = :comment"
                                        + " where domain_id = :domain and sid = :sid and comment is null and started is not null")
                        .set("comment", comment)
                        .set("sid", sid.hex())
                        .update()
                == 1;
    }

    /** Takes the one handshake that a session may have; empty if it had one, or is not this user's. */
    public Optional<StoredSession> offer(Caller caller, SessionId sid, byte[] cnf) {
        Instant now = now();
        int taken = sql.in(caller.domainId())
                .statement(
                        """
                        update remote_session set state = 'offered', cnf = :cnf, ticket_seq = 1, renewed = :now,
                          lease_expires = :lease, session_expires = :expires, client_address = :address
                        where domain_id = :domain and sid = :sid and user_id = :user and state = 'ready'""")
                .set("cnf", cnf)
                .set("now", now)
                .set("lease", now.plus(Ticket.LEASE))
                .set("expires", now.plus(Ticket.MAX_SESSION).truncatedTo(ChronoUnit.SECONDS))
                .set("address", caller.address())
                .set("sid", sid.hex())
                .set("user", caller.userId())
                .update();
        return taken == 1 ? find(caller.domainId(), sid) : Optional.empty();
    }

    private Optional<StoredSession> find(String domainId, SessionId sid) {
        return sql.in(domainId)
                .statement(STORED + "where s.domain_id = :domain and s.sid = :sid and s.cnf is not null")
                .set("sid", sid.hex())
                .first(SessionStore::stored);
    }

    private static StoredSession stored(Row row) {
        try {
            return new StoredSession(
                    SessionId.parse(row.text(1)),
                    row.text(2),
                    row.text(3),
                    row.text(4),
                    DeviceIdentityPublicKey.parse(row.bytes(5)),
                    row.text(6),
                    row.text(7),
                    new Operations(Arrays.asList(row.text(8).split(","))),
                    row.text(9),
                    row.textOrNull(10),
                    row.textOrNull(11),
                    row.instantOrNull(12),
                    row.text(13),
                    row.bytes(14),
                    (int) row.number(15),
                    row.instant(16),
                    row.instant(17),
                    row.textOrNull(18),
                    demands(row));
        } catch (WireException e) {
            throw new IllegalStateException("a stored session is not one", e);
        }
    }

    private static Demands demands(Row row) throws WireException {
        String consent = row.textOrNull(19);
        Optional<Consent> asked = consent == null ? Optional.empty() : Optional.of(Consent.parse(consent));
        return new Demands(
                asked,
                asked.filter(Consent.APPROVER::equals).isPresent()
                        ? Optional.ofNullable(row.textOrNull(20))
                        : Optional.empty(),
                row.flag(21));
    }

    /** The device answered: the session runs. False if it was ended in the meantime. */
    public boolean started(StoredSession session, String relay, RelayWay way, @Nullable String deviceAddress) {
        int started = sql.in(session.domainId())
                .statement(
                        """
                        update remote_session set state = 'running', started = :now, relay = :relay, device_address = :address,
                          relay_client_ms = :clientMs, relay_device_ms = :deviceMs
                        where domain_id = :domain and sid = :sid and state = 'offered'""")
                .set("now", now())
                .set("relay", relay)
                .set("clientMs", way.client().orElse(null))
                .set("deviceMs", way.device().orElse(null))
                .set("address", deviceAddress)
                .set("sid", session.sid().hex())
                .update();
        if (started == 0) {
            return false;
        }
        places.keep(session.domainId(), session.sid());
        audit.record(about(session, Operation.SESSION_STARTED, Outcome.SUCCESS)
                .saying("%s as '%s' by relay %s, device at %s%s"
                        .formatted(
                                session.operations(),
                                session.account(),
                                relay,
                                deviceAddress,
                                session.reason() == null ? "" : ", reason: " + session.reason())));
        fire(session.domainId(), session.sid().hex(), session.deviceUid(), session.userId(), "started");
        return true;
    }

    private static AuditEvent about(StoredSession session, Operation operation, Outcome outcome) {
        return session.user()
                .did(operation, outcome)
                .on(session.deviceUid(), session.deviceName())
                .inSession(session.sid().hex());
    }

    private void fire(String domainId, String sid, String deviceUid, String userId, String state) {
        live.fire(new LiveEvent.SessionChanged(domainId, sid, deviceUid, userId, state));
    }

    /** The device refused or did not answer: no session came of it. False if it was not waiting for that. */
    public boolean failed(StoredSession session, Outcome outcome, String detail) {
        int ended = endRow(session.domainId(), session.sid().hex(), EndReason.FAILED.code(), "state = 'offered'");
        if (ended == 1) {
            audit.record(about(session, Operation.SESSION_STARTED, outcome).saying(detail));
        }
        return ended == 1;
    }

    private int endRow(String domainId, String sid, String reason, String condition) {
        return sql.in(domainId)
                .statement("update remote_session set state = 'ended', ended = :now, end_reason = :reason"
                        + " where domain_id = :domain and sid = :sid and " + condition)
                .set("now", now())
                .set("reason", reason)
                .set("sid", sid)
                .update();
    }

    /** Numbers and addresses that one of the ends knows. An address that the server has seen itself counts for more. */
    public record Facts(OptionalLong bytesIn, OptionalLong bytesOut, Optional<String> deviceAddress) {
        static final Facts NONE = new Facts(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    }

    /**
     * Ends a session, once; the second end only adds what was not known. An end is recorded as success, whoever ended it.
     *
     * @param actor who ended it
     * @return whether it was live
     */
    public boolean end(String domainId, SessionId sid, Actor actor, String reason, Facts facts) {
        return end(domainId, sid.hex(), actor, reason, facts);
    }

    private boolean end(String domainId, String sid, Actor actor, String reason, Facts facts) {
        String shown = Names.cleaned(reason, "done");
        int ended = endRow(domainId, sid, shown, "state <> 'ended'");
        addFacts(domainId, sid, facts);
        if (ended == 0) {
            return false;
        }
        sql.in(domainId)
                .statement(
                        """
                        select device_id, device_name, user_id, user_name, client_address, device_address, bytes_in, bytes_out, started
                        from remote_session where domain_id = :domain and sid = :sid""")
                .set("sid", sid)
                .first(row -> new Ended(ended(domainId, sid, actor, shown, row), row.text(1), row.text(3)))
                .ifPresent(end -> {
                    audit.record(end.event());
                    fire(domainId, sid, end.deviceUid(), end.userId(), "ended");
                });
        return true;
    }

    private record Ended(AuditEvent event, String deviceUid, String userId) {}

    /**
     * The device says when a session ended that it could not report at the time. Where nobody else had ended it, or its lease had lapsed because the device could not
     * be reached, the connection log says so from now on; the operations log keeps what was recorded when, and has the device's event beside it.
     *
     * @param detail the reason, and behind a semicolon what else the device has to say
     * @param time by the device's clock; counts if it is after the beginning, before the end of the lease and not in the future
     */
    public void endReportedLater(StoredSession session, String detail, Instant time) {
        String reason = Names.cleaned(detail.split(";", 2)[0], "done");
        boolean live = end(session.domainId(), session.sid(), Actor.SERVER, reason, counted(detail));
        // corrected once: afterwards it has ended before its lease did
        int corrected = sql.in(session.domainId())
                .statement(
                        """
                        update remote_session set ended = :time, end_reason = :reason
                        where domain_id = :domain and sid = :sid and state = 'ended' and started <= :time and :time <= :now
                          and :time < lease_expires and (:live or end_reason = :interrupted and ended >= lease_expires)""")
                .set("time", time)
                .set("reason", reason)
                .set("live", live)
                .set("interrupted", EndReason.INTERRUPTED.code())
                .set("sid", session.sid().hex())
                .set("now", now())
                .update();
        if (corrected == 1 && !live) {
            fire(session.domainId(), session.sid().hex(), session.deviceUid(), session.userId(), "ended");
        }
    }

    /** The numbers in what a device reports later. */
    private static Facts counted(String detail) {
        Matcher numbers = COUNTED.matcher(detail);
        return numbers.lookingAt()
                ? new Facts(
                        OptionalLong.of(Long.parseLong(numbers.group(1))),
                        OptionalLong.of(Long.parseLong(numbers.group(2))),
                        Optional.empty())
                : Facts.NONE;
    }

    private static AuditEvent ended(String domainId, String sid, Actor actor, String reason, Row row) {
        String detail = "%s; user %s at %s, device at %s, %d bytes to the device, %d from it%s"
                .formatted(
                        reason,
                        row.text(4),
                        row.text(5),
                        row.textOrNull(6),
                        row.number(7),
                        row.number(8),
                        row.instantOrNull(9) == null ? ", never started" : "");
        return AuditEvent.of(domainId, actor, Operation.SESSION_ENDED, Outcome.SUCCESS)
                .on(row.text(1), row.text(2))
                .inSession(sid)
                .saying(detail);
    }

    private void addFacts(String domainId, String sid, Facts facts) {
        if (facts.equals(Facts.NONE)) {
            return;
        }
        sql.in(domainId)
                .statement(
                        """
                        update remote_session set bytes_in = greatest(bytes_in, :in), bytes_out = greatest(bytes_out, :out),
                          device_address = coalesce(device_address, :address)
                        where domain_id = :domain and sid = :sid""")
                .set("in", facts.bytesIn().orElse(0))
                .set("out", facts.bytesOut().orElse(0))
                .set("address", facts.deviceAddress().filter(a -> !a.isEmpty()).orElse(null))
                .set("sid", sid)
                .update();
    }

    /** The session of a device by its id, for messages of the device itself. */
    public Optional<StoredSession> ofDevice(String deviceUid, SessionId sid) {
        return sql.acrossDomains()
                .statement(STORED + "where s.sid = :sid and s.device_id = :device and s.cnf is not null")
                .set("sid", sid.hex())
                .set("device", deviceUid)
                .first(SessionStore::stored);
    }

    /** The running session of a device by its id. */
    public Optional<StoredSession> runningOn(String deviceUid, SessionId sid) {
        return sql.acrossDomains()
                .statement(STORED + "where s.sid = :sid and s.device_id = :device and s.state = 'running'")
                .set("sid", sid.hex())
                .set("device", deviceUid)
                .first(SessionStore::stored);
    }

    /** Why a session of a device ended, if it has. */
    public Optional<String> endReason(String deviceUid, SessionId sid) {
        return sql.acrossDomains()
                .statement("select end_reason from remote_session"
                        + " where sid = :sid and device_id = :device and end_reason is not null")
                .set("sid", sid.hex())
                .set("device", deviceUid)
                .first(row -> row.text(1));
    }

    /** Sessions that run on a device since before a time. */
    public List<StoredSession> startedBefore(String deviceUid, Instant time) {
        return readable(sql.acrossDomains()
                .statement(STORED + "where s.device_id = :device and s.state = 'running' and s.started < :time")
                .set("device", deviceUid)
                .set("time", time));
    }

    /** Running sessions that are due for a newer ticket, oldest first. */
    public List<StoredSession> due() {
        return readable(sql.acrossDomains()
                .statement(
                        STORED + "where s.state = 'running' and s.renewed <= :before order by s.renewed limit " + BATCH)
                .set("before", now().minus(RENEWAL)));
    }

    /** Domains in which a session runs. */
    public List<String> domainsWithRunning() {
        return sql.acrossDomains()
                .statement("select distinct domain_id from remote_session where state = 'running'")
                .list(row -> row.text(1));
    }

    /** Live sessions of one domain, for when rights have changed. */
    public List<StoredSession> running(String domainId) {
        return readable(sql.in(domainId).statement(STORED + "where s.domain_id = :domain and s.state = 'running'"));
    }

    private List<StoredSession> readable(Statement statement) {
        record Broken(String domainId, String sid) {}
        List<Broken> broken = new ArrayList<>();
        List<StoredSession> sessions = statement
                .list(row -> {
                    try {
                        return Optional.of(stored(row));
                    } catch (IllegalArgumentException | IllegalStateException e) {
                        LOG.log(Level.ERROR, "session {0} cannot be read and is ended", row.text(1));
                        broken.add(new Broken(row.text(2), row.text(1)));
                        return Optional.<StoredSession>empty();
                    }
                })
                .stream()
                .flatMap(Optional::stream)
                .toList();
        broken.forEach(
                each -> end(each.domainId(), each.sid(), Actor.SERVER, EndReason.INTERRUPTED.code(), Facts.NONE));
        return sessions;
    }

    /** Counts a renewal; false if the session has ended or was renewed by somebody else. */
    public boolean renewed(StoredSession session, Instant leaseExpires) {
        return sql.in(session.domainId())
                        .statement(
                                """
                                update remote_session set ticket_seq = ticket_seq + 1, renewed = :now, lease_expires = :lease
                                where domain_id = :domain and sid = :sid and state = 'running' and ticket_seq = :seq""")
                        .set("now", now())
                        .set("lease", leaseExpires)
                        .set("sid", session.sid().hex())
                        .set("seq", session.ticketSeq())
                        .update()
                == 1;
    }

    /** Ends what nobody went on with. */
    public void endAbandoned() {
        endAll("s.state = 'ready' and s.created < :before", now().minus(START_TIME), EndReason.ABANDONED);
    }

    /** After a restart nobody waits for answers any more; running sessions go on, because their two ends did not notice. */
    public void endUnanswered() {
        endAll("s.state in ('asking', 'ready', 'offered') and s.created <= :before", now(), EndReason.INTERRUPTED);
    }

    private void endAll(String condition, Instant before, EndReason reason) {
        record Found(String domainId, SessionId sid) {}
        Statement statement = sql.acrossDomains()
                .statement(
                        "select s.domain_id, s.sid from remote_session s where " + condition + " limit " + 10 * BATCH)
                .set("before", before);
        for (Found found : statement.list(row -> new Found(row.text(1), new SessionId(row.text(2))))) {
            endRow(found.domainId(), found.sid().hex(), reason.code(), "state <> 'ended'");
        }
    }

    /** A removed device takes its sessions with it, in the same transaction. */
    public void removed(@Observes LiveEvent.DeviceRemoved device) {
        endOn(device.domainId(), device.uid(), EndReason.DEVICE_REMOVED);
    }

    /** So does a revoked one. */
    public void revoked(@Observes LiveEvent.DeviceRevoked device) {
        endOn(device.domainId(), device.uid(), EndReason.DEVICE_REVOKED);
    }

    private void endOn(String domainId, String uid, EndReason reason) {
        sql.in(domainId)
                .statement("select sid from remote_session"
                        + " where domain_id = :domain and device_id = :device and state <> 'ended'")
                .set("device", uid)
                .list(row -> new SessionId(row.text(1)))
                .forEach(sid -> end(domainId, sid, Actor.SERVER, reason.code(), Facts.NONE));
    }
}

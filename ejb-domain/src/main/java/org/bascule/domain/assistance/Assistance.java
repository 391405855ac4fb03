package org.bascule.domain.assistance;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.device.KnownDevice;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.DeviceDetail;
import org.bascule.domain.directory.DeviceNews;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Assistance.ContactField;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.control.ReportMessage;
import org.jspecify.annotations.Nullable;

/** Requests for help: raised by devices, taken and closed by people. */
@Stateless
public class Assistance {

    static final int MAX_PER_DAY = 20;
    static final int MAX_COMMENT = 1_000;
    private static final int BATCH = 200;

    /** Line ends become blanks; what neither prints nor separates is taken out, so that nothing in it acts where it is shown. */
    private static final Pattern SEPARATORS = Pattern.compile("[\\s\\p{Z}\\p{Cc}]+");

    private static final Pattern ACTIVE = Pattern.compile("[\\p{C}]");

    private static final String COLUMNS =
            """
            a.id, a.device_id, r.name, a.text, a.contact_name, a.contact_phone, a.contact_email, a.state, a.raised, a.received, a.expires,
              a.taken_by_name, a.closed_by_name, a.comment, a.version
            from assistance_request a join resource r on r.id = a.device_id
            """;

    private static final String LIST = "select " + COLUMNS
            + """
            where a.domain_id = :domain and (:state is null or a.state = :state)
              and (:received is null or a.received < :received or (a.received = :received and a.id < :id)) and\s""";

    private static final String ORDER = " order by a.received desc, a.id desc limit :limit";

    private static final String ONE = "select " + COLUMNS + "where a.domain_id = :domain and a.id = :id";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Directory directory;

    @Inject
    DeviceNews news;

    @Inject
    AuditLog audit;

    @Inject
    Options options;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** What the device is told; a request that is known already is answered with its state. */
    public ReportMessage.AssistState raise(KnownDevice device, ReportMessage.Assist request, String address) {
        if (!Uuid7.isUuid(request.id())) {
            return refused(request, "invalid");
        }
        Optional<ReportMessage.AssistState> known = state(device, request.id());
        if (known.isPresent()) {
            return known.get();
        }
        Optional<String> refusal = refusal(device, request);
        if (refusal.isPresent()) {
            audit.recordRefused(about(device, address, Operation.ASSISTANCE_REQUESTED, Outcome.DENIED)
                    .saying(refusal.get()));
            return refused(request, refusal.get());
        }
        try {
            insert(device, request);
        } catch (DuplicateException e) {
            // another one is open, or the id is another device's
            return refused(request, "already-open");
        }
        audit.record(about(device, address, Operation.ASSISTANCE_REQUESTED, Outcome.SUCCESS)
                .saying(cleaned(request.text(), ReportMessage.Assist.MAX_TEXT))
                .changing(Changes.none().field("state", null, AssistanceState.OPEN.code())));
        fire(device.domainId(), request.id(), device.uid(), AssistanceState.OPEN, "");
        return new ReportMessage.AssistState(request.id(), AssistanceState.OPEN.code(), "");
    }

    private static AuditEvent about(KnownDevice device, String address, Operation operation, Outcome outcome) {
        return AuditEvent.of(device.domainId(), Actor.unknown(null, address), operation, outcome)
                .on(device.uid(), device.name());
    }

    private static ReportMessage.AssistState refused(ReportMessage.Assist request, String why) {
        return new ReportMessage.AssistState(request.id(), "refused", why);
    }

    private Optional<ReportMessage.AssistState> state(KnownDevice device, String id) {
        return sql.in(device.domainId())
                .statement("select state, taken_by_name, comment from assistance_request"
                        + " where domain_id = :domain and device_id = :device and id = :id")
                .set("device", device.uid())
                .set("id", id)
                .first(row -> new ReportMessage.AssistState(
                        id, row.text(1), detail(row.text(1), row.textOrNull(2), row.textOrNull(3))));
    }

    private static String detail(String state, @Nullable String takenBy, @Nullable String comment) {
        @Nullable String detail = state.equals(AssistanceState.TAKEN.code()) ? takenBy : comment;
        return detail == null ? "" : detail;
    }

    /** Why it is not accepted: {@code disabled}, {@code already-open}, {@code too-many}, or {@code contact-} and the field that is missing. */
    private Optional<String> refusal(KnownDevice device, ReportMessage.Assist request) {
        var domain = options.of(device.domainId()).assistance();
        DeviceAssistance allowed = stored(device.domainId(), device.uid()).orElse(DeviceAssistance.OFF);
        if (!domain.enabled() || !isOn(allowed)) {
            return Optional.of("disabled");
        }
        if (cleaned(request.text(), 1).isEmpty()) {
            return Optional.of("invalid");
        }
        if (isOpen(device)) {
            return Optional.of("already-open");
        }
        if (raisedSince(device, now().minus(Duration.ofDays(1))) >= MAX_PER_DAY) {
            return Optional.of("too-many");
        }
        return domain.contactFields().stream()
                .map(ContactField::code)
                .filter(field -> contact(request, field).isEmpty())
                .findFirst()
                .map(field -> "contact-" + field);
    }

    private boolean isOn(DeviceAssistance allowed) {
        return allowed.enabled() && (allowed.until() == null || now().isBefore(allowed.until()));
    }

    private static Optional<String> contact(ReportMessage.Assist request, String field) {
        return switch (field) {
            case "name" -> kept(request.name(), ReportMessage.Assist.MAX_NAME);
            case "phone" -> kept(request.phone(), ReportMessage.Assist.MAX_PHONE);
            case "email" -> kept(request.email(), ReportMessage.Assist.MAX_EMAIL);
            default -> Optional.of(field);
        };
    }

    private static Optional<String> kept(Optional<String> text, int max) {
        return text.map(value -> cleaned(value, max)).filter(value -> !value.isEmpty());
    }

    static String cleaned(String text, int max) {
        String inert = ACTIVE.matcher(SEPARATORS.matcher(text).replaceAll(" "))
                .replaceAll("")
                .strip();
        int end = Math.min(max, inert.length());
        return inert.substring(0, end > 0 && Character.isHighSurrogate(inert.charAt(end - 1)) ? end - 1 : end);
    }

    private boolean isOpen(KnownDevice device) {
        return sql.in(device.domainId())
                        .statement("select count(*) from assistance_request"
                                + " where domain_id = :domain and open_device = :device")
                        .set("device", device.uid())
                        .number()
                > 0;
    }

    private long raisedSince(KnownDevice device, Instant since) {
        return sql.in(device.domainId())
                .statement("select count(*) from assistance_request"
                        + " where domain_id = :domain and device_id = :device and received > :since")
                .set("device", device.uid())
                .set("since", since)
                .number();
    }

    private void insert(KnownDevice device, ReportMessage.Assist request) throws DuplicateException {
        Instant now = now();
        sql.in(device.domainId())
                .statement(
                        """
                        insert into assistance_request (id, domain_id, device_id, text, contact_name, contact_phone, contact_email, state,
                          raised, received, expires)
                        values (:id, :domain, :device, :text, :name, :phone, :email, 'open', :raised, :now, :expires)""")
                .set("id", request.id())
                .set("device", device.uid())
                .set("text", cleaned(request.text(), ReportMessage.Assist.MAX_TEXT))
                .set("name", contact(request, "name").orElse(null))
                .set("phone", contact(request, "phone").orElse(null))
                .set("email", contact(request, "email").orElse(null))
                .set("raised", request.raised().isAfter(now) ? now : request.raised())
                .set("now", now)
                .set(
                        "expires",
                        now.plus(Duration.ofHours(
                                options.of(device.domainId()).assistance().expiresHours())))
                .insertUnique();
    }

    private void fire(String domainId, String id, String uid, AssistanceState state, String detail) {
        live.fire(new LiveEvent.AssistanceChanged(domainId, id, uid, state.code(), detail));
    }

    /** Requests of devices for which the caller receives them, latest first. */
    public Slice<AssistanceView> list(Caller caller, @Nullable AssistanceState state, Cursor cursor)
            throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.RECEIVE_ASSISTANCE_REQUESTS);
        if (scope.isEmpty()) {
            return cursor.slice(List.of(), row -> List.of());
        }
        List<AssistanceView> rows = scope.bind(sql.in(caller.domainId()).statement(LIST + scope.things("r") + ORDER))
                .set("state", state == null ? null : state.code())
                .set("received", cursor.id(0))
                .set("id", cursor.id(1))
                .set("limit", cursor.fetch())
                .list(Assistance::view);
        return cursor.slice(rows, row -> List.of(sortable(row.received()), row.id()));
    }

    /** As the database compares it: UTC without a zone. */
    private static String sortable(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString().replace("T", " ").replace("Z", "");
    }

    private static AssistanceView view(Row row) {
        return new AssistanceView(
                row.text(1),
                row.text(2),
                row.text(3),
                row.text(4),
                row.textOrNull(5),
                row.textOrNull(6),
                row.textOrNull(7),
                AssistanceState.ofCode(row.text(8)).orElseThrow(),
                row.instant(9),
                row.instant(10),
                row.instant(11),
                row.textOrNull(12),
                row.textOrNull(13),
                row.textOrNull(14),
                row.number(15));
    }

    /** One request. */
    public AssistanceView get(Caller caller, String id) throws RefusedException {
        AssistanceView request = find(caller, id);
        authorization.require(caller, Permission.RECEIVE_ASSISTANCE_REQUESTS, request.deviceUid());
        return request;
    }

    private AssistanceView find(Caller caller, String id) throws RefusedException {
        if (!Uuid7.isUuid(id)) {
            throw RefusedException.notFound();
        }
        return sql.in(caller.domainId())
                .statement(ONE)
                .set("id", id)
                .first(Assistance::view)
                .orElseThrow(RefusedException::notFound);
    }

    /** The caller looks after it; of two who want to, the first does. */
    public AssistanceView take(Caller caller, String id) throws RefusedException {
        AssistanceView request = get(caller, id);
        int taken = sql.in(caller.domainId())
                .statement("update assistance_request set state = 'taken', taken_by = :user, taken_by_name = :name,"
                        + " version = version + 1 where domain_id = :domain and id = :id and state = 'open'")
                .set("user", caller.userId())
                .set("name", cleaned(caller.userName(), 200))
                .set("id", id)
                .update();
        if (taken == 0) {
            throw new RefusedException(Problem.CONFLICT, "This request has been taken or is over.");
        }
        audit.record(caller.did(Operation.ASSISTANCE_TAKEN, Outcome.SUCCESS)
                .on(request.deviceUid(), request.deviceName())
                .changing(Changes.none().field("state", request.state().code(), AssistanceState.TAKEN.code())));
        fire(caller.domainId(), id, request.deviceUid(), AssistanceState.TAKEN, cleaned(caller.userName(), 200));
        return get(caller, id);
    }

    /**
     * Closes it.
     *
     * @param comment for the device and the log, or null
     */
    public AssistanceView close(Caller caller, String id, @Nullable String comment) throws RefusedException {
        AssistanceView request = get(caller, id);
        @Nullable String kept = comment == null ? null : cleaned(comment, MAX_COMMENT);
        int closed = sql.in(caller.domainId())
                .statement(
                        "update assistance_request set state = 'closed', closed_by_name = :name, comment = :comment,"
                                + " version = version + 1 where domain_id = :domain and id = :id and state in ('open', 'taken')")
                .set("name", cleaned(caller.userName(), 200))
                .set("comment", kept)
                .set("id", id)
                .update();
        if (closed == 0) {
            throw new RefusedException(Problem.CONFLICT, "This request is over.");
        }
        audit.record(caller.did(Operation.ASSISTANCE_CLOSED, Outcome.SUCCESS)
                .on(request.deviceUid(), request.deviceName())
                .saying(kept == null ? "" : kept)
                .changing(Changes.none().field("state", request.state().code(), AssistanceState.CLOSED.code())));
        fire(caller.domainId(), id, request.deviceUid(), AssistanceState.CLOSED, kept == null ? "" : kept);
        return get(caller, id);
    }

    /** What the log says of requests that are not over, of some devices that are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> uids) {
        return sql
                .in(caller.domainId())
                .statement("select " + COLUMNS + "where a.domain_id = :domain and a.device_id in (:devices)"
                        + " and a.state in ('open', 'taken') order by a.id lock in share mode")
                .set("devices", uids)
                .list(Assistance::view)
                .stream()
                .map(request -> caller.did(Operation.ASSISTANCE_CLOSED, Outcome.SUCCESS)
                        .on(request.deviceUid(), request.deviceName())
                        .saying("with the device")
                        .changing(Changes.none().field("state", request.state().code(), null)))
                .toList();
    }

    /** Ends what nobody closed in time. Called again and again. */
    public void expire() {
        record Due(String domainId, String id, String uid, String name, String state) {}
        List<Due> due = sql.acrossDomains()
                .statement(
                        """
                        select a.domain_id, a.id, a.device_id, r.name, a.state from assistance_request a join resource r on r.id = a.device_id
                        where a.state in ('open', 'taken') and a.expires <= :now order by a.expires limit :batch""")
                .set("batch", BATCH)
                .set("now", now())
                .list(row -> new Due(row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)));
        for (Due request : due) {
            int expired = sql.in(request.domainId())
                    .statement("update assistance_request set state = 'expired', version = version + 1"
                            + " where domain_id = :domain and id = :id and state = :before")
                    .set("id", request.id())
                    .set("before", request.state())
                    .update();
            if (expired == 1) {
                audit.record(AuditEvent.of(
                                request.domainId(), Actor.SERVER, Operation.ASSISTANCE_CLOSED, Outcome.SUCCESS)
                        .on(request.uid(), request.name())
                        .saying("expired")
                        .changing(Changes.none().field("state", request.state(), AssistanceState.EXPIRED.code())));
                fire(request.domainId(), request.id(), request.uid(), AssistanceState.EXPIRED, "");
            }
        }
    }

    /** The open requests of devices for which the caller receives them, by the devices' uids. */
    public Map<String, AssistanceView> openOf(Caller caller, Collection<String> uids) {
        Map<String, AssistanceView> open = new HashMap<>();
        if (!uids.isEmpty()) {
            sql.in(caller.domainId())
                    .statement("select " + COLUMNS + "where a.domain_id = :domain and a.open_device in (:devices)")
                    .set("devices", uids)
                    .list(row -> open.put(row.text(2), view(row)));
        }
        return open;
    }

    /** Whether help may be asked for at a device that the caller sees. */
    public DeviceAssistance of(Caller caller, String uid) throws RefusedException {
        return stored(caller.domainId(), uid).orElseThrow(RefusedException::notFound);
    }

    private Optional<DeviceAssistance> stored(String domainId, String uid) {
        return sql.in(domainId)
                .statement("select assist_enabled, assist_until from device where domain_id = :domain and id = :id")
                .set("id", uid)
                .first(row -> new DeviceAssistance(row.flag(1), row.instantOrNull(2)));
    }

    /** Switches it on or off and changes the device, all that is asked for or nothing; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. */
    public DeviceDetail change(
            Caller caller, String uid, long revision, DeviceChange change, @Nullable DeviceAssistance wanted)
            throws RefusedException {
        if (wanted == null) {
            return directory.change(caller, uid, revision, change);
        }
        allow(caller, uid, revision, wanted);
        return change.isEmpty() ? directory.device(caller, uid) : directory.change(caller, uid, revision + 1, change);
    }

    /** Switches it on or off; {@code PRECONDITION_FAILED} unless {@code revision} is the device's present one. */
    public void allow(Caller caller, String uid, long revision, DeviceAssistance wanted) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        DeviceAssistance after = wanted.checked(now());
        DeviceAssistance before = of(caller, uid);
        int changed = sql.in(caller.domainId())
                .statement(
                        """
                        update resource r join device d on d.id = r.id
                        set r.version = r.version + 1, d.assist_enabled = :enabled, d.assist_until = :until
                        where r.domain_id = :domain and r.id = :id and r.version = :revision""")
                .set("enabled", after.enabled())
                .set("until", after.until())
                .set("id", uid)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
        audit.record(caller.did(Operation.DEVICE_UPDATED, Outcome.SUCCESS)
                .on(uid, name(caller, uid))
                .changing(Changes.none()
                        .field("assistance", before.enabled(), after.enabled())
                        .field("assistanceUntil", before.until(), after.until())));
        news.changed(caller.domainId(), List.of(uid));
    }

    private @Nullable String name(Caller caller, String uid) {
        return sql.in(caller.domainId())
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", uid)
                .first(row -> row.text(1))
                .orElse(null);
    }

    /** Whether the caller receives the requests of a device: for live events. */
    public boolean receives(Caller caller, String uid) {
        return authorization.allows(caller, Permission.RECEIVE_ASSISTANCE_REQUESTS, uid);
    }
}

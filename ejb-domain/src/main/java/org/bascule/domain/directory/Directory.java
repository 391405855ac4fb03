package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.directory.MoveRights.Move;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Devices as the caller may see and change them. Ids that are not UUIDs are unknown ids. */
@Stateless
public class Directory {

    /** In the order of a list by state. */
    private static final List<DeviceState> STATES =
            List.of(DeviceState.ONLINE, DeviceState.QUARANTINED, DeviceState.OFFLINE);

    private static final Pattern ACCOUNT = Pattern.compile("|[A-Za-z_][A-Za-z0-9_.-]{0,31}");

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    MoveRights moveRights;

    @Inject
    DeviceTags tags;

    @Inject
    Removals removals;

    @Inject
    Revisions revisions;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** One page of the devices that the caller sees, found, sorted and cut in the database. */
    public Slice<DeviceView> devices(Caller caller, DeviceQuery query) throws RefusedException {
        DirectoryStatements.check(query.order(), query.cursor());
        SearchHits hits = new SearchHits(sql.in(caller.domainId()), query.search());
        Optional<Visible> visible = visible(
                caller, query.folder(), hits, query.state(), query.search().asksForCalls(), Scope::forPage);
        List<DeviceView> rows = visible.isEmpty()
                ? List.of()
                : query.order() == Order.STATE
                        ? rowsByState(caller, visible.get(), hits, query)
                        : rows(caller, visible.get(), query, query.cursor().fetch());
        Slice<DeviceView> page = query.cursor().slice(rows, query.order()::keysOf);
        // a folder may have been moved since the rights were read that the page was asked with
        List<DeviceView> seen = withPermissions(caller, page.items()).stream()
                .filter(device -> device.permissions().contains(Permission.SEE_RESOURCES))
                .toList();
        return new Slice<>(seen, page.next());
    }

    /** What the caller sees of what a search can find; empty where that is nothing. */
    private Optional<Visible> visible(
            Caller caller,
            @Nullable String folder,
            SearchHits search,
            @Nullable DeviceState state,
            boolean withCalls,
            UnaryOperator<Scope> form) {
        Optional<Scope> scope = folder == null
                ? Optional.of(authorization.scope(caller, Permission.SEE_RESOURCES))
                : authorization.scope(caller, Permission.SEE_RESOURCES, folder);
        return scope.filter(found -> !found.isEmpty())
                .map(found -> new Visible(
                        form.apply(found),
                        withCalls ? authorization.scope(caller, Permission.RECEIVE_ASSISTANCE_REQUESTS) : Scope.NOTHING,
                        found.isNarrow() || search.search().isForFew() ? Optional.empty() : search.few(state)))
                .filter(found -> !found.isEmpty());
    }

    private List<DeviceView> rows(Caller caller, Visible visible, DeviceQuery query, int rows) {
        return DirectoryStatements.bindPage(
                        sql.in(caller.domainId()).statement(DirectoryStatements.page(visible, query)),
                        visible,
                        query,
                        rows)
                .list(DirectoryStatements::device);
    }

    /** State by state, each by name: the index by name serves those that many devices have, and most pages need one or two. */
    private List<DeviceView> rowsByState(Caller caller, Visible visible, SearchHits hits, DeviceQuery query) {
        List<String> position = query.cursor().position();
        List<DeviceView> rows = new ArrayList<>();
        boolean reached = position.isEmpty();
        for (DeviceState state : STATES) {
            boolean begins = !reached && state.code().equals(position.get(0));
            reached = reached || begins;
            int missing = query.cursor().fetch() - rows.size();
            if (reached && missing > 0 && (query.state() == null || query.state() == state)) {
                List<String> from = begins ? position.subList(1, 3) : List.of();
                Cursor cursor = new Cursor(from, query.cursor().limit());
                Visible here = query.state() == null ? visible.in(hits, state) : visible;
                if (!here.isEmpty()) {
                    rows.addAll(rows(caller, here, query.with(state, Order.NAME, cursor), missing));
                }
            }
        }
        return rows;
    }

    private List<DeviceView> withPermissions(Caller caller, List<DeviceView> found) {
        Set<String> ids = new HashSet<>();
        for (DeviceView device : found) {
            ids.add(device.uid());
            if (device.folder() != null) {
                ids.add(device.folder());
            }
        }
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        return found.stream().map(device -> shown(device, permissions)).toList();
    }

    private static DeviceView shown(DeviceView device, Map<String, Set<Permission>> permissions) {
        return device.heldBy(
                permissions.getOrDefault(device.uid(), Set.of()),
                device.folder() != null
                        && permissions.getOrDefault(device.folder(), Set.of()).contains(Permission.SEE_RESOURCES));
    }

    /** How many devices of each state the caller sees in a folder that a search finds, and at how many somebody waits for help. */
    public DeviceCounts counts(Caller caller, @Nullable String folder, DeviceSearch search) {
        Optional<Visible> seen =
                visible(caller, folder, new SearchHits(sql.in(caller.domainId()), search), null, true, Scope::forAll);
        if (seen.isEmpty()) {
            return DeviceCounts.NONE;
        }
        Visible visible = seen.get();
        Map<DeviceState, Long> counts = new EnumMap<>(DeviceState.class);
        visible.bind(sql.in(caller.domainId()).statement(DirectoryStatements.counts(visible, search)), search)
                .list(row -> counts.put(DeviceState.ofCode(row.text(1)).orElseThrow(), row.number(2)));
        long calls = visible.calls().isEmpty()
                ? 0
                : visible.bind(sql.in(caller.domainId()).statement(DirectoryStatements.calls(visible, search)), search)
                        .number();
        long alarms = visible.bind(
                        sql.in(caller.domainId()).statement(DirectoryStatements.alarms(visible, search)), search)
                .number();
        return new DeviceCounts(
                counts.getOrDefault(DeviceState.ONLINE, 0L),
                counts.getOrDefault(DeviceState.OFFLINE, 0L),
                counts.getOrDefault(DeviceState.QUARANTINED, 0L),
                calls,
                alarms);
    }

    /** One device that the caller sees. */
    public DeviceDetail device(Caller caller, String uid) throws RefusedException {
        if (!authorization.shows(caller, Permission.SEE_RESOURCES, uid)) {
            throw RefusedException.notFound();
        }
        DeviceView row = sql.in(caller.domainId())
                .statement(DirectoryStatements.DEVICE)
                .set("id", uid)
                .first(DirectoryStatements::device)
                .orElseThrow(RefusedException::notFound);
        DeviceView view = withPermissions(caller, List.of(row)).get(0);
        return sql.in(caller.domainId())
                .statement(DirectoryStatements.DETAIL)
                .set("id", uid)
                .first(detail -> new DeviceDetail(
                        view,
                        detail.textOrNull(1),
                        new DeviceDetail.CertificateView(detail.text(2), detail.instant(3), detail.instant(4)),
                        Optional.ofNullable(detail.textOrNull(5)).stream().toList()))
                .orElseThrow(RefusedException::notFound);
    }

    /**
     * Changes a device, all that is asked for or nothing; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. A move keeps
     * identity, certificates and history.
     */
    public DeviceDetail change(Caller caller, String uid, long revision, DeviceChange change) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        DeviceView before = device(caller, uid).device();
        String name = change.name() == null ? before.name() : Names.checked("name", change.name());
        String account = checkedAccount(change.account(), before);
        String description =
                change.description() == null ? before.description() : Descriptions.checked(change.description());
        List<String> tagged = change.tags() == null ? before.tags() : List.copyOf(Tags.checked("tags", change.tags()));
        Optional<Move> move = moveRights.checked(caller, Operation.DEVICE_MOVED, uid, change.folder());
        int changed = sql.in(caller.domainId())
                .statement(
                        """
                        update resource r join device d on d.id = r.id
                        set r.name = :name, r.description = :description, r.version = r.version + 1, d.account = :account
                        where r.domain_id = :domain and r.id = :id and r.version = :revision""")
                .set("name", name)
                .set("description", description)
                .set("account", account)
                .set("id", uid)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
        if (!tagged.equals(before.tags())) {
            tags.set(caller.domainId(), uid, tagged);
        }
        Changes changes = Changes.none()
                .field("name", before.name(), name)
                .field("account", emptyAsNull(before.account()), emptyAsNull(account))
                .field("description", before.description(), description)
                .field("tags", String.join(" ", before.tags()), String.join(" ", tagged));
        if (!changes.isEmpty()) {
            audit.record(caller.did(Operation.DEVICE_UPDATED, Outcome.SUCCESS)
                    .on(uid, name)
                    .changing(changes));
        }
        if (move.isPresent()) {
            moveRights.move(caller, move.get(), Operation.DEVICE_MOVED, name);
        }
        DeviceDetail after = device(caller, uid);
        live.fire(deviceChanged(caller.domainId(), after.device()));
        return after;
    }

    private static @Nullable String emptyAsNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static String checkedAccount(@Nullable String account, DeviceView before) throws RefusedException {
        if (account == null) {
            return before.account() == null ? "" : before.account();
        }
        if (!ACCOUNT.matcher(account).matches()) {
            throw RefusedException.invalid(
                    "account", "An account has at most 32 letters, digits, dots, dashes and underscores.");
        }
        return account;
    }

    private static LiveEvent deviceChanged(String domainId, DeviceView device) {
        return new LiveEvent.DeviceChanged(
                domainId, device.uid(), device.state().code(), device.lastSeen(), device.name());
    }

    /** Removes a device, revokes its certificate, and after the commit ends its sessions and its channel. */
    public void remove(Caller caller, String uid, long revision) throws RefusedException {
        authorization.require(caller, Permission.REMOVE_DEVICES, uid);
        device(caller, uid);
        removals.record(caller, List.of(uid), null);
        int removed = sql.in(caller.domainId())
                .statement("delete from resource where domain_id = :domain and id = :id and kind = 'device'"
                        + " and version = :revision")
                .set("id", uid)
                .set("revision", revision)
                .update();
        if (removed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
        sql.in(caller.domainId())
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id = :id and revoked is null")
                .set("now", clock.instant())
                .set("id", uid)
                .update();
        live.fire(new LiveEvent.DeviceRemoved(caller.domainId(), uid));
    }

    /**
     * Allows a device that was taken for a clone to come back. Nothing happens if it is not quarantined.
     *
     * @param revision of the device as the caller has seen it; null if that does not matter
     */
    public void clearQuarantine(Caller caller, String uid, @Nullable Long revision) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        revisions.require(caller.domainId(), uid, revision);
        int cleared = sql.in(caller.domainId())
                .statement("update device set quarantined = false"
                        + " where domain_id = :domain and id = :id and quarantined = true")
                .set("id", uid)
                .update();
        if (cleared == 1) {
            revisions.raise(caller.domainId(), uid);
            DeviceView device = device(caller, uid).device();
            audit.record(caller.did(Operation.DEVICE_QUARANTINE_CLEARED, Outcome.SUCCESS)
                    .on(uid, device.name())
                    .changing(Changes.none().field("quarantined", true, false)));
            live.fire(deviceChanged(caller.domainId(), device));
        }
    }

    /** Whether the caller sees the user or group: for live events. */
    public boolean seesPrincipal(Caller caller, String id) {
        return authorization.allows(caller, Permission.SEE_USERS, id);
    }

    /** Whether the caller sees the resource: for live events. */
    public boolean sees(Caller caller, String resourceId) {
        return authorization.allows(caller, Permission.SEE_RESOURCES, resourceId);
    }
}

package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.transfer.DirectoryState.Device;
import org.jspecify.annotations.Nullable;

/** Reads the state of a directory with a fixed number of statements; devices in portions. */
@Stateless
public class StateReader {

    private static final int PORTION = 1_000;

    private static final String DEVICE =
            """
            select r.id, r.parent_id, r.name, r.description, r.inherit, d.account, d.tags, r.version,
              d.assist_enabled, d.assist_until
            from resource r join device d on d.id = r.id
            """;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Entries entries;

    @Inject
    SubDevices subDevices;

    @Inject
    SessionPolicies sessionPolicies;

    @Inject
    FixedRelays fixedRelays;

    /** Everything but devices, which are asked for. */
    public DirectoryState read(Caller caller) {
        DirectoryState state = new DirectoryState();
        String domain = caller.domainId();
        sql.in(domain)
                .statement(
                        """
                        select r.id, r.parent_id, r.name, r.description, r.inherit, f.quota, r.version
                        from resource r join folder f on f.id = r.id where r.domain_id = :domain and r.kind = 'folder'""")
                .list(row -> state.folders.put(
                        row.text(1),
                        new DirectoryState.Folder(
                                row.text(1),
                                row.textOrNull(2),
                                row.text(3),
                                row.textOrNull(4),
                                row.flag(5),
                                row.textOrNull(6) == null ? null : (int) row.number(6),
                                row.number(7))));
        sql.in(domain)
                .statement(
                        """
                        select r.id, r.parent_id, r.name, u.subject is null, r.version from resource r join user_ref u on u.id = r.id
                        where r.domain_id = :domain and r.kind = 'user'""")
                .list(row -> state.users.put(
                        row.text(1),
                        new DirectoryState.User(
                                row.text(1), row.textOrNull(2), row.text(3), row.flag(4), row.number(5))));
        sql.in(domain)
                .statement(
                        """
                        select r.id, r.parent_id, r.name, r.description, g.built_in, r.version
                        from resource r join user_group g on g.id = r.id where r.domain_id = :domain and r.kind = 'group'""")
                .list(row -> state.groups.put(
                        row.text(1),
                        new DirectoryState.Group(
                                row.text(1),
                                row.textOrNull(2),
                                row.text(3),
                                row.textOrNull(4),
                                row.flag(5),
                                row.number(6))));
        sql.in(domain)
                .statement("select group_id, member_id from group_member where domain_id = :domain"
                        + " order by group_id, member_id")
                .list(row -> state.memberships.add(new DirectoryState.Membership(row.text(1), row.text(2))));
        state.entries.addAll(entries.all(domain));
        readConditions(domain, state);
        state.sessionPolicies.putAll(sessionPolicies.all(domain));
        state.fixedRelays.putAll(fixedRelays.all(domain));
        state.partners = authorization.isPartners(caller);
        readHeld(caller, state, state.folders.keySet());
        readHeld(caller, state, state.users.keySet());
        readHeld(caller, state, state.groups.keySet());
        return state;
    }

    private void readConditions(String domain, DirectoryState state) {
        Map<String, List<String>> needed = new HashMap<>();
        sql.in(domain)
                .statement("select folder_id, name from contract_qualification where domain_id = :domain order by name")
                .list(row -> needed.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(row.text(2)));
        sql.in(domain)
                .statement(
                        """
                        select folder_id, reference, purpose, valid_from, valid_until, terms, required
                        from contract where domain_id = :domain""")
                .list(row -> state.contracts.put(
                        row.text(1),
                        new Contract(
                                row.textOrNull(2),
                                orEmpty(row.textOrNull(3)),
                                row.instantOrNull(4),
                                row.instantOrNull(5),
                                orEmpty(row.textOrNull(6)),
                                row.flag(7),
                                needed.getOrDefault(row.text(1), List.of()))));
        sql.in(domain)
                .statement("select user_id, name, valid_until from user_qualification where domain_id = :domain")
                .list(row -> state.qualifications
                        .computeIfAbsent(row.text(1), id -> new TreeMap<>())
                        .put(
                                row.text(2).toLowerCase(Locale.ROOT),
                                new Qualification(row.text(2), row.instantOrNull(3))));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Adds what the caller holds on these. */
    public void readHeld(Caller caller, DirectoryState state, Collection<String> ids) {
        for (List<String> portion : portions(ids)) {
            state.held.putAll(authorization.permissions(caller, portion));
        }
    }

    private static List<List<String>> portions(Collection<String> ids) {
        List<String> all = List.copyOf(ids);
        List<List<String>> portions = new ArrayList<>();
        for (int from = 0; from < all.size(); from += PORTION) {
            portions.add(all.subList(from, Math.min(all.size(), from + PORTION)));
        }
        return portions;
    }

    /** Adds those of these devices that there are. */
    public void readDevices(Caller caller, DirectoryState state, Collection<String> ids) {
        for (List<String> portion : portions(ids)) {
            sql.in(caller.domainId())
                    .statement(DEVICE + " where r.domain_id = :domain and r.kind = 'device' and r.id in (:ids)")
                    .set("ids", portion)
                    .list(StateReader::device)
                    .forEach(device -> state.devices.put(device.id(), device));
        }
        readHeld(caller, state, ids);
    }

    private static Device device(Row row) {
        String tags = row.text(7);
        return new Device(
                row.text(1),
                row.textOrNull(2),
                row.text(3),
                row.textOrNull(4),
                row.flag(5),
                row.text(6),
                tags.isEmpty() ? List.of() : List.of(tags.split(" ", -1)),
                new DeviceAssistance(row.flag(9), row.instantOrNull(10)),
                row.number(8));
    }

    /** Adds what is behind these devices, for those that the caller sees. */
    public void readSubDevices(Caller caller, DirectoryState state, Collection<String> ids) {
        for (List<String> portion :
                portions(ids.stream().filter(state::seesFolder).toList())) {
            subDevices.behind(caller.domainId(), portion).forEach(each -> state.subDevices
                    .computeIfAbsent(each.device(), id -> new ArrayList<>())
                    .add(each));
        }
    }

    /** Devices with what is behind them. */
    public record Portion(List<Device> devices, List<SubDevice> behind) {}

    /** All devices that the caller sees, by id, one portion after the other. */
    public void eachPortion(Caller caller, Consumer<Portion> each) {
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        if (scope.isEmpty()) {
            return;
        }
        String statement = DEVICE + " where r.domain_id = :domain and r.kind = 'device' and r.id > :after and "
                + scope.things("r") + " order by r.id limit " + PORTION;
        String after = "";
        while (true) {
            List<Device> devices = scope.bind(
                            sql.in(caller.domainId()).statement(statement).set("after", after))
                    .list(StateReader::device);
            if (devices.isEmpty()) {
                return;
            }
            List<String> ids = devices.stream().map(Device::id).toList();
            each.accept(new Portion(devices, subDevices.behind(caller.domainId(), ids)));
            after = ids.get(ids.size() - 1);
        }
    }
}

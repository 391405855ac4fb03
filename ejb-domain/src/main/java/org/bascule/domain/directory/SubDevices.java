package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.SubDevice.Service;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** What is behind devices. Rights on it are those on its device. */
@Stateless
public class SubDevices {

    /** Sort keys of a list: name and id. */
    public static final int KEYS = 2;

    public static final int MAX = 1_000;
    public static final int MAX_SERVICES = 32;

    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}([:-][0-9a-f]{2}){5}");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*");

    private static final String COLUMNS =
            "select s.id, s.device_id, s.name, s.mac, s.ip, s.description, s.version from sub_device s where s.domain_id = :domain";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    FolderPaths paths;

    @Inject
    AuditLog audit;

    @Inject
    DeviceNews news;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /** Those behind a device that the caller sees, by name. */
    public Slice<SubDevice> list(Caller caller, String device, Cursor cursor) throws RefusedException {
        requireDevice(caller, device);
        boolean behind = !cursor.position().isEmpty();
        Statement statement = sql.in(caller.domainId())
                .statement(COLUMNS + " and s.device_id = :device"
                        + (behind ? " and s.name >= :key and (s.name > :key or s.id > :id)" : "")
                        + " order by s.name, s.id limit :rows")
                .set("device", device)
                .set("rows", cursor.fetch());
        if (behind) {
            if (!Uuid7.isUuid(cursor.position().get(1))) {
                throw RefusedException.invalid("cursor", "This is no cursor of this list.");
            }
            statement
                    .set("key", cursor.position().get(0))
                    .set("id", cursor.position().get(1));
        }
        Slice<SubDevice> page = cursor.slice(statement.list(SubDevices::bare), each -> List.of(each.name(), each.id()));
        return new Slice<>(withServices(caller.domainId(), page.items()), page.next());
    }

    private void requireDevice(Caller caller, String device) throws RefusedException {
        boolean known = authorization.shows(caller, Permission.SEE_RESOURCES, device)
                && sql.in(caller.domainId())
                        .statement("select 1 from device where domain_id = :domain and id = :id")
                        .set("id", device)
                        .first(row -> row.number(1))
                        .isPresent();
        if (!known) {
            throw RefusedException.notFound();
        }
    }

    private static SubDevice bare(Row row) {
        return new SubDevice(
                row.text(1),
                row.text(2),
                row.text(3),
                row.textOrNull(4),
                row.textOrNull(5),
                row.textOrNull(6),
                List.of(),
                row.number(7));
    }

    /** All that are behind some devices, device by device and by name. Checks no permission. */
    public List<SubDevice> behind(String domainId, Collection<String> devices) {
        return behind(domainId, devices, "");
    }

    private List<SubDevice> behind(String domainId, Collection<String> devices, String lock) {
        if (devices.isEmpty()) {
            return List.of();
        }
        List<SubDevice> bare = sql.in(domainId)
                .statement(COLUMNS + " and s.device_id in (:devices) order by s.device_id, s.name, s.id" + lock)
                .set("devices", devices)
                .list(SubDevices::bare);
        return withServices(domainId, bare, lock);
    }

    /** What the log says of all that are behind some devices, when these are about to be deleted; as others have committed it since this transaction began, too. */
    public List<AuditEvent> removals(Caller caller, Collection<String> devices) {
        return behind(caller.domainId(), devices, " lock in share mode").stream()
                .map(each -> removal(caller, each))
                .toList();
    }

    private static AuditEvent removal(Caller caller, SubDevice gone) {
        return caller.did(Operation.SUB_DEVICE_DELETED, Outcome.SUCCESS)
                .on(gone.device(), gone.name())
                .saying("sub-device " + gone.id())
                .changing(changes(factsOf(gone), new SubDevice.Facts("", null, null, null, List.of())));
    }

    private List<SubDevice> withServices(String domainId, List<SubDevice> bare) {
        return withServices(domainId, bare, "");
    }

    private List<SubDevice> withServices(String domainId, List<SubDevice> bare, String lock) {
        if (bare.isEmpty()) {
            return bare;
        }
        Map<String, List<Service>> services = new HashMap<>();
        sql.in(domainId)
                .statement("select sub_device_id, kind, port from sub_device_service"
                        + " where domain_id = :domain and sub_device_id in (:ids)"
                        + lock)
                .set("ids", bare.stream().map(SubDevice::id).toList())
                .list(row -> services.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(new Service(Service.Kind.ofCode(row.text(2)).orElseThrow(), (int) row.number(3))));
        return bare.stream()
                .map(each -> new SubDevice(
                        each.id(),
                        each.device(),
                        each.name(),
                        each.mac(),
                        each.ip(),
                        each.description(),
                        sorted(services.getOrDefault(each.id(), List.of())),
                        each.revision()))
                .toList();
    }

    private static List<Service> sorted(Collection<Service> services) {
        return services.stream()
                .distinct()
                .sorted(Comparator.comparing(Service::text))
                .toList();
    }

    /** One, if the caller sees its device. */
    public SubDevice subDevice(Caller caller, String id) throws RefusedException {
        if (!Uuid7.isUuid(id)) {
            throw RefusedException.notFound();
        }
        SubDevice bare = sql.in(caller.domainId())
                .statement(COLUMNS + " and s.id = :id")
                .set("id", id)
                .first(SubDevices::bare)
                .orElseThrow(RefusedException::notFound);
        requireDevice(caller, bare.device());
        return withServices(caller.domainId(), List.of(bare)).get(0);
    }

    /** Adds one; needs {@code configure-devices} on the device. */
    public SubDevice create(Caller caller, String device, SubDevice.Facts typed) throws RefusedException {
        requireRoom(caller, device);
        SubDevice.Facts facts = checked(typed);
        String id = ids.next();
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into sub_device (id, domain_id, device_id, name, mac, ip, description, created)
                        values (:id, :domain, :device, :name, :mac, :ip, :description, :now)""")
                .set("id", id)
                .set("device", device)
                .set("name", facts.name())
                .set("mac", facts.mac())
                .set("ip", facts.ip())
                .set("description", facts.description())
                .set("now", clock.instant())
                .update();
        services(caller.domainId(), id, facts.services());
        audit.record(caller.did(Operation.SUB_DEVICE_CREATED, Outcome.SUCCESS)
                .on(device, facts.name())
                .saying("sub-device " + id)
                .changing(changes(new SubDevice.Facts("", null, null, null, List.of()), facts)));
        news.subDevicesChanged(caller.domainId(), device);
        return subDevice(caller, id);
    }

    /** Whether the caller may put one more behind a device. The device stays there until this transaction ends, and so does their number. */
    private void requireRoom(Caller caller, String device) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, device);
        requireDevice(caller, device);
        boolean stays = sql.in(caller.domainId())
                .statement("select id from resource where domain_id = :domain and id = :id for update")
                .set("id", device)
                .first(row -> row.text(1))
                .isPresent();
        if (!stays) {
            throw RefusedException.notFound();
        }
        long there = sql.in(caller.domainId())
                .statement(
                        "select count(*) from sub_device where domain_id = :domain and device_id = :device lock in share mode")
                .set("device", device)
                .number();
        if (there >= MAX) {
            throw new RefusedException(Problem.CONFLICT, "A device has at most %d sub-devices.", MAX);
        }
    }

    private void services(String domainId, String id, List<Service> services) {
        for (Service service : services) {
            sql.in(domainId)
                    .statement("insert into sub_device_service (domain_id, sub_device_id, kind, port)"
                            + " values (:domain, :id, :kind, :port)")
                    .set("id", id)
                    .set("kind", service.kind().code())
                    .set("port", service.port())
                    .update();
        }
    }

    /**
     * Replaces what is said about one; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. A move keeps its id. It needs
     * {@code configure-devices} on both devices and nothing more: whoever holds that may as well delete it here and create it there, and so gives nobody anything by moving it.
     *
     * @param to uid of the device that it is to be behind; null if it stays where it is
     */
    public SubDevice change(Caller caller, String id, long revision, SubDevice.Facts typed, @Nullable String to)
            throws RefusedException {
        SubDevice before = subDevice(caller, id);
        authorization.require(caller, Permission.CONFIGURE_DEVICES, before.device());
        String device = to == null ? before.device() : to;
        boolean moves = !device.equals(before.device());
        if (moves) {
            // nothing is locked by who may not, or under a name that no device has
            authorization.require(caller, Permission.CONFIGURE_DEVICES, device);
            // both in one order: two that cross would each wait for the other
            sql.in(caller.domainId())
                    .statement(
                            "select id from resource where domain_id = :domain and id in (:ends) order by id for update")
                    .set("ends", List.of(before.device(), device))
                    .list(row -> row.text(1));
            requireRoom(caller, device);
        }
        SubDevice.Facts facts = checked(typed);
        int changed = sql.in(caller.domainId())
                .statement(
                        """
                        update sub_device set device_id = :device, name = :name, mac = :mac, ip = :ip, description = :description,
                          version = version + 1
                        where domain_id = :domain and id = :id and version = :revision and device_id = :before""")
                .set("device", device)
                .set("before", before.device())
                .set("name", facts.name())
                .set("mac", facts.mac())
                .set("ip", facts.ip())
                .set("description", facts.description())
                .set("id", id)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw changedMeanwhile();
        }
        sql.in(caller.domainId())
                .statement("delete from sub_device_service where domain_id = :domain and sub_device_id = :id")
                .set("id", id)
                .update();
        services(caller.domainId(), id, facts.services());
        Changes changes = changes(factsOf(before), facts);
        if (!changes.isEmpty()) {
            audit.record(caller.did(Operation.SUB_DEVICE_UPDATED, Outcome.SUCCESS)
                    .on(before.device(), facts.name())
                    .saying("sub-device " + id)
                    .changing(changes));
        }
        if (moves) {
            List<String> ends = List.of(before.device(), device);
            Map<String, Changes.Place> places = paths.ofThings(caller.domainId(), ends);
            Changes place = Changes.none().place("device", places.get(before.device()), places.get(device));
            for (String end : ends) {
                audit.record(caller.did(Operation.SUB_DEVICE_MOVED, Outcome.SUCCESS)
                        .on(end, facts.name())
                        .saying("sub-device " + id)
                        .changing(place));
            }
            news.subDevicesChanged(caller.domainId(), before.device());
        }
        news.subDevicesChanged(caller.domainId(), device);
        return subDevice(caller, id);
    }

    /** Deletes one. */
    public void delete(Caller caller, String id, long revision) throws RefusedException {
        SubDevice before = subDevice(caller, id);
        authorization.require(caller, Permission.CONFIGURE_DEVICES, before.device());
        int deleted = sql.in(caller.domainId())
                .statement("delete from sub_device where domain_id = :domain and id = :id and version = :revision"
                        + " and device_id = :before")
                .set("before", before.device())
                .set("id", id)
                .set("revision", revision)
                .update();
        if (deleted == 0) {
            throw changedMeanwhile();
        }
        audit.record(removal(caller, before));
        news.subDevicesChanged(caller.domainId(), before.device());
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The sub-device was changed in the meantime.");
    }

    /** What is said about one now. */
    public static SubDevice.Facts factsOf(SubDevice each) {
        return new SubDevice.Facts(each.name(), each.mac(), each.ip(), each.description(), each.services());
    }

    private static Changes changes(SubDevice.Facts before, SubDevice.Facts after) {
        return Changes.none()
                .field("name", before.name(), after.name())
                .field("mac", before.mac(), after.mac())
                .field("ip", before.ip(), after.ip())
                .field("description", before.description(), after.description())
                .field("services", text(before.services()), text(after.services()));
    }

    private static String text(List<Service> services) {
        return services.stream().map(Service::text).collect(Collectors.joining(" "));
    }

    /** What was typed in its normal form; refuses what makes no sense. */
    public static SubDevice.Facts checked(SubDevice.Facts typed) throws RefusedException {
        List<Service> services = sorted(typed.services());
        if (services.size() > MAX_SERVICES) {
            throw RefusedException.invalid("services", "A sub-device has at most %d services.", MAX_SERVICES);
        }
        return new SubDevice.Facts(
                Names.checked("name", typed.name()),
                mac(typed.mac()),
                ip(typed.ip()),
                Descriptions.checked(typed.description()),
                services);
    }

    static @Nullable String mac(@Nullable String typed) throws RefusedException {
        if (typed == null || typed.isBlank()) {
            return null;
        }
        String mac = typed.strip().toLowerCase(Locale.ROOT);
        if (!MAC.matcher(mac).matches()) {
            throw RefusedException.invalid("mac", "Not a hardware address such as 00:1b:44:11:3a:b7.");
        }
        return mac.replace('-', ':');
    }

    /** Never asks a name server: only what is an address is given to the parser. */
    static @Nullable String ip(@Nullable String typed) throws RefusedException {
        if (typed == null || typed.isBlank()) {
            return null;
        }
        String ip = typed.strip().toLowerCase(Locale.ROOT);
        if (IPV4.matcher(ip).matches()) {
            return ip;
        }
        if (!IPV6.matcher(ip).matches()) {
            throw noAddress();
        }
        try {
            return InetAddress.getByName(ip).getHostAddress();
        } catch (UnknownHostException e) {
            throw noAddress();
        }
    }

    private static RefusedException noAddress() {
        return RefusedException.invalid("ip", "Not an IPv4 or IPv6 address.");
    }
}

package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.Cells.checked;
import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.Names;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.directory.Tags;
import org.bascule.domain.transfer.DirectoryState.Device;
import org.bascule.domain.transfer.Plan.Action;
import org.bascule.domain.transfer.Plan.SubDeviceTarget;
import org.bascule.domain.transfer.Plan.Target;
import org.jspecify.annotations.Nullable;

/** Lines about devices, which are there already or are left out, and about what is behind them. */
final class DeviceLines {

    private static final Pattern ACCOUNT = Pattern.compile("|[A-Za-z_][A-Za-z0-9_.-]{0,31}");

    private static final Draft.Operations OPERATIONS =
            new Draft.Operations(Operation.DEVICE_UPDATED, Operation.DEVICE_UPDATED, Operation.DEVICE_MOVED);

    private static final SubDevice.Facts NOTHING = new SubDevice.Facts("", null, null, null, List.of());

    private final Draft draft;

    /** How many there are going to be, by device. */
    private final Map<String, Integer> behind = new HashMap<>();

    DeviceLines(Draft draft) {
        this.draft = draft;
        draft.state.subDevices.forEach((device, all) -> behind.put(device, all.size()));
    }

    void device(Line line) throws LineRefusedException {
        String id = Cells.required(line, Column.ID).toLowerCase(Locale.ROOT);
        draft.once("device " + id, Column.ID);
        Optional<Device> found = draft.device(id);
        if (found.isEmpty()) {
            require(
                    draft.skipUnknownDevices,
                    Column.ID,
                    "There is no such device. A device comes with its keys: enrol it, then import.");
            draft.skip(line, id, line.value(Column.PATH).orElse(id));
            return;
        }
        Device before = found.get();
        Device after = wanted(line, before);
        Fields fields = new Fields()
                .add("name", before.name(), after.name())
                .add("folder", draft.placeBefore(before), draft.placeAfter(after))
                .add("description", before.description(), after.description())
                .add("inherit", before.inherit(), after.inherit())
                .add("account", before.account(), after.account())
                .add("tags", String.join(" ", before.tags()), String.join(" ", after.tags()))
                .add(
                        "assistance",
                        before.assistance().enabled(),
                        after.assistance().enabled())
                .add(
                        "assistanceUntil",
                        before.assistance().until(),
                        after.assistance().until());
        if (fields.isEmpty()) {
            draft.unchanged();
            return;
        }
        permit(line, before, after);
        draft.plan.devices.add(new Target<>(before, after));
        draft.keep(before);
        String path = line.value(Column.PATH).orElse(before.name());
        if (before.inherit() && !after.inherit()) {
            draft.plan.blocked.put(after.id(), path);
        }
        draft.changed(line, Draft.action(before, after), path, fields, OPERATIONS, after);
    }

    private void permit(Line line, Device before, Device after) throws LineRefusedException {
        if (!before.with(after.inherit()).equals(after)) {
            draft.permitOn(before, Permission.CONFIGURE_DEVICES);
        }
        if (!Objects.equals(before.parent(), after.parent())) {
            draft.permitIn(after.parent(), Permission.INSTALL_DEVICES);
            draft.permitIn(after.parent(), Permission.MANAGE_PERMISSIONS);
            draft.moves.add(line, before, Objects.requireNonNull(after.parent()));
        }
        if (before.inherit() != after.inherit()) {
            Draft.permit(
                    draft.state.holds(Permission.MANAGE_PERMISSIONS, before.id())
                            || draft.tree.holds(Permission.MANAGE_PERMISSIONS, before.parent()),
                    Permission.MANAGE_PERMISSIONS);
        }
        if (!before.inherit() && after.inherit()) {
            String above = Objects.requireNonNull(before.parent());
            boolean fromAbove = draft.tree.holds(Permission.MANAGE_PERMISSIONS, above);
            draft.moves.join(line, fromAbove ? above : before.id(), Objects.requireNonNull(after.parent()));
        }
    }

    private Device wanted(Line line, Device before) throws LineRefusedException {
        String parent = before.parent();
        String name = before.name();
        if (line.value(Column.PATH).isPresent()) {
            List<String> names = Cells.names(line);
            require(!names.isEmpty(), Column.PATH, "A device has a name.");
            parent = draft.parent(before, names);
            String given = names.get(names.size() - 1);
            name = given.equals(before.name()) ? given : checked(Column.PATH, () -> Names.checked("path", given));
        }
        String account = line.has(Column.ACCOUNT) ? line.value(Column.ACCOUNT).orElse("") : before.account();
        require(
                ACCOUNT.matcher(account).matches(),
                Column.ACCOUNT,
                "An account has at most 32 letters, digits, dots, dashes and underscores.");
        return new Device(
                before.id(),
                parent,
                name,
                Cells.description(line, before.description()),
                Cells.flag(line, Column.INHERIT, before.inherit()),
                account,
                line.has(Column.TAGS) ? tags(line) : before.tags(),
                assistance(line, before.assistance()),
                before.version());
    }

    /** An end that is over is taken as well: what was exported once can be restored later, and nobody may ask then. */
    private static DeviceAssistance assistance(Line line, DeviceAssistance before) throws LineRefusedException {
        return new DeviceAssistance(
                        Cells.flag(line, Column.ASSISTANCE, before.enabled()),
                        Cells.time(line, Column.ASSISTANCE_UNTIL, before.until()))
                .kept();
    }

    private static List<String> tags(Line line) throws LineRefusedException {
        List<String> typed = Lists.split(line.value(Column.TAGS).orElse(""));
        return List.copyOf(checked(Column.TAGS, () -> Tags.checked("tags", typed)));
    }

    void subDevice(Line line) throws LineRefusedException {
        String reference = Cells.required(line, Column.RESOURCE);
        require(reference.startsWith(References.DEVICE), Column.RESOURCE, "A device is 'device:' and its id.");
        if (draft.leavesOut(line)) {
            return;
        }
        String device = Draft.deviceId(reference);
        Device on = draft.device(device)
                .orElseThrow(() -> new LineRefusedException(Column.RESOURCE, "There is no such device."));
        SubDevice before = present(line, device).orElse(null);
        SubDevice.Facts facts = before == null ? NOTHING : SubDevices.factsOf(before);
        SubDevice.Facts after = line.delete() ? NOTHING : wanted(line, facts);
        draft.once("sub-device " + (before == null ? device + " " + after.name() : before.id()), Column.NAME);
        if (line.delete() ? before == null : before != null && after.equals(facts)) {
            draft.unchanged();
            return;
        }
        draft.permitOn(on, Permission.CONFIGURE_DEVICES);
        draft.keep(on);
        count(device, before, line.delete());
        String id = before == null ? draft.ids.next() : before.id();
        draft.plan.subDevices.add(new SubDeviceTarget(id, device, before, line.delete() ? null : after));
        tell(line, on, id, before == null ? null : facts, line.delete() ? null : after);
    }

    private void count(String device, @Nullable SubDevice before, boolean delete) throws LineRefusedException {
        int change = delete ? -1 : before == null ? 1 : 0;
        int all = behind.merge(device, change, Integer::sum);
        require(change < 1 || all <= SubDevices.MAX, null, "A device has at most %d sub-devices.", SubDevices.MAX);
    }

    private Optional<SubDevice> present(Line line, String device) throws LineRefusedException {
        List<SubDevice> all = draft.state.subDevices.getOrDefault(device, List.of());
        Optional<SubDevice> byId = line.value(Column.ID).flatMap(id -> all.stream()
                .filter(each -> each.id().equals(id.toLowerCase(Locale.ROOT)))
                .findFirst());
        if (byId.isPresent()) {
            return byId;
        }
        String name = Cells.required(line, Column.NAME);
        List<SubDevice> named =
                all.stream().filter(each -> each.name().equals(name)).toList();
        require(
                named.size() <= 1,
                Column.NAME,
                "There is more than one of this name behind the device: name one by id.");
        return named.stream().findFirst();
    }

    private static SubDevice.Facts wanted(Line line, SubDevice.Facts before) throws LineRefusedException {
        List<SubDevice.Service> services = before.services();
        if (line.has(Column.SERVICES)) {
            services = new ArrayList<>();
            for (String text : Lists.split(line.value(Column.SERVICES).orElse(""))) {
                services.add(SubDevice.Service.parse(text)
                        .orElseThrow(() -> new LineRefusedException(
                                Column.SERVICES, "A service is a kind and a port, such as ssh:22.")));
            }
        }
        SubDevice.Facts typed = new SubDevice.Facts(
                Objects.requireNonNullElse(Cells.text(line, Column.NAME, before.name()), ""),
                Cells.text(line, Column.MAC, before.mac()),
                Cells.text(line, Column.IP, before.ip()),
                Cells.text(line, Column.DESCRIPTION, before.description()),
                services);
        return Cells.checkedFields(() -> SubDevices.checked(typed));
    }

    private void tell(
            Line line, Device device, String id, SubDevice.@Nullable Facts before, SubDevice.@Nullable Facts after) {
        SubDevice.Facts old = before == null ? NOTHING : before;
        SubDevice.Facts facts = after == null ? NOTHING : after;
        Fields fields = new Fields()
                .add("name", old.name(), facts.name())
                .add("mac", old.mac(), facts.mac())
                .add("ip", old.ip(), facts.ip())
                .add("description", old.description(), facts.description())
                .add("services", text(old), text(facts));
        String name = after == null ? old.name() : facts.name();
        Action action = before == null ? Action.CREATE : after == null ? Action.DELETE : Action.UPDATE;
        draft.tell(line, action, device.name() + ": " + name, fields.text());
        AuditEvent event = draft.caller
                .did(operation(action), Outcome.SUCCESS)
                .on(device.id(), name)
                .saying("sub-device " + id)
                .changing(fields.changes());
        draft.log(event);
    }

    private static Operation operation(Action action) {
        return switch (action) {
            case CREATE -> Operation.SUB_DEVICE_CREATED;
            case DELETE -> Operation.SUB_DEVICE_DELETED;
            default -> Operation.SUB_DEVICE_UPDATED;
        };
    }

    private static String text(SubDevice.Facts facts) {
        return String.join(
                " ", facts.services().stream().map(SubDevice.Service::text).toList());
    }
}

package org.bascule.control.forward;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.AccessServer;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/** What a device leads to: itself and its sub-devices, by the names and addresses that the access server has for them. */
public final class Destinations {

    private static final Set<String> DEVICE = Set.of("device", "localhost", "127.0.0.1", "::1");
    private static final int MAX_OPERATIONS = 16;

    /**
     * Something behind the device.
     *
     * @param ports those of its services; empty for all
     */
    record SubDevice(String name, InetAddress address, List<Integer> ports) {

        private List<TcpTarget> targets() {
            return ports.isEmpty()
                    ? List.of(TcpTarget.of(address, OptionalInt.empty()))
                    : ports.stream()
                            .map(port -> TcpTarget.of(address, OptionalInt.of(port)))
                            .toList();
        }
    }

    /**
     * Where a connection goes.
     *
     * @param request for the device
     * @param target what the session needs for it
     */
    public record Destination(TcpRequest request, TcpTarget target) {}

    private final List<SubDevice> subDevices;

    Destinations(List<SubDevice> subDevices) {
        this.subDevices = List.copyOf(subDevices);
    }

    /** Nothing but the device itself. */
    public static Destinations ofDevice() {
        return new Destinations(List.of());
    }

    /** @param device uid */
    public static Destinations of(AccessServer server, String device) throws CommandException {
        List<SubDevice> found = new ArrayList<>();
        for (JsonObject row : server.list("/api/devices/" + device + "/sub-devices")) {
            text(row, "ip")
                    .flatMap(TcpTarget::literal)
                    .ifPresent(
                            address -> found.add(new SubDevice(text(row, "name").orElse(""), address, ports(row))));
        }
        return new Destinations(found);
    }

    private static Optional<String> text(JsonObject row, String member) {
        return row.get(member) instanceof JsonString string ? Optional.of(string.getString()) : Optional.empty();
    }

    private static List<Integer> ports(JsonObject row) {
        List<Integer> ports = new ArrayList<>();
        if (row.get("services") instanceof JsonArray services) {
            for (JsonValue service : services) {
                if (service instanceof JsonObject object
                        && object.get("port") instanceof JsonNumber port
                        && !text(object, "kind").orElse("").equals("serial")) {
                    ports.add(port.intValue());
                }
            }
        }
        return ports;
    }

    /** A host that somebody typed: {@code device}, the name or address of a sub-device. */
    public Destination find(String host, int port) throws CommandException {
        if (DEVICE.contains(host.toLowerCase(Locale.ROOT))) {
            return new Destination(new TcpRequest(TcpRequest.DEVICE, port), TcpTarget.device(OptionalInt.of(port)));
        }
        Optional<InetAddress> literal = TcpTarget.literal(host.toLowerCase(Locale.ROOT));
        if (literal.isPresent()) {
            return at(literal.get(), port);
        }
        List<SubDevice> named = named(host);
        if (named.isEmpty()) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "the device has no sub-device '%s' with an address (say 'device' for the device itself)"
                            .formatted(Printable.of(host)));
        }
        if (named.size() > 1) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "the device has %d sub-devices '%s': say the address".formatted(named.size(), Printable.of(host)));
        }
        return at(named.get(0).address(), port);
    }

    private static Destination at(InetAddress address, int port) {
        return new Destination(
                new TcpRequest(address.getHostAddress(), port), TcpTarget.of(address, OptionalInt.of(port)));
    }

    /** Exactly so called, or else but for the case of letters, which a name on the way here may have lost. */
    private List<SubDevice> named(String host) {
        List<SubDevice> exact =
                subDevices.stream().filter(each -> each.name().equals(host)).toList();
        return exact.isEmpty()
                ? subDevices.stream()
                        .filter(each -> each.name().equalsIgnoreCase(host))
                        .toList()
                : exact;
    }

    /** What a SOCKS client asks for: names of sub-devices are known here, all others to the device. */
    TcpRequest request(String host, int port) {
        List<SubDevice> named = named(host);
        if (host.equalsIgnoreCase("device")) {
            return new TcpRequest(TcpRequest.DEVICE, port);
        }
        return new TcpRequest(named.size() == 1 ? named.get(0).address().getHostAddress() : host, port);
    }

    /**
     * The operations for a proxy.
     *
     * @param only these hosts, or {@code host:port}; empty for the device and everything behind it
     */
    public Operations all(Collection<String> only) throws CommandException {
        Set<String> operations = new LinkedHashSet<>();
        if (only.isEmpty()) {
            operations.add(TcpTarget.device(OptionalInt.empty()).operation());
            subDevices.forEach(each -> each.targets().forEach(target -> operations.add(target.operation())));
        }
        for (String each : only) {
            selected(each).forEach(target -> operations.add(target.operation()));
        }
        if (operations.size() > MAX_OPERATIONS) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "a session leads to %d addresses and ports at most, these are %d: choose with --to"
                            .formatted(MAX_OPERATIONS, operations.size()));
        }
        return operations(operations);
    }

    private List<TcpTarget> selected(String text) throws CommandException {
        Optional<TcpTarget> plain = TcpTarget.parsePlain(text.toLowerCase(Locale.ROOT));
        if (plain.isPresent()) {
            return plain.get().isDevice() || plain.get().port().isPresent()
                    ? List.of(plain.get())
                    : targetsAt(plain.get().address().orElseThrow(), plain.get());
        }
        int colon = text.lastIndexOf(':');
        if (colon > 0
                && text.substring(colon + 1).matches("[1-9][0-9]{0,4}")
                && named(text).isEmpty()) {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port <= TcpTarget.MAX_PORT) {
                return List.of(find(text.substring(0, colon), port).target());
            }
        }
        InetAddress address = find(text, 1).target().address().orElseThrow();
        return targetsAt(address, TcpTarget.of(address, OptionalInt.empty()));
    }

    private List<TcpTarget> targetsAt(InetAddress address, TcpTarget otherwise) {
        List<TcpTarget> known = subDevices.stream()
                .filter(each -> each.address().equals(address))
                .flatMap(each -> each.targets().stream())
                .toList();
        return known.isEmpty() ? List.of(otherwise) : known;
    }

    /** At most 16 of them. */
    public static Operations operations(Collection<String> names) throws CommandException {
        try {
            return Operations.of(names);
        } catch (WireException e) {
            throw new CommandException(
                    ExitCode.USAGE, "a session leads to " + MAX_OPERATIONS + " addresses and ports at most", e);
        }
    }
}

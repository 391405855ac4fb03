package org.bascule.agent.policy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about forwarded connections.
 *
 * <pre>{"forward":{"allow":["device:22","sub-devices","192.168.1.0/24:443"]}}</pre>
 *
 * @param allow one of them has to fit; without the section {@code device} and {@code sub-devices}. An empty list: none
 */
public record ForwardPolicy(List<Entry> allow) {

    static final String MEMBER = "forward";
    private static final int MAX_ENTRIES = 256;
    private static final int MAX_ENTRY = 64;
    private static final String SUB_DEVICES = "sub-devices";
    private static final Pattern NETWORK =
            Pattern.compile("(\\[[0-9a-f:.]+\\]|[0-9.]+)/([0-9]{1,3})(?::([1-9][0-9]{0,4}))?");

    /** What is allowed. */
    public sealed interface Entry permits Device, SubDevices, Network {}

    /** The device itself: loopback and its own addresses. */
    public record Device(OptionalInt port) implements Entry {}

    /** Whatever the ticket names by its address, which the access server permits only for sub-devices of this device. */
    public record SubDevices() implements Entry {}

    /**
     * Addresses of other machines that the ticket names.
     *
     * @param length bits that count
     */
    public record Network(InetAddress address, int length, OptionalInt port) implements Entry {

        public boolean covers(InetAddress other, int otherPort) {
            byte[] own = address.getAddress();
            byte[] theirs = other.getAddress();
            if (own.length != theirs.length || (port.isPresent() && port.getAsInt() != otherPort)) {
                return false;
            }
            for (int bit = 0; bit < length; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((own[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    public static final ForwardPolicy DEFAULT =
            new ForwardPolicy(List.of(new Device(OptionalInt.empty()), new SubDevices()));

    public ForwardPolicy {
        allow = List.copyOf(allow);
    }

    /** As it is in the folder now. */
    public static ForwardPolicy load(StateFolder folder) throws StateException {
        return PolicyFile.load(folder, ForwardPolicy::parse);
    }

    static ForwardPolicy parse(StrictJson json) throws WireException {
        Optional<StrictJson> section = json.optionalChild(MEMBER);
        if (section.isEmpty()) {
            return DEFAULT;
        }
        if (!section.get().object().keySet().equals(Set.of("allow"))) {
            throw WireException.malformed("'forward' has exactly the setting 'allow'");
        }
        List<Entry> entries = new ArrayList<>();
        for (String text : section.get().strings("allow", MAX_ENTRIES, MAX_ENTRY)) {
            entries.add(
                    entry(text)
                            .orElseThrow(
                                    () -> WireException.malformed(
                                            "'" + text
                                                    + "' in 'forward' is no device, device:PORT, sub-devices, ADDRESS, ADDRESS:PORT, NETWORK/BITS or NETWORK/BITS:PORT")));
        }
        return new ForwardPolicy(entries);
    }

    private static Optional<Entry> entry(String text) {
        if (text.equals(SUB_DEVICES)) {
            return Optional.of(new SubDevices());
        }
        Matcher network = NETWORK.matcher(text);
        if (network.matches()) {
            String address = network.group(1);
            return TcpTarget.parsePlain(address + (network.group(3) == null ? "" : ":" + network.group(3)))
                    .flatMap(target -> network(target, Integer.parseInt(network.group(2))));
        }
        return TcpTarget.parsePlain(text)
                .flatMap(target -> target.isDevice()
                        ? Optional.of(new Device(target.port()))
                        : network(target, bits(target.address().orElseThrow())));
    }

    private static Optional<Entry> network(TcpTarget target, int length) {
        return target.address()
                .filter(address -> length <= bits(address))
                .map(address -> new Network(address, length, target.port()));
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * 8;
    }

    public boolean allowsDevice(int port) {
        return allow.stream()
                .anyMatch(
                        entry -> entry instanceof Device device && device.port().orElse(port) == port);
    }

    /** Whether the ticket's word is enough. */
    public boolean allowsSubDevices() {
        return allow.stream().anyMatch(SubDevices.class::isInstance);
    }

    /** Whether an entry names this address, or a network that it is in. */
    public boolean names(InetAddress address, int port) {
        return allow.stream().anyMatch(entry -> entry instanceof Network network && network.covers(address, port));
    }
}

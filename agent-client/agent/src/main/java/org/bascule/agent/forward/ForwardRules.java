package org.bascule.agent.forward;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.bascule.agent.policy.ForwardPolicy;
import org.bascule.wire.TcpTarget;

/** Whether an address may be connected to: by what the session may do, and by the owner's policy. About addresses alone, never about names. */
final class ForwardRules {

    /** Where clouds tell a machine its secrets. Only an owner who names them means them. */
    private static final Set<String> METADATA =
            Set.of("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2:0:0:0:0:0:254");

    private final ForwardPolicy policy;
    private final Predicate<InetAddress> own;
    private final IntPredicate kept;

    /**
     * @param own whether an address is one of this machine, apart from loopback
     * @param kept ports of loopback at which the agent itself listens
     */
    ForwardRules(ForwardPolicy policy, Predicate<InetAddress> own, IntPredicate kept) {
        this.policy = policy;
        this.own = own;
        this.kept = kept;
    }

    /**
     * Why not, as a sentence; empty if it may be.
     *
     * @param targets where the session may go at this moment
     */
    Optional<String> objection(InetAddress address, int port, List<TcpTarget> targets) {
        boolean loopback = address.isLoopbackAddress() || address.isAnyLocalAddress();
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || isBroadcast(address)) {
            return Optional.of(text(address, port) + " is no address that one connects to.");
        }
        if (loopback || own.test(address)) {
            if (kept.test(port)) {
                return Optional.of("Port " + port + " of the device belongs to the agent itself.");
            }
            boolean asDevice = targets.stream().anyMatch(target -> target.isDevice() && target.coversPort(port));
            if (asDevice) {
                return policy.allowsDevice(port) ? Optional.empty() : byPolicy("port " + port + " of the device");
            }
            if (loopback) {
                return notInSession("port " + port + " of the device");
            }
        }
        if (targets.stream().noneMatch(target -> target.covers(address, port))) {
            return notInSession(text(address, port));
        }
        boolean allowed = policy.names(address, port)
                || (policy.allowsSubDevices() && !METADATA.contains(address.getHostAddress()));
        return allowed ? Optional.empty() : byPolicy(text(address, port));
    }

    private static Optional<String> notInSession(String what) {
        return Optional.of("This session has no permission for " + what + ".");
    }

    private static Optional<String> byPolicy(String what) {
        return Optional.of("The device's policy does not permit connections to " + what + ".");
    }

    private static boolean isBroadcast(InetAddress address) {
        int first = address.getAddress()[0] & 0xff;
        return address instanceof Inet4Address && (first >= 240 || first == 0);
    }

    private static String text(InetAddress address, int port) {
        return address.getHostAddress() + " port " + port;
    }

    /** Of this machine, as they are now. */
    static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}

package org.bascule.agent.forward;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;

/** Makes connections from this device for sessions: what a name means is found out here, and what counts is the address that is then connected to ({@code docs/protocol/forward.md}). Thread-safe. */
public final class Reach {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    /** What a connection is for: each has operations and a word in the owner's policy of its own. */
    public enum Purpose {
        FORWARD {
            @Override
            boolean allowed(AgentPolicy policy) {
                return policy.allowsForwarding();
            }

            @Override
            Optional<TcpTarget> target(String operation) {
                return TcpTarget.parse(operation);
            }

            @Override
            String refusal() {
                return "The device's policy does not permit forwarded connections.";
            }
        },
        VNC {
            @Override
            boolean allowed(AgentPolicy policy) {
                return policy.allowsVnc();
            }

            @Override
            Optional<TcpTarget> target(String operation) {
                return TcpTarget.parseVnc(operation);
            }

            @Override
            String refusal() {
                return "The device's policy does not permit the desktop of VNC servers.";
            }
        };

        abstract boolean allowed(AgentPolicy policy);

        abstract Optional<TcpTarget> target(String operation);

        abstract String refusal();

        List<TcpTarget> targets(Operations permitted) {
            return permitted.names().stream()
                    .map(this::target)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    /** Who wants a connection. */
    public interface Visitor {

        /** What the session may do at this moment; nothing once it is over. */
        Operations permitted();

        /** Whether nobody waits any more. */
        boolean isOver();

        /** It is about to be made: what must be recorded, is recorded before anything leaves this machine. */
        void begins(Route route) throws IOException;
    }

    /** Where a connection leads. */
    public static final class Route {

        private final Purpose purpose;
        private final PresentRules rules;
        private final InetAddress address;
        private final int port;

        private Route(Purpose purpose, PresentRules rules, InetAddress address, int port) {
            this.purpose = purpose;
            this.rules = rules;
            this.address = address;
            this.port = port;
        }

        public InetAddress address() {
            return address;
        }

        /** With loopback as the device itself. */
        public TcpTarget target() {
            return address.isLoopbackAddress()
                    ? TcpTarget.device(OptionalInt.of(port))
                    : TcpTarget.of(address, OptionalInt.of(port));
        }

        /** Whether it leads to this machine itself. */
        public boolean isOwn() {
            return address.isLoopbackAddress() || ForwardRules.isOwn(address);
        }

        /** Why it is not permitted any more, by the session or by the owner's policy, as a sentence; empty if it is. */
        public Optional<String> objection(Operations permitted) {
            return rules.objection(purpose, address, port, permitted);
        }
    }

    private final PresentRules rules;
    private final Names names;
    private final Dialer dialer = new Dialer(CONNECT_WITHIN);

    public Reach(StateFolder folder) {
        this(folder, Names.OF_SYSTEM);
    }

    Reach(StateFolder folder, Names names) {
        this.rules = new PresentRules(folder);
        this.names = names;
    }

    /** Ports of this machine at which the agent itself listens, and which nobody reaches from afar. */
    public void keepAwayFrom(IntPredicate ports) {
        rules.keepAwayFrom(ports);
    }

    /**
     * Connects to the first address that answers; blocks.
     *
     * @return empty if the visitor left meanwhile
     */
    public Optional<SocketChannel> connect(Purpose purpose, TcpRequest request, Visitor visitor)
            throws DeviceProblem, StateException, IOException {
        ForwardRules present = rules.now(purpose);
        List<InetAddress> found = names.addresses(request.host());
        DeviceProblem last =
                new DeviceProblem(Code.NAME_UNKNOWN, "The device does not know the name " + request.host() + ".");
        for (InetAddress each : found) {
            if (visitor.isOver()) {
                return Optional.empty();
            }
            Optional<String> objection = present.objection(each, request.port(), purpose.targets(visitor.permitted()));
            if (objection.isPresent()) {
                last = last.code() == Code.NAME_UNKNOWN ? new DeviceProblem(Code.NOT_PERMITTED, objection.get()) : last;
                continue;
            }
            Route route = new Route(purpose, rules, each, request.port());
            visitor.begins(route);
            Optional<String> meanwhile = route.objection(visitor.permitted()); // the log may have waited for room
            if (meanwhile.isPresent()) {
                throw new DeviceProblem(Code.NOT_PERMITTED, meanwhile.get());
            }
            try {
                return Optional.of(dialer.connect(each, request.port()));
            } catch (DeviceProblem e) {
                last = e;
            }
        }
        throw last;
    }
}

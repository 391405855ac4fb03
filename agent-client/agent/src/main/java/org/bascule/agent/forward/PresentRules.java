package org.bascule.agent.forward;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.ForwardPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DeviceProblem;
import org.bascule.wire.Operations;

/** What the owner permits at this moment: {@code policy.json} is read for each new connection, and each second while there are any. Thread-safe. */
final class PresentRules {

    private static final long RECENT_NANOS = 1_000_000_000;

    private final StateFolder folder;
    private volatile IntPredicate kept = port -> false;
    // guarded by this
    private final Map<Reach.Purpose, Read> last = new EnumMap<>(Reach.Purpose.class);

    /** @param objection why there are no rules */
    private record Read(long at, Optional<ForwardRules> rules, String objection) {}

    PresentRules(StateFolder folder) {
        this.folder = folder;
    }

    /** Ports of this machine that nobody reaches from afar. */
    void keepAwayFrom(IntPredicate ports) {
        kept = ports;
    }

    /** From the file as it is. */
    ForwardRules now(Reach.Purpose purpose) throws StateException, DeviceProblem {
        ForwardRules rules = load(purpose);
        synchronized (this) {
            last.put(purpose, new Read(System.nanoTime(), Optional.of(rules), ""));
        }
        return rules;
    }

    private ForwardRules load(Reach.Purpose purpose) throws StateException, DeviceProblem {
        if (!purpose.allowed(AgentPolicy.load(folder))) {
            throw new DeviceProblem(DeviceProblem.Code.NOT_PERMITTED, purpose.refusal());
        }
        return new ForwardRules(ForwardPolicy.load(folder), ForwardRules::isOwn, kept);
    }

    /** Why a connection that was permitted may not stay. A file that cannot be understood permits nothing. */
    Optional<String> objection(Reach.Purpose purpose, InetAddress address, int port, Operations permitted) {
        Read read = recent(purpose);
        return read.rules().isEmpty()
                ? Optional.of(read.objection())
                : read.rules().get().objection(address, port, purpose.targets(permitted));
    }

    private synchronized Read recent(Reach.Purpose purpose) {
        long now = System.nanoTime();
        Read present = last.get(purpose);
        if (present == null || now - present.at() > RECENT_NANOS) {
            present = read(purpose, now);
            last.put(purpose, present);
        }
        return present;
    }

    private Read read(Reach.Purpose purpose, long at) {
        try {
            return new Read(at, Optional.of(load(purpose)), "");
        } catch (DeviceProblem e) {
            return new Read(at, Optional.empty(), e.text());
        } catch (StateException e) {
            return new Read(at, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }
}

package org.bascule.agent.consent;

import java.util.Optional;
import java.util.concurrent.Executor;
import org.bascule.agent.channel.Outbox;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.control.ConsentMessage;

/**
 * Tells the server whether this device's own policy wants to be asked before sessions, so that it asks in time. The demand counts whether the server was told or not: see
 * {@link ConsentDesk#consented}. Thread-safe.
 */
public final class OwnDemand {

    private final StateFolder folder;
    private final Outbox channel;
    private final Executor executor;

    // guarded by this
    private boolean connected;
    /** On this channel. */
    private Optional<Boolean> told = Optional.empty();

    public OwnDemand(StateFolder folder, Outbox channel, Executor executor) {
        this.folder = folder;
        this.channel = channel;
        this.executor = executor;
    }

    /** The channel stands: it is said anew, because a server may remember what an earlier channel said. */
    public void connected() {
        synchronized (this) {
            connected = true;
            told = Optional.empty();
        }
        executor.execute(this::look);
    }

    public synchronized void disconnected() {
        connected = false;
    }

    /** Notices a change of the policy. Called every few seconds. A policy that cannot be read lets nobody in, so it demands nothing. */
    public void look() {
        boolean demanded;
        try {
            demanded = AgentPolicy.load(folder).asksConsent();
        } catch (StateException e) {
            return;
        }
        synchronized (this) {
            if (connected && !told.equals(Optional.of(demanded)) && channel.send(new ConsentMessage.Demand(demanded))) {
                told = Optional.of(demanded);
            }
        }
    }
}

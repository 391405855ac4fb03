package org.bascule.agent.assist;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.bascule.agent.channel.Outbox;
import org.bascule.agent.state.StateException;
import org.bascule.wire.control.ReportMessage;

/** The running agent's half: sends a request that the command wrote, again until it is answered, and writes what the server says. Thread-safe. */
public final class AssistanceSender {

    private static final System.Logger LOG = System.getLogger(AssistanceSender.class.getName());
    static final Duration AGAIN = Duration.ofSeconds(20);

    private final AssistanceFolder folder;
    private final InstantSource clock;
    private final Outbox channel;

    // guarded by this
    private Optional<Instant> seen = Optional.empty();
    private Optional<ReportMessage.Assist> waiting = Optional.empty();
    private Instant sendAt = Instant.MAX;

    public AssistanceSender(AssistanceFolder folder, InstantSource clock, Outbox channel) {
        this.folder = folder;
        this.clock = clock;
        this.channel = channel;
    }

    /** To be called about once a second. */
    public synchronized void look() {
        try {
            Optional<Instant> asked = folder.asked();
            if (!asked.equals(seen)) {
                seen = asked;
                waiting = folder.told().isPresent() ? Optional.empty() : folder.request();
                sendAt = clock.instant();
            }
            if (waiting.isPresent() && !clock.instant().isBefore(sendAt) && channel.send(waiting.get())) {
                sendAt = clock.instant().plus(AGAIN);
                folder.sent(waiting.get().id());
            }
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    /** The channel stands anew: the server is asked about a request that is not over. */
    public synchronized void connected() {
        try {
            boolean over = folder.told().map(AssistanceFolder.Told::isOver).orElse(false);
            waiting = over ? Optional.empty() : folder.request();
            seen = folder.asked();
            sendAt = clock.instant();
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    /** The server said what became of a request. */
    public synchronized void told(ReportMessage.AssistState state) {
        try {
            Optional<ReportMessage.Assist> request = folder.request();
            if (request.isPresent() && request.get().id().equals(state.id())) {
                folder.tell(new AssistanceFolder.Told(state.id(), state.state(), state.detail(), clock.instant()));
                waiting = Optional.empty();
            }
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }
}

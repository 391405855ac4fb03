package org.bascule.agent.events;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bascule.agent.channel.Outbox;
import org.bascule.agent.events.EventSpool.Batch;
import org.bascule.agent.state.StateException;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.ReportMessage;

/** Records what happens here and hands it to the access server: on the disk first, one batch under way at a time, again after a loss. Thread-safe. */
public final class EventLog {

    private static final System.Logger LOG = System.getLogger(EventLog.class.getName());
    private static final int MAX_DETAIL = 1_000;
    /** So long a tool waits for room. */
    public static final Duration KEEP_WITHIN = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int BATCH_CHARS = 48 * 1_024;

    private final EventSpool spool;
    private final InstantSource clock;
    private final Outbox channel;

    // guarded by this
    private boolean connected;
    private boolean underWay;
    private Consumer<DeviceEvent> witness = event -> {};
    /** Events that were not stored, so that those that must not be lost stay. */
    private long crowdedOut;

    /** @param channel sends, or says that it cannot */
    public EventLog(EventSpool spool, InstantSource clock, Outbox channel) {
        this.spool = spool;
        this.clock = clock;
        this.channel = channel;
    }

    /** The event that stands for lost ones, for {@link EventSpool#open}. */
    public static String lost(InstantSource clock, long count) {
        return new DeviceEvent(clock.instant(), "events-lost", Optional.empty(), "", Math.min(count, Integer.MAX_VALUE))
                .toJson()
                .toString();
    }

    public void record(String code, String detail) {
        record(code, Optional.empty(), detail, 1);
    }

    public void record(String code, SessionId sid, String detail) {
        record(code, Optional.of(sid), detail, 1);
    }

    /** Also told of every event, for people at the device; must not fail and not take long. */
    public synchronized void witnessedBy(Consumer<DeviceEvent> newWitness) {
        witness = newWitness;
    }

    /** Never fails: an event that cannot be stored is a matter for the local log. While so much is kept that what must not be lost would have to go for it, it is only counted. */
    public synchronized void record(String code, Optional<SessionId> sid, String detail, long count) {
        if (spool.hasRoom()) {
            tellCrowdedOut();
            store(code, sid, detail, count);
        } else {
            crowdedOut++;
        }
    }

    /** The end of what {@link #keep} has stored the beginning of: there is room for it. */
    public synchronized void recordEnd(String code, SessionId sid, String detail) {
        store(code, Optional.of(sid), detail, 1);
    }

    private void tellCrowdedOut() {
        long count = crowdedOut;
        if (count > 0) {
            crowdedOut = 0;
            store("events-lost", Optional.empty(), "", Math.min(count, Integer.MAX_VALUE));
        }
    }

    private void store(String code, Optional<SessionId> sid, String detail, long count) {
        DeviceEvent event = event(code, sid, detail, count);
        witness.accept(event);
        try {
            spool.append(line(event));
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "the event {0} is lost: {1}", code, e.getMessage());
            return;
        }
        sendNext();
    }

    /**
     * Stores an event that must not be lost. Waits while so much is kept already that the oldest would have to go for it, at most {@link #KEEP_WITHIN}.
     *
     * @param over whether nobody waits for it any more
     * @throws IOException if it is not stored: what it is about must not happen
     */
    public synchronized void keep(String code, SessionId sid, String detail, BooleanSupplier over) throws IOException {
        long deadline = System.nanoTime() + KEEP_WITHIN.toNanos();
        try {
            while (!spool.hasRoomToKeep()) {
                if (over.getAsBoolean() || System.nanoTime() > deadline) {
                    throw new LogFullException(
                            "this device must log everything, and has no room until the access server takes it");
                }
                wait(LOOK.toMillis());
            }
            DeviceEvent event = event(code, Optional.of(sid), detail, 1);
            spool.append(line(event));
            witness.accept(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the agent is being stopped");
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is refused: {1}", code, e.getMessage());
            throw new LogFullException("this device must log everything, and cannot store it", e);
        }
        sendNext();
    }

    /** One that the spool takes: where escapes make it too long, the end of the detail goes. */
    private DeviceEvent event(String code, Optional<SessionId> sid, String detail, long count) {
        String shortened = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
        DeviceEvent event = new DeviceEvent(clock.instant(), code, sid, shortened, count);
        while (line(event).length() > EventSpool.MAX_EVENT) {
            shortened = shortened.substring(0, shortened.length() * 3 / 4);
            event = new DeviceEvent(event.time(), code, sid, shortened, count);
        }
        return event;
    }

    private static String line(DeviceEvent event) {
        return event.toJson().toString();
    }

    /** The channel stands: whatever was under way on the last one goes again. */
    public synchronized void connected() {
        connected = true;
        underWay = false;
        sendNext();
    }

    public synchronized void disconnected() {
        connected = false;
    }

    public synchronized void acknowledged(long next) {
        underWay = false;
        try {
            if (spool.acknowledge(next)) {
                notifyAll();
                if (spool.hasRoom()) {
                    tellCrowdedOut();
                }
                sendNext();
            }
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    private void sendNext() {
        if (!connected || underWay || spool.isEmpty()) {
            return;
        }
        try {
            Batch batch = spool.pending(ControlMessage.MAX_EVENTS, BATCH_CHARS);
            if (!batch.events().isEmpty()) {
                underWay = channel.send(new ReportMessage.Events(batch.first(), parse(batch.events())));
            }
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    /** Numbers must stay consecutive, so what cannot be read is replaced and not left out. */
    private List<DeviceEvent> parse(List<String> lines) {
        List<DeviceEvent> events = new ArrayList<>();
        for (String line : lines) {
            try {
                events.add(DeviceEvent.parse(StrictJson.parse(line, 8_192)));
            } catch (WireException e) {
                events.add(new DeviceEvent(clock.instant(), "events-lost", Optional.empty(), "unreadable", 1));
            }
        }
        return events;
    }
}

package org.bascule.agent.events;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private static final int BATCH_CHARS = 48 * 1_024;

    private final EventSpool spool;
    private final InstantSource clock;
    private final Outbox channel;

    // guarded by this
    private boolean connected;
    private boolean underWay;

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

    /** Never fails: an event that cannot be stored is a matter for the local log. */
    public synchronized void record(String code, Optional<SessionId> sid, String detail, long count) {
        String shortened = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
        DeviceEvent event = new DeviceEvent(clock.instant(), code, sid, shortened, count);
        try {
            spool.append(event.toJson().toString());
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "the event {0} is lost: {1}", code, e.getMessage());
            return;
        }
        sendNext();
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

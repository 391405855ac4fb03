package org.bascule.agent.chat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.log.SessionLog.Direction;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatMessage.Objection;
import org.bascule.wire.SessionId;

/** All chats of this device. Thread-safe. */
public final class ChatDesk {

    /** After its session, so that the person at the device sees that the other has left. */
    static final Duration SEEN_OVER = Duration.ofSeconds(60);

    /** That are over and still kept: whoever opens many sessions fills nothing with them. */
    static final int MAX_OVER = 8;

    private record Kept(Conversation conversation, SessionLog log, long[] counts, long[] overSince) {}

    private final InstantSource clock;
    private final LongSupplier nanos;
    private final List<Consumer<Conversation>> listeners = new CopyOnWriteArrayList<>();

    // guarded by this
    private final Map<SessionId, Kept> kept = new LinkedHashMap<>();

    /** @param nanos a clock that nobody sets */
    public ChatDesk(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Is told whenever a user has written: brings it before the eyes of whoever is at the device. Must not block. */
    public void onWritten(Consumer<Conversation> listener) {
        listeners.add(listener);
    }

    /** A user opens the chat of his session; it is the one that he had open before, if he did. */
    public synchronized Conversation enter(SessionId sid, String user, SessionLog log) {
        forget();
        Kept before = kept.get(sid);
        Conversation conversation =
                before == null ? new Conversation(sid, user, clock.instant(), nanos) : before.conversation();
        kept.put(sid, new Kept(conversation, log, before == null ? new long[2] : before.counts(), new long[1]));
        conversation.enter();
        return conversation;
    }

    /** The session is over, and with it the chat. */
    public void over(SessionId sid) {
        Kept ended;
        synchronized (this) {
            ended = kept.get(sid);
            if (ended != null && !ended.conversation().isOver()) {
                ended.overSince()[0] = nanos.getAsLong();
            }
        }
        if (ended != null) {
            ended.conversation().end();
        }
    }

    // guarded by this
    private void forget() {
        long now = nanos.getAsLong();
        kept.values().removeIf(each -> each.conversation().isOver() && now - each.overSince()[0] > SEEN_OVER.toNanos());
        long over = kept.values().stream()
                .filter(each -> each.conversation().isOver())
                .count();
        Iterator<Kept> oldest = kept.values().iterator();
        while (over > MAX_OVER && oldest.hasNext()) {
            if (oldest.next().conversation().isOver()) {
                oldest.remove();
                over--;
            }
        }
    }

    /** Oldest first; those that are over only for a short time. */
    public synchronized List<Conversation> conversations() {
        forget();
        List<Conversation> all = new ArrayList<>();
        kept.values().forEach(each -> all.add(each.conversation()));
        return all;
    }

    public synchronized Optional<Conversation> find(SessionId sid) {
        forget();
        return Optional.ofNullable(kept.get(sid)).map(Kept::conversation);
    }

    /** How many messages the user has written, and how many the person at the device. */
    synchronized long[] counts(SessionId sid) {
        Kept found = kept.get(sid);
        return found == null ? new long[2] : found.counts().clone();
    }

    /**
     * The person at the device writes.
     *
     * @param who and where he is, for people
     * @return why the message is not taken
     */
    public Optional<Objection> say(SessionId sid, String text, String who) {
        return write(sid, true, text, who);
    }

    /** The user writes. @return why the message is not taken */
    public Optional<Objection> hear(SessionId sid, String text, String who) {
        Optional<Objection> objection = write(sid, false, text, who);
        if (objection.isEmpty()) {
            find(sid).ifPresent(conversation -> listeners.forEach(listener -> listener.accept(conversation)));
        }
        return objection;
    }

    private Optional<Objection> write(SessionId sid, boolean fromDevice, String text, String who) {
        Optional<Objection> objection = ChatMessage.objection(text);
        if (objection.isPresent()) {
            return objection;
        }
        Kept to;
        synchronized (this) {
            to = kept.get(sid);
        }
        if (to == null || to.conversation().isOver()) {
            return Optional.of(Objection.OVER);
        }
        try {
            to.log()
                    .chat(
                            fromDevice ? Direction.FROM_DEVICE : Direction.TO_DEVICE,
                            text.codePointCount(0, text.length()),
                            who);
        } catch (IOException e) {
            return Optional.of(Objection.FAILED);
        }
        Instant now = clock.instant();
        if (to.conversation().add(fromDevice, who, text, now).isEmpty()) {
            return Optional.of(Objection.OVER);
        }
        synchronized (this) {
            to.counts()[fromDevice ? 1 : 0]++;
        }
        return Optional.empty();
    }
}

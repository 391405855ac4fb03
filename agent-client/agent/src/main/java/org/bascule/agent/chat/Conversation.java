package org.bascule.agent.chat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bascule.session.service.ChatMessage;
import org.bascule.wire.SessionId;

/** The chat of one session. Thread-safe. */
public final class Conversation {

    /** That are kept; older ones are forgotten. */
    static final int MAX_MESSAGES = 200;
    /** Of all that are kept, in characters: the agent's heap is small. */
    static final int MAX_LENGTH = 128 * 1_024;
    /** Of the person at the device; more are not told apart. */
    private static final int MAX_READERS = 32;

    /** Of {@link #attach}: until {@link #detach}. */
    public static final Duration FOR_GOOD = Duration.ofDays(365);

    private record Reader(Place place, long until) {}

    /**
     * What there is at one moment.
     *
     * @param messages newer than those that were asked for, oldest first
     * @param readers where it is open at the device, sorted
     * @param shown number of the newest message that was shown there
     * @param user whether the user is there: his tool is open
     * @param over whether the session has ended
     */
    public record View(
            SessionId sid,
            String name,
            Instant since,
            List<ChatMessage> messages,
            List<String> readers,
            long shown,
            boolean user,
            boolean over) {

        public View {
            messages = List.copyOf(messages);
            readers = List.copyOf(readers);
        }
    }

    private final SessionId sid;
    private final String name;
    private final Instant since;
    private final LongSupplier nanos;

    // guarded by this
    private final Deque<ChatMessage> messages = new ArrayDeque<>();
    private final Map<String, Reader> readers = new HashMap<>();
    private int length;
    private long last;
    private long shown;
    private int users;
    private boolean over;

    /**
     * @param name of the user; hostile text
     * @param nanos a clock that nobody sets
     */
    Conversation(SessionId sid, String name, Instant since, LongSupplier nanos) {
        this.sid = sid;
        this.name = name;
        this.since = since;
        this.nanos = nanos;
    }

    public SessionId sid() {
        return sid;
    }

    /** Of the user. */
    public String name() {
        return name;
    }

    synchronized void enter() {
        users++;
        notifyAll();
    }

    synchronized void leave() {
        users--;
        notifyAll();
    }

    synchronized void end() {
        over = true;
        notifyAll();
    }

    public synchronized boolean isOver() {
        return over;
    }

    /** Takes a message that nobody objects to; empty if it is over. */
    synchronized Optional<ChatMessage> add(boolean fromDevice, String who, String text, Instant now) {
        if (over) {
            return Optional.empty();
        }
        ChatMessage message = new ChatMessage(++last, now, fromDevice, who, text);
        messages.add(message);
        length += text.length();
        while (messages.size() > MAX_MESSAGES || length > MAX_LENGTH) {
            length -= messages.remove().text().length();
        }
        notifyAll();
        return Optional.of(message);
    }

    /**
     * Somebody at the device reads it, or goes on doing so.
     *
     * @param reader tells readers apart
     * @param length after which he is taken to be gone
     */
    public synchronized void attach(Place place, String reader, Duration length) {
        if (readers.size() < MAX_READERS || readers.containsKey(reader)) {
            Reader before = readers.put(reader, new Reader(place, nanos.getAsLong() + length.toNanos()));
            if (before == null) {
                notifyAll();
            }
        }
    }

    public synchronized void detach(String reader) {
        if (readers.remove(reader) != null) {
            notifyAll();
        }
    }

    /** Everything up to this message has been shown at the device. */
    public synchronized void shown(long number) {
        if (number > shown && number <= last) {
            shown = number;
            notifyAll();
        }
    }

    public synchronized View view(long after) {
        long now = nanos.getAsLong();
        readers.values().removeIf(reader -> reader.until() - now < 0);
        return new View(
                sid,
                name,
                since,
                messages.stream().filter(message -> message.number() > after).toList(),
                readers.values().stream()
                        .map(reader -> reader.place().text())
                        .distinct()
                        .sorted()
                        .toList(),
                shown,
                users > 0,
                over);
    }

    /** The next that differs from what is known, or after this time what there is. */
    public synchronized View await(long after, Optional<View> known, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            View present = view(after);
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0 || known.isEmpty() || differs(present, known.get())) {
                return present;
            }
            wait(left);
        }
    }

    private static boolean differs(View present, View known) {
        return !present.messages().isEmpty()
                || present.over() != known.over()
                || present.user() != known.user()
                || present.shown() != known.shown()
                || !present.readers().equals(known.readers());
    }
}

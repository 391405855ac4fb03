package org.bascule.agent.events;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.jspecify.annotations.Nullable;

/**
 * Numbered lines in segment files ({@code <first number>.log}), oldest first. Thread-safe.
 *
 * <p>Layout of a line: {@code crc32 (8 hex) SP number SP event LF}; the check sum covers everything after it. The file {@code next} holds the number
 * below which everything is acknowledged. An event that was sent and not acknowledged is sent again: the receiver tells by its number.
 */
public final class EventSpool implements Closeable {

    /**
     * In bytes. Events that say what a tool does have about 300, so three quarters of it are 80,000: an hour of 20 in every second. The last quarter is for events that do not
     * wait for room; the second half of that for those alone that end what was recorded before.
     */
    public static final long DEFAULT_BOUND = 32L << 20;

    /** In characters. */
    static final int MAX_EVENT = 4_096;
    /** A segment is read as a whole, so it stays small. */
    private static final long MAX_SEGMENT = 512 << 10;

    private static final int SEGMENTS = 16;
    private static final System.Logger LOG = System.getLogger(EventSpool.class.getName());

    private final StateFolder folder;
    private final long bound;
    private final LongFunction<String> lostEvent;

    // all below: guarded by this
    /** First number of each segment, and its size in bytes. */
    private final TreeMap<Long, Long> segments = new TreeMap<>();

    private long acknowledged;
    private long next;
    private @Nullable FileChannel current;

    /**
     * What is there to be sent.
     *
     * @param first number of the first event
     * @param events consecutive; empty if there is nothing
     */
    public record Batch(long first, List<String> events) {
        public Batch {
            events = List.copyOf(events);
        }
    }

    /**
     * Opens the spool, cutting off what a crash left unfinished.
     *
     * @param bound bytes on disk; the oldest go when it is exceeded
     * @param lostEvent the event that stands for a number of lost ones
     */
    public static EventSpool open(StateFolder folder, long bound, LongFunction<String> lostEvent)
            throws StateException {
        EventSpool spool = new EventSpool(folder, bound, lostEvent);
        try {
            spool.recover();
        } catch (IOException e) {
            throw new StateException("The event files in " + folder.path() + " cannot be read: " + e.getMessage(), e);
        }
        return spool;
    }

    private EventSpool(StateFolder folder, long bound, LongFunction<String> lostEvent) {
        this.folder = folder;
        this.bound = bound;
        this.lostEvent = lostEvent;
    }

    /**
     * Stores an event; on return it is on the disk.
     *
     * @param event one line, at most 4,096 bytes
     * @return its number
     */
    public synchronized long append(String event) throws StateException {
        long number = write(event);
        dropOldest();
        return number;
    }

    /** The oldest events that are not acknowledged: at most so many, of together at most so many characters (but at least one). */
    public synchronized Batch pending(int maxEvents, int maxChars) throws StateException {
        List<String> events = new ArrayList<>();
        long first = acknowledged;
        long expected = acknowledged;
        int chars = 0;
        for (long segment : segments.keySet()) {
            for (Line line : lines(segment)) {
                if (line.number() < acknowledged) {
                    continue;
                }
                if (events.isEmpty()) {
                    first = line.number();
                } else if (line.number() != expected) {
                    return new Batch(first, events);
                }
                chars += line.event().length();
                if (events.size() >= maxEvents || (chars > maxChars && !events.isEmpty())) {
                    return new Batch(first, events);
                }
                events.add(line.event());
                expected = line.number() + 1;
            }
        }
        return new Batch(first, events);
    }

    /** Whether there is room for an event that must not be lost: the last quarter is for those that do not wait. */
    public synchronized boolean hasRoomToKeep() {
        return size() < bound / 4 * 3;
    }

    /** Whether there is room for an event that does not wait: what is behind it is for the ends of what was kept. */
    synchronized boolean hasRoom() {
        return size() < bound / 8 * 7;
    }

    public synchronized boolean isEmpty() {
        return acknowledged >= next;
    }

    /**
     * Everything below {@code number} is stored at the access server. One from the past is ignored. If it is ahead of every number that was given (the folder was restored to an
     * older state), what is not acknowledged yet gets numbers from there on: under those it has the server would take it for what it knows already.
     *
     * @return false if nothing changed
     */
    public synchronized boolean acknowledge(long number) throws StateException {
        if (number <= acknowledged) {
            return false;
        }
        if (number > next) {
            goOnFrom(number);
            return true;
        }
        acknowledged = number;
        folder.write("next", Long.toString(number));
        try {
            while (!segments.isEmpty() && end(segments.firstKey()) <= acknowledged) {
                remove(segments.firstKey());
            }
        } catch (IOException e) {
            throw new StateException("Acknowledged events cannot be removed: " + e.getMessage(), e);
        }
        return true;
    }

    private void goOnFrom(long number) throws StateException {
        List<Long> old = List.copyOf(segments.keySet());
        try {
            close();
            next = number;
            for (long segment : old) {
                for (Line line : lines(segment)) {
                    if (line.number() >= acknowledged) {
                        write(line.event());
                    }
                }
            }
            acknowledged = number;
            folder.write("next", Long.toString(number));
            for (long segment : old) {
                remove(segment);
            }
        } catch (IOException e) {
            throw new StateException("Events cannot be numbered anew: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private record Line(long number, String event) {}

    private void recover() throws IOException, StateException {
        acknowledged = folder.readText("next").map(EventSpool::parseNumber).orElse(0L);
        next = acknowledged;
        for (Path file : segmentFiles()) {
            long first = Long.parseLong(name(file).replace(".log", ""));
            truncateTorn(file);
            List<Line> lines = lines(first);
            if (lines.isEmpty()) {
                Files.delete(file);
                continue;
            }
            segments.put(first, Files.size(file));
            next = Math.max(next, lines.get(lines.size() - 1).number() + 1);
        }
        while (!segments.isEmpty() && end(segments.firstKey()) <= acknowledged) {
            remove(segments.firstKey());
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private List<Path> segmentFiles() throws IOException {
        try (Stream<Path> files = Files.list(folder.path())) {
            return files.filter(file -> name(file).matches("\\d{1,18}\\.log"))
                    .sorted()
                    .toList();
        }
    }

    private static long parseNumber(String text) {
        try {
            return Math.max(0, Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Cuts a file after its last line feed: what follows was being written when the power went. */
    private static void truncateTorn(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (end > 0 && content[end - 1] != '\n') {
            end--;
        }
        if (end < content.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
                channel.force(true);
            }
        }
    }

    private List<Line> lines(long segment) throws StateException {
        List<Line> lines = new ArrayList<>();
        Path file = path(segment);
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                Line line = parse(text);
                if (line == null) {
                    LOG.log(System.Logger.Level.WARNING, "a damaged line in {0} was skipped", file);
                } else {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            throw new StateException("The event file " + file + " cannot be read: " + e.getMessage(), e);
        }
        return lines;
    }

    private static @Nullable Line parse(String text) {
        int space = text.indexOf(' ', 9);
        if (space < 0 || text.charAt(8) != ' ' || !text.startsWith(checksum(text.substring(9)))) {
            return null;
        }
        return new Line(parseNumber(text.substring(9, space)), text.substring(space + 1));
    }

    private long write(String event) throws StateException {
        if (event.indexOf('\n') >= 0 || event.length() > MAX_EVENT) {
            throw new IllegalArgumentException("an event is one line of at most " + MAX_EVENT + " characters");
        }
        long number = next;
        String body = number + " " + event;
        byte[] line = (checksum(body) + " " + body + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            FileChannel channel = channelFor(number);
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            next = number + 1; // the line may be there all the same: another with its number would count as known
            giveUpSegment();
            throw new StateException("An event cannot be stored: " + StateFolder.reason(e), e);
        }
        segments.merge(segments.lastKey(), (long) line.length, Long::sum);
        next = number + 1;
        return number;
    }

    /** A line may be half written: the next goes to a new file. */
    private void giveUpSegment() {
        try {
            close();
            if (!segments.isEmpty() && segments.lastEntry().getValue() == 0) {
                remove(segments.lastKey());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "giving up an event file: {0}", e.getMessage());
        }
    }

    private FileChannel channelFor(long number) throws IOException {
        if (current != null
                && !segments.isEmpty()
                && segments.lastEntry().getValue() < Math.min(bound / SEGMENTS, MAX_SEGMENT)) {
            return current;
        }
        close();
        FileChannel channel = FileChannel.open(
                path(number),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        current = channel;
        segments.put(number, 0L);
        folder.sync(); // the file's name
        return channel;
    }

    private void dropOldest() throws StateException {
        long lost = 0;
        try {
            while (segments.size() > 1 && size() > bound) {
                long oldest = segments.firstKey();
                lost += lines(oldest).stream()
                        .filter(line -> line.number() >= acknowledged)
                        .count();
                acknowledged = Math.max(acknowledged, end(oldest));
                remove(oldest);
            }
        } catch (IOException e) {
            throw new StateException("The oldest events cannot be removed: " + e.getMessage(), e);
        }
        if (lost > 0) {
            folder.write("next", Long.toString(acknowledged));
            write(lostEvent.apply(lost));
        }
    }

    private long size() {
        return segments.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The number after the last of this segment. */
    private long end(long segment) {
        Long following = segments.higherKey(segment);
        return following == null ? next : following;
    }

    private void remove(long segment) throws IOException {
        if (segment == segments.lastKey()) {
            close();
        }
        Files.deleteIfExists(path(segment));
        segments.remove(segment);
    }

    private Path path(long first) {
        return folder.path().resolve("%018d.log".formatted(first));
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}

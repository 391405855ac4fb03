package org.bascule.agent.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.DeviceEvent;

/**
 * The last events for people at the device, also those that the access server has acknowledged. A convenience beside {@link EventSpool}: written without waiting for the disk, so
 * the newest may be missing after a loss of power. Thread-safe.
 */
public final class RecentEvents {

    public static final int MAX = 200;
    private static final String FILE = "recent.log";
    private static final int MAX_LINE = 8_192;
    private static final System.Logger LOG = System.getLogger(RecentEvents.class.getName());

    private final StateFolder folder;

    // guarded by this
    private final Deque<DeviceEvent> events = new ArrayDeque<>();
    /** In the file, which is written anew when it has twice as many as are kept. */
    private int lines;

    private RecentEvents(StateFolder folder) {
        this.folder = folder;
    }

    /** With those of earlier runs; lines that cannot be understood are left out. */
    public static RecentEvents open(StateFolder folder) {
        RecentEvents recent = new RecentEvents(folder);
        recent.read();
        return recent;
    }

    private synchronized void read() {
        Path file = folder.path().resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                keep(line);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the recent events cannot be read: {0}", StateFolder.reason(e));
        }
    }

    private void keep(String line) {
        try {
            keep(DeviceEvent.parse(StrictJson.parse(line, MAX_LINE)));
        } catch (WireException e) {
            LOG.log(System.Logger.Level.DEBUG, "a line of the recent events was left out");
        }
    }

    private void keep(DeviceEvent event) {
        if (events.size() == MAX) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    /** Never fails. */
    public synchronized void add(DeviceEvent event) {
        keep(event);
        try {
            if (++lines > 2 * MAX) {
                folder.write(FILE, events.stream().map(RecentEvents::line).collect(Collectors.joining()));
                lines = events.size();
            } else {
                append(line(event));
            }
        } catch (IOException | StateException e) {
            LOG.log(System.Logger.Level.WARNING, "an event is not kept for the local page: {0}", e.getMessage());
        }
    }

    private static String line(DeviceEvent event) {
        return event.toJson() + "\n";
    }

    private void append(String line) throws IOException {
        Path file = folder.path().resolve(FILE);
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, line, StandardOpenOption.APPEND);
    }

    /** Newest first. */
    public synchronized List<DeviceEvent> newestFirst() {
        List<DeviceEvent> all = new ArrayList<>(events);
        Collections.reverse(all);
        return List.copyOf(all);
    }
}

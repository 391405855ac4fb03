package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a process listens, as the kernel says it. */
record Listener(int port, boolean onLoopback) {

    private static final String LISTENING = "0A";
    private static final int HEX = 16;
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    /** As the kernel writes addresses: words in the byte order of the machine. */
    private static final Pattern LOOPBACK = Pattern.compile("[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F");

    /** Those of a process and of all that it has started. */
    static List<Listener> of(long pid) throws IOException {
        Map<String, Listener> listening = listening();
        List<Listener> listeners = new ArrayList<>();
        for (long each : withDescendants(pid)) {
            for (String inode : sockets(each)) {
                Listener listener = listening.get(inode);
                if (listener != null) {
                    listeners.add(listener);
                }
            }
        }
        return listeners;
    }

    private static List<Long> withDescendants(long pid) {
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        return Stream.concat(Stream.of(handle), handle.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    /** By the number of the socket. */
    private static Map<String, Listener> listening() throws IOException {
        Map<String, Listener> listeners = new HashMap<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (Files.exists(Path.of(table))) {
                for (String line : Files.readAllLines(Path.of(table))) {
                    String[] fields = line.strip().split("\\s+");
                    if (fields[3].equals(LISTENING)) {
                        listeners.put(fields[9], read(fields[1]));
                    }
                }
            }
        }
        return listeners;
    }

    private static Listener read(String address) {
        int colon = address.indexOf(':');
        return new Listener(
                Integer.parseInt(address.substring(colon + 1), HEX),
                LOOPBACK.matcher(address.substring(0, colon)).matches());
    }

    private static List<String> sockets(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.map(Listener::target)
                    .map(SOCKET::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .toList();
        }
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

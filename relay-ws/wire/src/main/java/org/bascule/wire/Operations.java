package org.bascule.wire;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a session may do: sorted operation tokens without repeats ({@code docs/protocol/session.md}, "Operations").
 *
 * @param names 0 to 16 tokens in byte order; empty only as the result of an intersection
 */
public record Operations(List<String> names) {

    public static final String TERMINAL = "terminal";
    public static final String EXEC = "exec";
    public static final String FILE_READ = "file-read";
    public static final String FILE_WRITE = "file-write";
    public static final String DESKTOP_VIEW = "desktop-view";
    public static final String DESKTOP_CONTROL = "desktop-control";
    public static final String CLIPBOARD_TO_DEVICE = "clipboard-to-device";
    public static final String CLIPBOARD_FROM_DEVICE = "clipboard-from-device";
    public static final String PROCESS_VIEW = "process-view";
    public static final String PROCESS_MANAGE = "process-manage";
    /** To restart the device. */
    public static final String POWER = "power";
    /** To write to the person at the device, and be written to. */
    public static final String CHAT = "chat";

    /** To watch other sessions; with the id of one, {@code watch:<sid>}, that alone. */
    public static final String WATCH = "watch";

    private static final String WATCH_PREFIX = WATCH + ":";

    private static final int MAX_NAMES = 16;
    private static final int MAX_BYTES = 1_024;
    private static final Pattern NAME = Pattern.compile("[a-z0-9.:\\[\\]-]{1,128}");

    public Operations {
        names = List.copyOf(names);
        if (names.size() > MAX_NAMES) {
            throw new IllegalArgumentException(names.size() + " operations exceed " + MAX_NAMES);
        }
        for (int i = 0; i < names.size(); i++) {
            if (!NAME.matcher(names.get(i)).matches()) {
                throw new IllegalArgumentException("an operation is 1 to 128 of a-z 0-9 - . : [ ]");
            }
            if (i > 0 && names.get(i - 1).compareTo(names.get(i)) >= 0) {
                throw new IllegalArgumentException("operations are sorted without repeats");
            }
        }
        if (String.join("\n", names).length() > MAX_BYTES) {
            throw new IllegalArgumentException("operations exceed " + MAX_BYTES + " bytes");
        }
    }

    /** Sorts and removes repeats. */
    public static Operations of(Collection<String> names) throws WireException {
        return checked(List.copyOf(new TreeSet<>(names)), "operations");
    }

    public static Operations of(String... names) {
        return new Operations(List.copyOf(new TreeSet<>(List.of(names))));
    }

    /** Reads the binary form: tokens joined by one LF. */
    public static Operations parse(byte[] bytes) throws WireException {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw WireException.malformed("operations of %d bytes".formatted(bytes.length));
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        return checked(List.of(text.split("\n", -1)), "operations");
    }

    private static Operations checked(List<String> names, String what) throws WireException {
        if (names.isEmpty()) {
            throw WireException.malformed("no " + what);
        }
        try {
            return new Operations(names);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    public byte[] bytes() {
        return String.join("\n", names).getBytes(StandardCharsets.US_ASCII);
    }

    public boolean allows(String name) {
        return names.contains(name);
    }

    /** The operation of watching one session. */
    public static String watch(SessionId sid) {
        return WATCH_PREFIX + sid.hex();
    }

    public static boolean isWatching(String name) {
        return name.startsWith(WATCH_PREFIX);
    }

    /** The session that an operation lets somebody watch; empty if it is another operation. */
    public static Optional<SessionId> watched(String name) {
        try {
            return isWatching(name)
                    ? Optional.of(SessionId.parse(name.substring(WATCH_PREFIX.length())))
                    : Optional.empty();
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    public boolean isSubsetOf(Operations other) {
        return other.names.containsAll(names);
    }

    public Operations intersect(Operations other) {
        return new Operations(names.stream().filter(other::allows).toList());
    }

    @Override
    public String toString() {
        return String.join(",", names);
    }
}

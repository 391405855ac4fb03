package org.bascule.agent.system;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bascule.agent.posix.Posix;

/** Reads what the kernel tells of processes, through one buffer. For one thread. */
final class ProcFiles {

    /** Of a command line; the kernel has up to 128 KiB and more. */
    static final int MAX_COMMAND = 1_024;

    private static final int BUFFER = 4_096;

    private final String root;
    private final Path passwd;
    private final byte[] buffer = new byte[BUFFER];
    private final Map<Long, String> users = new HashMap<>();
    private final long pageSize = Posix.pageSize();

    /**
     * @param root {@code /proc}
     * @param passwd {@code /etc/passwd}
     */
    ProcFiles(Path root, Path passwd) {
        this.root = root.toString();
        this.passwd = passwd;
    }

    /**
     * Fields of {@code stat}, see proc(5).
     *
     * @param ticks in user and kernel mode together
     * @param memory resident, bytes
     */
    record Stat(String name, char state, long parent, long ticks, long threads, long start, long memory) {}

    /** Numbers of all processes, at most so many. */
    long[] pids(int most) throws IOException {
        String[] names = new File(root).list();
        if (names == null) {
            throw new IOException("the processes of this device cannot be listed");
        }
        return Arrays.stream(names)
                .filter(name -> name.length() <= 10 && name.charAt(0) >= '0' && name.charAt(0) <= '9')
                .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
                .limit(most)
                .mapToLong(Long::parseLong)
                .toArray();
    }

    /** Fails if it is gone. */
    Stat stat(long pid) throws IOException {
        int length = read(pid + "/stat", BUFFER);
        // the name may hold anything, so what follows its last bracket counts
        int open = 0;
        while (open < length && buffer[open] != '(') {
            open++;
        }
        int close = length - 1;
        while (close > open && buffer[close] != ')') {
            close--;
        }
        if (close <= open) {
            throw new IOException("no stat");
        }
        String name = new String(buffer, open + 1, close - open - 1, StandardCharsets.UTF_8);
        String[] fields =
                new String(buffer, close + 2, Math.max(length - close - 2, 0), StandardCharsets.ISO_8859_1).split(" ");
        try {
            return new Stat(
                    name,
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[17]),
                    Long.parseLong(fields[19]),
                    Long.parseLong(fields[21]) * pageSize);
        } catch (RuntimeException e) {
            throw new IOException("no stat", e);
        }
    }

    /** Arguments with blanks between them; what is no UTF-8 is replaced. */
    String command(long pid) throws IOException {
        int length = read(pid + "/cmdline", MAX_COMMAND + 1);
        boolean cut = length > MAX_COMMAND;
        int end = Math.min(length, MAX_COMMAND);
        while (end > 0 && buffer[end - 1] == 0) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            if (buffer[i] == 0) {
                buffer[i] = ' ';
            }
        }
        return new String(buffer, 0, end, StandardCharsets.UTF_8) + (cut ? "…" : "");
    }

    /**
     * User numbers of a process.
     *
     * @param real who has started it
     */
    record Uids(long real, long effective, long saved) {}

    Uids uids(long pid) throws IOException {
        int length = read(pid + "/status", BUFFER);
        String status = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        // a name cannot hold a line feed here: the kernel writes it as \n
        int at = status.indexOf("\nUid:\t");
        if (at < 0) {
            throw new IOException("no Uid");
        }
        String[] fields = status.substring(at + 6).split("\\s", 5);
        return new Uids(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
    }

    /** Of the machine's own accounts; the number of another one. */
    String user(long uid) {
        if (users.isEmpty()) {
            readUsers();
        }
        return users.getOrDefault(uid, String.valueOf(uid));
    }

    private void readUsers() {
        users.put(0L, "root");
        try {
            for (String line : Files.readAllLines(passwd, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", 4);
                if (fields.length == 4 && fields[2].matches("\\d{1,10}") && fields[0].length() <= 64) {
                    users.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            // numbers are shown then
        }
    }

    /** A whole small file of the root. */
    String text(String name) throws IOException {
        return new String(buffer, 0, read(name, BUFFER), StandardCharsets.UTF_8);
    }

    private int read(String name, int most) throws IOException {
        try (FileInputStream in = new FileInputStream(root + "/" + name)) {
            int length = 0;
            for (int count = in.read(buffer, 0, most); count > 0; count = in.read(buffer, length, most - length)) {
                length += count;
                if (length == most) {
                    break;
                }
            }
            return length;
        }
    }
}

package org.bascule.agent.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which account of this machine holds the other end of a loopback connection, by the kernel's tables of TCP connections ({@code /proc/net/tcp}). Columns: number, local address and port,
 * remote address and port (hexadecimal), state, queues, timer, retransmissions, uid.
 */
final class PeerAccount {

    /** Where the table does not say. */
    static final long UNKNOWN = -1;

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int UID = 7;
    private static final Path ACCOUNTS = Path.of("/etc/passwd");

    private PeerAccount() {}

    /** @param peer the address that the connection comes from; ours has port {@code ownPort} */
    static long uid(InetSocketAddress peer, int ownPort) {
        String theirs = ":%04X".formatted(peer.getPort());
        String ours = ":%04X".formatted(ownPort);
        for (Path table : TABLES) {
            try (BufferedReader reader = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length > UID && columns[LOCAL].endsWith(theirs) && columns[REMOTE].endsWith(ours)) {
                        return Long.parseLong(columns[UID]);
                    }
                }
            } catch (IOException | UncheckedIOException | NumberFormatException e) {
                // the table is not there: the next
            }
        }
        return UNKNOWN;
    }

    /** For the log. */
    static String name(long uid) {
        return uid == UNKNOWN
                ? "an unknown account"
                : "account " + local(uid).orElse(String.format(Locale.ROOT, "with uid %d", uid));
    }

    private static Optional<String> local(long uid) {
        try (BufferedReader reader = Files.newBufferedReader(ACCOUNTS, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] fields = line.split(":", -1);
                if (fields.length > 2 && fields[2].equals(Long.toString(uid))) {
                    return Optional.of(fields[0]);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // the number says it too
        }
        return Optional.empty();
    }
}

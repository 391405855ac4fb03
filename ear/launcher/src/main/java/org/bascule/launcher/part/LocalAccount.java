package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The account of this machine that terminals of the sample device run as; never root, and nothing is created.
 *
 * @param name as in /etc/passwd
 * @param canLogIn false: its shell is {@code nologin} or the like, so that another must be named
 */
public record LocalAccount(String name, boolean canLogIn) {

    private static final int FIRST_ORDINARY = 1000;
    private static final int NOBODY = 65_534;

    /** The user who runs this program; for root the one behind sudo, else the first ordinary account that can log in, else nobody. */
    public static LocalAccount choose() throws IOException {
        return choose(
                System.getProperty("user.name"),
                System.getenv("SUDO_USER"),
                Files.readAllLines(Path.of("/etc/passwd")));
    }

    static LocalAccount choose(String user, @Nullable String sudoUser, List<String> passwd) {
        if (!user.equals("root")) {
            return new LocalAccount(user, true);
        }
        List<Entry> entries =
                passwd.stream().map(Entry::parse).flatMap(Optional::stream).toList();
        return entries.stream()
                .filter(entry -> entry.name.equals(sudoUser) && entry.uid != 0)
                .findFirst()
                .or(() -> entries.stream()
                        .filter(entry -> entry.uid >= FIRST_ORDINARY && entry.uid < NOBODY && entry.canLogIn())
                        .findFirst())
                .map(entry -> new LocalAccount(entry.name, entry.canLogIn()))
                .orElse(new LocalAccount("nobody", false));
    }

    private record Entry(String name, int uid, String shell) {

        static Optional<Entry> parse(String line) {
            String[] fields = line.split(":", -1);
            try {
                return fields.length == 7
                        ? Optional.of(new Entry(fields[0], Integer.parseInt(fields[2]), fields[6]))
                        : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        boolean canLogIn() {
            return shell.endsWith("sh");
        }
    }
}

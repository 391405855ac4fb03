package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of files in the home of the sample device's account, on this machine; with all that is in it, it goes when it is closed. */
record HomeFolder(String name, Path path) implements AutoCloseable {

    static HomeFolder create(TheSystem system, String name) throws IOException {
        Path home = home(system.api("automation")
                .getJson("/api/devices/" + system.device().uid())
                .getString("account"));
        Path path = Files.createDirectories(home.resolve(name));
        Files.setOwner(path, Files.getOwner(home));
        return new HomeFolder(name, path);
    }

    private static Path home(String account) throws IOException {
        try (Stream<String> accounts = Files.lines(Path.of("/etc/passwd"))) {
            return accounts.map(line -> line.split(":"))
                    .filter(fields -> fields[0].equals(account))
                    .map(fields -> Path.of(fields[5]))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** In order. */
    List<String> names() {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}

package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the build made: the servers, unpacked, and our own programs and scripts.
 *
 * @param home the build folder of the launcher module
 */
public record Installation(Path home) {

    public Installation {
        home = home.toAbsolutePath().normalize();
    }

    public Path payara() {
        return home.resolve("dist/payara6");
    }

    /** Keycloak's folder, whatever its version. */
    public Path keycloak() throws IOException {
        try (Stream<Path> folders = Files.list(home.resolve("dist"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("keycloak-"))
                    .filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow(() -> missing("dist/keycloak-*"));
        }
    }

    /** The folder with {@code bin/mariadbd}, whatever its version. */
    public Path mariadb() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("dist/mariadb"), 8)) {
            Path binary = files.filter(file -> file.endsWith("bin/mariadbd"))
                    .findFirst()
                    .orElseThrow(() -> missing("mariadbd"));
            return binary.resolve("../..").normalize();
        }
    }

    /** A file of the installation package: a script, the application, a program. */
    public Path file(String name) throws IOException {
        Path file = home.resolve("install").resolve(name);
        if (!Files.exists(file)) {
            throw missing("install/" + name);
        }
        return file;
    }

    public Path script(String name) throws IOException {
        return file("scripts/" + name);
    }

    /** The Java program that runs this one. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** {@code sh SCRIPT ARGUMENTS}. */
    List<String> shell(String script, Object... arguments) throws IOException {
        return Stream.concat(
                        Stream.of("sh", script(script).toString()),
                        Stream.of(arguments).map(Object::toString))
                .toList();
    }

    private MissingBuildException missing(String what) {
        return new MissingBuildException(what + " is missing in " + home + ": build the project first (mvn -Pdemo)");
    }

    /** The build is not complete. */
    public static final class MissingBuildException extends IllegalStateException {

        private static final long serialVersionUID = 1;

        MissingBuildException(String message) {
            super(message);
        }
    }
}

package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bascule.launcher.process.Commands;

/** Puts our provider jar into Keycloak and runs {@code kc.sh build}, once for each jar and version: it takes half a minute. */
public final class KeycloakBuild {

    private KeycloakBuild() {}

    /**
     * Called by the build.
     *
     * @param arguments the launcher's build folder
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: KeycloakBuild BUILD-FOLDER");
        }
        build(new Installation(Path.of(arguments[0])));
    }

    private static void build(Installation installation) throws IOException, InterruptedException {
        Path keycloak = installation.keycloak();
        Path provider = installation.file("bascule-keycloak.jar");
        Path script = installation.script("keycloak-build.sh");
        Path stamp = installation.home().resolve("dist/keycloak.stamp");
        String state = keycloak.getFileName() + " " + sha256(provider) + " " + sha256(script) + "\n";
        if (Files.exists(stamp) && Files.readString(stamp).equals(state)) {
            return;
        }
        System.out.println("building Keycloak, once ...");
        Commands.run(
                "keycloak-build",
                List.of("sh", script.toString(), keycloak.toString()),
                installation.home(),
                Map.of("JAVA", Installation.java(), "JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1"),
                installation.home().resolve("dist"),
                Duration.ofMinutes(10));
        Files.writeString(stamp, state);
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

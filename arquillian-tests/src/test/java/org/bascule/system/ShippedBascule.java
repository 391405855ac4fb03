package org.bascule.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** {@code bascule} as it is installed: the script that starts it, beside the jar and the native cryptography. */
final class ShippedBascule {

    private static final Path SCRIPT = Path.of("..", "agent-client", "control", "src", "main", "scripts", "bascule");

    private static final Path NATIVE =
            Path.of("..", "ear", "launcher", "target", "install", "AmazonCorrettoCryptoProvider.jar");

    private final TheSystem system;
    private final Path folder;

    ShippedBascule(TheSystem system, String name) throws IOException {
        this.system = system;
        folder = Files.createDirectories(system.folder(name));
        Files.copy(system.basculeJar(), folder.resolve("bascule.jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(SCRIPT, script(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(NATIVE, folder.resolve(NATIVE.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(script(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path script() {
        return folder.resolve("bascule");
    }

    Map<String, String> environment(String user) {
        return Map.of(
                "BASCULE_URL", system.agentUrl(),
                "BASCULE_CA", system.ca().toString(),
                "BASCULE_TOKEN", system.user(user).apiToken(),
                "XDG_CONFIG_HOME", folder.resolve("config").toString());
    }
}

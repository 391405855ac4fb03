package org.bascule.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The compiled classes of each module, read from the reactor's own output. */
enum Modules {
    WIRE("relay-ws/wire", 40),
    WEBSOCKET("relay-ws/websocket", 10),
    RELAY("relay-ws", 10),
    SESSION("agent-client/session", 30),
    AGENT("agent-client/agent", 30),
    CONTROL("agent-client/control", 15),
    DOMAIN("ejb-domain", 50),
    WEB("web-admin", 40),
    LAUNCHER("ear/launcher", 10);

    private final String folder;
    private final int atLeast;

    Modules(String folder, int atLeast) {
        this.folder = folder;
        this.atLeast = atLeast;
    }

    /** Fails if the module has fewer classes than it is known to have: a rule over nothing would always hold. */
    JavaClasses classes() {
        Path output = Path.of("..", folder, "target", "classes");
        if (!Files.isDirectory(output)) {
            throw new AssertionError("no compiled classes in " + output + ": build the whole reactor first");
        }
        JavaClasses classes = new ClassFileImporter().importPath(output);
        if (classes.size() < atLeast) {
            throw new AssertionError("%s has %d classes, fewer than %d".formatted(folder, classes.size(), atLeast));
        }
        return classes;
    }
}

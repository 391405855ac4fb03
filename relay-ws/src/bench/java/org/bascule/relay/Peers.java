package org.bascule.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How the programs are started that the relay is compared with; each with one process or thread that carries the load. */
final class Peers {

    private Peers() {}

    /**
     * @param port where it listens
     * @param to the port that it connects to
     * @param folder for what it needs
     */
    static List<String> command(Target.Proxy.Kind kind, int port, int to, Path folder)
            throws IOException {
        return switch (kind) {
            case TCP -> List.of("haproxy", "-db", "-f", haproxy(port, to, folder).toString());
            case BRIDGE -> List.of("websockify", "127.0.0.1:" + port, "127.0.0.1:" + to);
        };
    }

    private static Path haproxy(int port, int to, Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("haproxy.cfg"),
                """
                global
                  nbthread 1
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 300s
                  timeout server 300s
                listen relay
                  bind 127.0.0.1:%d
                  server to 127.0.0.1:%d
                """
                        .formatted(port, to));
    }
}

package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real rsyslog on a port of loopback, with a certificate that is made for it: what the access server sends there is in a file. */
final class TestSyslog implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final int port = FreePorts.next();
    private final Program server;

    TestSyslog(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            certificate();
            Path configuration = Files.writeString(
                    folder.resolve("rsyslog.conf"),
                    """
                    global(workDirectory="%1$s" defaultNetstreamDriverCAFile="%1$s/server.pem"
                      defaultNetstreamDriverCertFile="%1$s/server.pem" defaultNetstreamDriverKeyFile="%1$s/server.key")
                    module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
                    input(type="imtcp" port="%2$d" address="127.0.0.1")
                    template(name="all" type="string" string="%%app-name%% %%msgid%% %%structured-data%% %%msg%%\\n")
                    action(type="omfile" file="%1$s/received" template="all")
                    """
                            .formatted(folder, port));
            server = Program.start(
                    Map.of(),
                    List.of(
                            "/usr/sbin/rsyslogd",
                            "-n",
                            "-f",
                            configuration.toString(),
                            "-i",
                            folder.resolve("pid").toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Eventually.within(LIMIT, "rsyslog listens", () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    private void certificate() {
        try (Program openssl = Program.start(
                Map.of(),
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        folder.resolve("server.key").toString(),
                        "-out",
                        folder.resolve("server.pem").toString()))) {
            Program.Result made = openssl.finish(LIMIT);
            if (made.exit() != 0) {
                throw new AssertionError(made.error());
            }
        }
    }

    /** With these the access server sends heads and records here. */
    Map<String, String> settings() {
        return Map.of(
                "AUDIT_SYSLOG_HOST",
                "localhost",
                "AUDIT_SYSLOG_PORT",
                Integer.toString(port),
                "AUDIT_SYSLOG_CA_FILE",
                folder.resolve("server.pem").toString(),
                "AUDIT_SYSLOG_RECORDS",
                "true");
    }

    /** Each message on a line: program, kind, data and text. */
    List<String> received() {
        Path file = folder.resolve("received");
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

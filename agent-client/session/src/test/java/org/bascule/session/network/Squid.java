package org.bascule.session.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real proxy for one test: Debian's squid in the foreground with its own folder. It alone resolves {@code inside.example}, to this machine. */
public final class Squid implements AutoCloseable {

    /** The name that only it knows. */
    public static final String INSIDE = "inside.example";

    private static final Path PROGRAM = Path.of("/usr/sbin/squid");
    private static final Path HELPERS = Path.of("/usr/lib/squid");

    private final Path folder;
    private final Process process;
    private final int port;

    private Squid(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /** Starts it with lines of settings. */
    @SafeVarargs
    public static Squid open(List<String>... rules) throws IOException, InterruptedException {
        return leadingTo("127.0.0.1", rules);
    }

    /** The same where {@code inside.example} is something else on this machine. */
    @SafeVarargs
    public static Squid leadingTo(String address, List<String>... rules) throws IOException, InterruptedException {
        if (!Files.isExecutable(PROGRAM) || !Files.isDirectory(HELPERS)) {
            throw new IOException("squid is not installed (apt-get install squid)");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // squid gives up root, so its folder is open to its own user
        Path folder = Files.createTempDirectory("squid");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        write(folder.resolve("hosts"), address + " " + INSIDE + "\n");
        write(folder.resolve("basic"), "ann:" + md5("s3: cr3t") + "\n");
        write(folder.resolve("digest"), "ann:there:" + md5("ann:there:s3: cr3t") + "\n");
        String common =
                """
                http_port 127.0.0.1:%d
                pid_filename %2$s/pid
                hosts_file %2$s/hosts
                cache_log %2$s/cache.log
                access_log stdio:%2$s/access.log
                coredump_dir %2$s
                cache deny all
                shutdown_lifetime 0 seconds
                """
                        .formatted(port, folder);
        write(
                folder.resolve("conf"),
                common
                        + Stream.of(rules)
                                .flatMap(List::stream)
                                .collect(Collectors.joining("\n"))
                                .replace("FOLDER", folder.toString())
                                .replace("HELPERS", HELPERS.toString())
                        + "\n");
        Process process = new ProcessBuilder(
                        PROGRAM.toString(), "-N", "-f", folder.resolve("conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        Squid squid = new Squid(folder, process, port);
        try {
            squid.awaitReady();
            return squid;
        } catch (IOException | InterruptedException | RuntimeException e) {
            squid.close();
            throw e;
        }
    }

    /** It asks for user {@code ann} and password {@code s3: cr3t}. */
    public static List<String> basic() {
        return List.of(
                "auth_param basic program HELPERS/basic_ncsa_auth FOLDER/basic",
                "auth_param basic children 1 startup=1 idle=1",
                "auth_param basic realm there");
    }

    /** The same, by Digest. */
    public static List<String> digest(int usesOfANonce) {
        return List.of(
                "auth_param digest program HELPERS/digest_file_auth -c FOLDER/digest",
                "auth_param digest children 1 startup=1 idle=1",
                "auth_param digest nonce_max_count " + usesOfANonce,
                "auth_param digest realm there");
    }

    static List<String> ntlm() {
        return List.of("auth_param ntlm program HELPERS/ntlm_fake_auth", "auth_param ntlm children 1 startup=1 idle=1");
    }

    /** What it asks for takes a ticket of Kerberos. */
    public static List<String> negotiate() {
        return List.of(
                "auth_param negotiate program HELPERS/negotiate_kerberos_auth",
                "auth_param negotiate children 1 startup=1 idle=1");
    }

    public static List<String> everybody() {
        return List.of("http_access allow all");
    }

    public static List<String> membersOnly() {
        return List.of("acl members proxy_auth REQUIRED", "http_access allow members", "http_access deny all");
    }

    public int port() {
        return port;
    }

    /** What it logged: a line for each connection that is over. */
    List<String> log() throws IOException {
        Path log = folder.resolve("access.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /** Whether it logged, a moment after the end of a connection, a line with this in it. */
    public boolean logs(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < end) {
            if (log().stream().anyMatch(line -> line.contains(text))) {
                return true;
            }
            Thread.sleep(50);
        }
        return false;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("squid does not start: " + Files.readString(folder.resolve("out")), e);
                }
                Thread.sleep(50);
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

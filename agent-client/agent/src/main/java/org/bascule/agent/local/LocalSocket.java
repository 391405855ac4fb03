package org.bascule.agent.local;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;

/** The server's end of {@code control.sock}. The caller holds the folder's lock: a socket file that is there belongs to nobody any more. */
public final class LocalSocket implements Closeable {

    static final String FILE = "control.sock";
    /** The kernel's limit for the address of such a socket, without its closing zero. */
    static final int MAX_PATH = 107;

    static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(LocalSocket.class.getName());
    private static final int MAX_CONNECTIONS = 8;
    private static final int BACKLOG = 16;
    private static final String ROOT = "root";

    private final ServerSocketChannel server;
    private final Path file;
    private final LocalCommands commands;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
    private final String ownName;

    private LocalSocket(
            ServerSocketChannel server,
            Path file,
            LocalCommands commands,
            Executor executor,
            ScheduledExecutorService timer) {
        this.server = server;
        this.file = file;
        this.commands = commands;
        this.executor = executor;
        this.timer = timer;
        this.ownName = System.getProperty("user.name", "");
    }

    /**
     * Listens from now on.
     *
     * @param executor runs the connections, and one thread that waits for them
     * @param timer ends those that take too long
     */
    public static LocalSocket open(
            StateFolder folder, LocalCommands commands, Executor executor, ScheduledExecutorService timer)
            throws StateException {
        Path file = path(folder);
        try {
            Files.deleteIfExists(file);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(file), BACKLOG);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                server.close();
                throw e;
            }
            LocalSocket socket = new LocalSocket(server, file, commands, executor, timer);
            executor.execute(socket::listen);
            return socket;
        } catch (IOException e) {
            throw new StateException("The socket " + file + " cannot be opened: " + StateFolder.reason(e), e);
        }
    }

    /** Where the socket is, if the kernel takes an address of that length. */
    static Path path(StateFolder folder) throws StateException {
        Path file = folder.path().resolve(FILE);
        if (file.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
            throw new StateException("The path " + file + " is too long for a socket (" + MAX_PATH + " bytes).");
        }
        return file;
    }

    private void listen() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                if (room.tryAcquire()) {
                    executor.execute(() -> serveAndRelease(channel));
                } else {
                    channel.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "the control socket: {0}", e.getMessage());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /** No file is left to open a connection with, for instance. */
    private static boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void serveAndRelease(SocketChannel channel) {
        ScheduledFuture<?> deadline =
                timer.schedule(() -> closeQuietly(channel), DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        try (channel) {
            serve(channel);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection of the control socket: {0}", e.getMessage());
        } finally {
            deadline.cancel(false);
            room.release();
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        String by = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        if (!by.equals(ownName) && !by.equals(ROOT)) {
            LOG.log(System.Logger.Level.WARNING, "the account {0} is not served on the control socket", by);
            return;
        }
        Optional<String> request = line(channel, LocalCommands.MAX_REQUEST);
        if (request.isEmpty()) {
            return;
        }
        byte[] answer = (commands.answer(request.get(), by) + "\n").getBytes(StandardCharsets.UTF_8);
        if (answer.length > LocalCommands.MAX_ANSWER) {
            LOG.log(System.Logger.Level.WARNING, "an answer of {0} bytes was not given", answer.length);
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(answer);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Up to a line feed; empty if it never comes or too much does. */
    private static Optional<String> line(SocketChannel channel, int max) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(2_048);
        while (channel.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
                }
                bytes.write(next);
            }
            if (bytes.size() > max) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing: {0}", e.getMessage());
        }
    }

    /** Listens no more; the file goes. */
    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(file);
    }
}

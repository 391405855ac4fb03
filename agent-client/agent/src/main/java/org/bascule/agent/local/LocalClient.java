package org.bascule.agent.local;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Asks the running agent of a folder, for the commands of {@code bascule-agent}. */
public final class LocalClient {

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final StateFolder folder;

    public LocalClient(StateFolder folder) {
        this.folder = folder;
    }

    /** The same without arguments. */
    public Optional<StrictJson> ask(String command) throws LocalException {
        return ask(command, JsonObject.EMPTY_JSON_OBJECT);
    }

    /**
     * Sends a command to the running agent.
     *
     * @return the answer; empty if no agent listens in this folder
     * @throws LocalException with the agent's own sentence if it does not do it, or if it does not answer
     */
    public Optional<StrictJson> ask(String command, JsonObject arguments) throws LocalException {
        Path file;
        try {
            file = LocalSocket.path(folder);
        } catch (StateException e) {
            return Optional.empty(); // the agent has no socket then
        }
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String request =
                Json.createObjectBuilder(arguments).add("command", command).build() + "\n";
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(file));
            } catch (IOException e) {
                return Optional.empty(); // left behind by an agent that was killed
            }
            return Optional.of(checked(exchange(channel, request)));
        } catch (IOException e) {
            throw new LocalException(
                    LocalException.NO_ANSWER, "The running agent did not answer: " + StateFolder.reason(e) + ".", e);
        }
    }

    private static String exchange(SocketChannel channel, String request) throws IOException, LocalException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        channel.configureBlocking(false);
        ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8_192);
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            while (true) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new LocalException(LocalException.NO_ANSWER, "The running agent did not answer in time.");
                }
                selector.select(left);
                selector.selectedKeys().clear();
                if (out.hasRemaining()) {
                    channel.write(out);
                    key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                    continue;
                }
                int length = channel.read(buffer.clear());
                if (length < 0 || in.size() > LocalCommands.MAX_ANSWER) {
                    return in.toString(StandardCharsets.UTF_8);
                }
                in.write(buffer.array(), 0, length);
            }
        }
    }

    private static StrictJson checked(String answer) throws LocalException {
        if (answer.isEmpty()) {
            throw new LocalException(
                    LocalException.NO_ANSWER,
                    "The running agent is busy with other requests, or refuses this account.");
        }
        try {
            StrictJson json = StrictJson.parse(answer, LocalCommands.MAX_ANSWER);
            if (json.optionalFlag("ok")) {
                return json;
            }
            throw new LocalException(json.string("error", 64), json.string("message", 4_096));
        } catch (WireException e) {
            throw new LocalException(LocalException.NO_ANSWER, "The running agent's answer cannot be understood.", e);
        }
    }
}

package org.bascule.session.network;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first port of several that leads to the server. The next one is tried when one has failed, or beside it when it has not answered for a while:
 * firewalls are silent more often than they refuse. What else comes about is closed. For one use.
 */
final class PortRace {

    private static final long STAGGER_MS = 1_000;

    private final Dial dial;
    private final Attempt whole;
    private final List<Attempt> running = new ArrayList<>();
    private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();

    // guarded by this
    private boolean decided;

    /** Connects to one port, up to TLS. */
    interface Dial {
        Connection to(int port, Attempt attempt) throws IOException;
    }

    /** The winner. */
    record Winner(Connection connection, int port) {}

    private record Result(int port, @Nullable Connection connection, @Nullable Exception failure) {
        void cut() {
            if (connection != null) {
                connection.cut();
            }
        }
    }

    PortRace(Dial dial, Attempt whole) {
        this.dial = dial;
        this.whole = whole;
    }

    /** @throws IOException the most telling failure if all failed */
    Winner run(List<Integer> ports) throws IOException {
        Deque<Integer> waiting = new ArrayDeque<>(ports);
        List<Exception> failures = new ArrayList<>();
        boolean won = false;
        try {
            whole.busyWith(this::decide);
            start(waiting.remove());
            int open = 1;
            while (open > 0) {
                Result result = waiting.isEmpty()
                        ? results.poll(whole.millisLeft() + STAGGER_MS, TimeUnit.MILLISECONDS)
                        : results.poll(STAGGER_MS, TimeUnit.MILLISECONDS);
                whole.check();
                if (result != null && result.connection != null) {
                    whole.busyWith(result.connection.raw());
                    won = true;
                    return new Winner(result.connection, result.port);
                }
                if (result != null && result.failure != null) {
                    open--;
                    failures.add(result.failure);
                    if (isFinal(result.failure)) {
                        break;
                    }
                }
                if (!waiting.isEmpty()) {
                    start(waiting.remove());
                    open++;
                }
            }
            throw telling(failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted");
        } finally {
            decide();
            if (!won) {
                results.forEach(Result::cut);
            }
        }
    }

    private void start(int port) {
        Attempt attempt = new Attempt(whole.left());
        synchronized (this) {
            running.add(attempt);
            if (decided) {
                attempt.cancel();
            }
        }
        WebSocket.thread(() -> dial(port, attempt), "bascule-port-" + port).start();
    }

    private void dial(int port, Attempt attempt) {
        try (attempt) {
            Connection connection = dial.to(port, attempt);
            synchronized (this) {
                if (!decided && !attempt.isOver()) {
                    decided = true;
                    running.remove(attempt);
                    results.add(new Result(port, connection, null));
                    return;
                }
            }
            connection.cut();
        } catch (IOException | RuntimeException e) {
            results.add(new Result(port, null, e));
        }
    }

    /** From here on nobody wins; what still runs is given up. */
    private void decide() {
        List<Attempt> open;
        synchronized (this) {
            decided = true;
            open = List.copyOf(running);
            running.clear();
        }
        open.forEach(Attempt::cancel);
    }

    private static boolean isFinal(Exception failure) {
        return failure.getCause() instanceof ProxyException refused && refused.isFinal();
    }

    /** What a proxy says before a certificate that is not accepted, before what the first port met. */
    private static IOException telling(List<Exception> failures) throws IOException {
        Exception chosen = failures.stream()
                .filter(PortRace::isFinal)
                .findFirst()
                .or(() ->
                        failures.stream().filter(SSLException.class::isInstance).findFirst())
                .orElseGet(() -> failures.isEmpty() ? new IOException("no port is left") : failures.get(0));
        if (chosen instanceof RuntimeException broken) {
            throw broken;
        }
        return (IOException) chosen;
    }
}

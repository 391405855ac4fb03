package org.bascule.agent.channel;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.KeySets;
import org.bascule.session.network.Network;
import org.bascule.wire.control.ControlMessage;
import org.jspecify.annotations.Nullable;

/** Keeps the device connected to one of its access servers, for as long as {@link #run} runs. */
public final class ControlChannel {

    private static final System.Logger LOG = System.getLogger(ControlChannel.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);

    private final ChannelProtocol.Self self;
    private final KeySets keySets;
    private final StaticKeys staticKeys;
    private final ChannelClock clock;
    private final Network network;
    private final ChannelListener listener;
    private final Backoff backoff;

    private volatile @Nullable ChannelProtocol standing;
    private volatile boolean stopped;
    private volatile @Nullable ChannelSocket open;

    public ControlChannel(
            ChannelProtocol.Self self,
            KeySets keySets,
            StaticKeys staticKeys,
            ChannelClock clock,
            Network network,
            RandomGenerator random,
            ChannelListener listener) {
        this.self = self;
        this.keySets = keySets;
        this.staticKeys = staticKeys;
        this.clock = clock;
        this.network = network;
        this.backoff = new Backoff(random);
        this.listener = listener;
    }

    /** Sends if the channel stands. */
    public boolean send(ControlMessage message) {
        ChannelProtocol protocol = standing;
        if (protocol == null || !protocol.isReady()) {
            return false;
        }
        protocol.send(message);
        return true;
    }

    /** How long the server takes to answer, if the channel stands; as {@link ChannelProtocol#beat} says it. */
    public Optional<CompletableFuture<Duration>> beat() {
        return Optional.ofNullable(standing).filter(ChannelProtocol::isReady).map(ChannelProtocol::beat);
    }

    /** Connects again and again until {@link #stop} or an interruption. */
    public void run() throws InterruptedException {
        List<String> servers = self.registration().servers();
        for (int attempt = 0; !stopped; attempt++) {
            URI server = URI.create(servers.get(attempt % servers.size()));
            long begin = clock.nanos();
            ChannelException end = connection(server);
            if (stopped) {
                return;
            }
            Duration lived = wasReady ? Duration.ofNanos(clock.nanos() - begin) : Duration.ZERO;
            Duration wait = wait(end, lived);
            LOG.log(level(end), "{0}; next attempt in {1} ms", end.getMessage(), wait.toMillis());
            Thread.sleep(wait.toMillis());
        }
    }

    private Duration wait(ChannelException end, Duration lived) {
        return switch (end.reason()) {
            case RENEWED -> Duration.ZERO;
            case REFUSED -> end.isFinal() ? backoff.afterFinalRefusal() : backoff.afterRefusal();
            default -> backoff.next(lived);
        };
    }

    private static System.Logger.Level level(ChannelException end) {
        return switch (end.reason()) {
            case REFUSED, NOT_TRUSTED, TIME_BACK, LOCAL -> System.Logger.Level.WARNING;
            default -> System.Logger.Level.INFO;
        };
    }

    /** Whether the last connection came as far as ready; used by {@link #run}'s thread alone. */
    private boolean wasReady;

    private ChannelException connection(URI server) throws InterruptedException {
        wasReady = false;
        DeviceIdentity.Credentials used = self.identity().forConnection();
        ChannelSocket socket = null;
        ChannelException end;
        try {
            socket = ChannelSocket.connect(server, network);
            open = socket;
            serve(socket, used);
            end = new ChannelException(Reason.UNREACHABLE, "stopped");
        } catch (ChannelException e) {
            end = e;
        } finally {
            ChannelProtocol last = standing;
            wasReady = last != null && last.isReady();
            standing = null;
            open = null;
            if (socket != null) {
                socket.close();
            }
        }
        if (end.reason() == Reason.REFUSED) {
            self.identity().refused(used);
            listener.refused(end);
        }
        if (wasReady) {
            listener.lost(end);
        }
        return end;
    }

    private void serve(ChannelSocket socket, DeviceIdentity.Credentials used)
            throws ChannelException, InterruptedException {
        ChannelProtocol protocol = new ChannelProtocol(
                self, used, socket.connection(), keySets, staticKeys, clock, socket::send, listener);
        standing = protocol;
        while (!stopped) {
            String text = socket.next(TICK);
            if (text != null) {
                protocol.received(text);
            }
            protocol.tick();
        }
    }

    /** Ends the connection and {@link #run}. What was sent before has a second to leave. */
    public void stop() {
        stopped = true;
        ChannelSocket socket = open;
        if (socket != null) {
            socket.close();
        }
    }
}

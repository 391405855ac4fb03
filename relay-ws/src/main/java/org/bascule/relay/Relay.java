package org.bascule.relay;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.bascule.relay.admission.AccessServer;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.relay.admission.KeySetFile;
import org.bascule.relay.admission.Rehearsal;
import org.bascule.relay.admission.TokenGate;
import org.bascule.relay.pairing.Budget;
import org.bascule.relay.pairing.Lobby;
import org.bascule.relay.registry.Heartbeats;
import org.bascule.relay.registry.Registration;
import org.bascule.relay.registry.RelayKeyFile;
import org.bascule.websocket.Sockets;
import org.bascule.websocket.address.TrustedProxies;
import org.bascule.websocket.container.Openings;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * The relay of this application, made from its configuration; or none if {@value RelaySettings#ID} is not set.
 */
@ApplicationScoped
public class Relay {

    private static final System.Logger LOG = System.getLogger(Relay.class.getName());
    private static final long DRAIN_MILLIS = 4_000;

    /** What a configured relay consists of. */
    record Parts(Lobby lobby, InstallationKeys keys, Optional<Heartbeats> heartbeats) {}

    @Resource
    private @Nullable ManagedThreadFactory factory;

    private @Nullable Sockets sockets;
    private @Nullable Openings openings;
    private TrustedProxies proxies = TrustedProxies.none();
    private Optional<Parts> parts = Optional.empty();

    /** Reads the configuration; a wrong one fails the deployment. */
    @PostConstruct
    void start() {
        RelaySettings settings = RelaySettings.from(ConfigProvider.getConfig());
        Sockets started = new Sockets(injected(factory));
        sockets = started;
        proxies = settings.proxies();
        parts = settings.identity().map(identity -> assemble(settings, identity, started, injected(factory)));
        if (parts.isEmpty()) {
            LOG.log(Level.INFO, "relay switched off: {0} is not set", RelaySettings.ID);
            return;
        }
        Openings limited =
                new Openings(settings.maxUnopened(), settings.maxUnopenedPerNetwork(), settings.proxies(), () -> 0);
        limited.limitAll();
        openings = limited;
        Parts running = parts.get();
        started.repeat(() -> tick(running), 1_000);
        running.heartbeats().ifPresent(Heartbeats::start);
        started.execute(Relay::rehearse);
        LOG.log(Level.INFO, "relay {0} is up", settings.identity().get().id());
    }

    /** Makes the container create this bean with the application, not with the first connection. */
    void applicationStarts(@Observes @Initialized(ApplicationScoped.class) Object event) {
        LOG.log(Level.DEBUG, "started");
    }

    private static Parts assemble(
            RelaySettings settings, RelaySettings.Identity identity, Sockets sockets, ThreadFactory factory) {
        InstantSource clock = InstantSource.system();
        AccessServer access = new AccessServer(identity.access(), tls(identity));
        InstallationKeys keys = new InstallationKeys(
                identity.rootHash(), access, new KeySetFile(settings.keySetFile()), sockets, clock);
        Lobby lobby = new Lobby(
                settings.limits(),
                new TokenGate(identity.id(), keys, clock),
                new Budget(settings.maxQueued()),
                System::nanoTime,
                (task, nanos) -> sockets.schedule(task, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))));
        Optional<Heartbeats> heartbeats = settings.registration()
                .map(own ->
                        new Registration(key(own.keyFile()), own.relay(), identity.rootHash(), lobby, access, clock))
                .map(registration -> new Heartbeats(registration, factory));
        return new Parts(lobby, keys, heartbeats);
    }

    private static RelayIdentityKey key(Path file) {
        try {
            return new RelayKeyFile(file).readOrMake();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<SSLSocketFactory> tls(RelaySettings.Identity identity) {
        return identity.accessCa().map(pem -> {
            try {
                return PrivateCa.trust(pem);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static <T> T injected(@Nullable T resource) {
        if (resource == null) {
            throw new IllegalStateException("the container injects before it calls anything");
        }
        return resource;
    }

    private static void rehearse() {
        try {
            Rehearsal.run();
        } catch (WireException | RuntimeException e) {
            LOG.log(Level.ERROR, "the relay refuses a good token: nobody will be admitted", e);
        }
    }

    /** Once a second: deadlines, and the key set when it is due. */
    private static void tick(Parts parts) {
        parts.lobby().sweep();
        if (parts.keys().isDue()) {
            parts.keys().refresh();
        }
    }

    /** Empty if the relay is switched off. */
    Optional<Lobby> lobby() {
        return parts.map(Parts::lobby);
    }

    Optional<InstallationKeys> keys() {
        return parts.map(Parts::keys);
    }

    /** Who may say for whom a connection is. */
    TrustedProxies proxies() {
        return proxies;
    }

    Sockets sockets() {
        return injected(sockets);
    }

    private static void drain(Parts parts) {
        parts.heartbeats().ifPresentOrElse(heartbeats -> heartbeats.stop(parts.lobby()), parts.lobby()::drain);
    }

    /** Closes everything with 4004, as far as there is time, and leaves the server as it was. */
    @PreDestroy
    void stop() {
        Sockets running = sockets;
        if (running != null) {
            parts.ifPresent(Relay::drain);
            running.stop(DRAIN_MILLIS);
        }
        Openings limited = openings;
        if (limited != null) {
            limited.undo();
        }
    }
}

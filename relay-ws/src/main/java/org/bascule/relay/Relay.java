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
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.bascule.relay.admission.AccessServer;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.relay.admission.KeySetFile;
import org.bascule.relay.admission.Rehearsal;
import org.bascule.relay.admission.TokenGate;
import org.bascule.relay.pairing.Budget;
import org.bascule.relay.pairing.Lobby;
import org.bascule.relay.registry.Registration;
import org.bascule.relay.registry.RelayKeyFile;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * The relay of this application, made from its configuration; or none if {@value RelaySettings#ID} is not set.
 *
 * <p>Its threads come from the container's factory but are kept by executors of its own: the container's executors take on the context of
 * whoever hands over a task, and drop the task of a caller that has none, such as a health check.
 */
@ApplicationScoped
public class Relay {

    private static final System.Logger LOG = System.getLogger(Relay.class.getName());
    private static final int WORKERS = 4;
    private static final long DRAIN_MILLIS = 4_000;

    /** What a configured relay consists of. */
    record Parts(Lobby lobby, InstallationKeys keys, Optional<Registration> registration) {}

    /** @param registry for the heartbeats alone, which may block */
    private record Threads(
            ThreadPoolExecutor workers, ScheduledThreadPoolExecutor timer, ScheduledThreadPoolExecutor registry) {

        static Threads start(ThreadFactory factory) {
            ThreadPoolExecutor workers = new ThreadPoolExecutor(
                    WORKERS, WORKERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
            workers.allowCoreThreadTimeOut(true);
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory);
            timer.setRemoveOnCancelPolicy(true);
            return new Threads(workers, timer, new ScheduledThreadPoolExecutor(1, factory));
        }

        void stop() {
            timer.shutdownNow();
            workers.shutdown();
            registry.shutdown();
        }
    }

    @Resource
    private @Nullable ManagedThreadFactory factory;

    private @Nullable Threads threads;
    private Optional<Parts> parts = Optional.empty();

    /** Reads the configuration; a wrong one fails the deployment. */
    @PostConstruct
    void start() {
        RelaySettings settings = RelaySettings.from(ConfigProvider.getConfig());
        Threads started = Threads.start(injected(factory));
        threads = started;
        parts = settings.identity().map(identity -> assemble(settings, identity, started.workers()));
        if (parts.isEmpty()) {
            LOG.log(Level.INFO, "relay switched off: {0} is not set", RelaySettings.ID);
            return;
        }
        Parts running = parts.get();
        started.timer().scheduleAtFixedRate(() -> tick(running), 0, 1, TimeUnit.SECONDS);
        running.registration().ifPresent(registration -> started.registry()
                .scheduleWithFixedDelay(() -> tell(registration), 1, 1, TimeUnit.SECONDS));
        started.workers().execute(Relay::rehearse);
        LOG.log(Level.INFO, "relay {0} is up", settings.identity().get().id());
    }

    /** Makes the container create this bean with the application, not with the first connection. */
    void applicationStarts(@Observes @Initialized(ApplicationScoped.class) Object event) {
        LOG.log(Level.DEBUG, "started");
    }

    private static Parts assemble(RelaySettings settings, RelaySettings.Identity identity, Executor workers) {
        InstantSource clock = InstantSource.system();
        AccessServer access = new AccessServer(identity.access(), tls(identity));
        InstallationKeys keys = new InstallationKeys(
                identity.rootHash(), access, new KeySetFile(settings.keySetFile()), workers, clock);
        Lobby lobby = new Lobby(
                settings.limits(),
                new TokenGate(identity.id(), keys, clock),
                new Budget(settings.maxQueued()),
                System::nanoTime);
        return new Parts(
                lobby,
                keys,
                settings.registration()
                        .map(own -> new Registration(
                                key(own.keyFile()),
                                own.relay(),
                                identity.rootHash(),
                                lobby,
                                access::heartbeat,
                                clock)));
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

    /** Once a second: deadlines, and the key set until the access server has answered. */
    private static void tick(Parts parts) {
        try {
            parts.lobby().sweep();
            if (!parts.keys().isConfirmed()) {
                parts.keys().refresh();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the relay's timer failed", e);
        }
    }

    private static void tell(Registration registration) {
        try {
            registration.tick();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the relay cannot tell of itself", e);
        }
    }

    /** Empty if the relay is switched off. */
    Optional<Lobby> lobby() {
        return parts.map(Parts::lobby);
    }

    Optional<InstallationKeys> keys() {
        return parts.map(Parts::keys);
    }

    /** Where something may block. */
    Executor workers() {
        return injected(threads).workers();
    }

    /** Where something is due at a time. */
    ScheduledExecutorService timer() {
        return injected(threads).timer();
    }

    /** Closes everything with 4004, as far as there is time. */
    @PreDestroy
    void stop() {
        Threads running = threads;
        if (running == null) {
            return;
        }
        if (parts.isPresent()) {
            parts.get().registration().ifPresent(Registration::stop);
            parts.get().lobby().drain();
            parts.get().registration().ifPresent(registration -> running.registry()
                    .execute(registration::beat));
            awaitEmpty(parts.get().lobby());
        }
        running.stop();
    }

    private static void awaitEmpty(Lobby lobby) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
        try {
            while (lobby.open() > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

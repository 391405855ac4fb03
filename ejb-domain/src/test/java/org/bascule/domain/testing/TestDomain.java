package org.bascule.domain.testing;

import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bascule.domain.access.TakenAccessRequests;
import org.bascule.domain.account.TakenAccounts;
import org.bascule.domain.acl.FreshFactorRule;
import org.bascule.domain.acl.Snapshots;
import org.bascule.domain.acl.TestSnapshots;
import org.bascule.domain.assistance.AssistanceDesk;
import org.bascule.domain.assistance.TakenAssistance;
import org.bascule.domain.configuration.CertificateLife;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.InternalNetworks;
import org.bascule.domain.configuration.RelayPolicy;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.contract.ContractsOfPlaces;
import org.bascule.domain.contract.TakenConditions;
import org.bascule.domain.corporate.TakenFromProviders;
import org.bascule.domain.database.PresentTransaction;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.device.AssistanceTraffic;
import org.bascule.domain.device.ConsentTraffic;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.device.SessionTraffic;
import org.bascule.domain.directory.PlaceConditions;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.directory.TakenSubDevices;
import org.bascule.domain.enrolment.TakenTokens;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.notification.Notifications;
import org.bascule.domain.options.AddressesChanged;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.realm.FreshFactorWindows;
import org.bascule.domain.realm.TakenFromSignIn;
import org.bascule.domain.relay.TakenFixedRelays;
import org.bascule.domain.session.Consents;
import org.bascule.domain.session.Handshakes;
import org.bascule.domain.session.Leases;
import org.bascule.domain.session.RightsWatch;
import org.bascule.domain.session.SessionStore;
import org.bascule.domain.sessionpolicy.PoliciesOfPlaces;
import org.bascule.domain.sessionpolicy.TakenSessionPolicies;
import org.bascule.domain.token.TakenApiTokens;
import org.bascule.domain.token.TakenSignIns;
import org.bascule.domain.transfer.Background;
import org.bascule.domain.transfer.ImportQueued;
import org.bascule.domain.transfer.ImportRunner;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.relay.TrafficLimits;
import org.bascule.wire.trust.KeySetRequest;

/**
 * The domain without a container, over a {@link TestDatabase}: beans are made on demand and their {@code @Inject} fields filled. Live events reach
 * {@link #live} after the commit, and the observers that take part in a transaction at once.
 */
public final class TestDomain {

    /** As configured. */
    public static final TrafficLimits LIMITS = new TrafficLimits(10_000_000, 50_000_000, 500);

    public static final String PUBLIC_URL = "https://bascule.example";
    public static final String SPKI = "A".repeat(43);

    public final TestClock clock;
    public final TestTransactions transactions =
            new TestTransactions(TestDatabase.get().application());
    public final Uuid7 ids;
    public final Sql sql = new Sql(transactions::connection);
    public final List<LiveEvent> live = new CopyOnWriteArrayList<>();
    public final Settings settings;

    private final Map<Class<?>, Object> beans = new HashMap<>();

    /** Nobody is blocked for what another test tried: all of them come from the same addresses at the same time. Nor are there relays of another test. */
    public TestDomain() {
        this(settings(), new TestClock());
        sql.acrossDomains().statement("delete from guarded_attempt").update();
        sql.acrossDomains().statement("delete from guarded_network").update();
        sql.acrossDomains().statement("delete from relay").update();
    }

    private TestDomain(Settings settings, TestClock clock) {
        this.settings = settings;
        this.clock = clock;
        this.ids = new Uuid7(clock);
        beans.put(Sql.class, sql);
        beans.put(Transactions.class, transactions);
        beans.put(PresentTransaction.class, transactions);
        beans.put(Clock.class, clock);
        beans.put(Background.class, (Background) Runnable::run);
        beans.put(Uuid7.class, ids);
        beans.put(Settings.class, settings);
        beans.put(IdentitySettings.class, new IdentitySettings(Optional.empty(), Optional.empty(), Optional.empty()));
        beans.put(CertificateLife.class, CertificateLife.DEFAULT);
        beans.put(TrafficLimits.class, LIMITS);
        beans.put(InternalNetworks.class, new InternalNetworks(true));
    }

    private static Settings settings() {
        try {
            Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "installation");
            Path masterKey = Path.of("target", "test-master.key").toAbsolutePath();
            if (!Files.exists(masterKey)) {
                byte[] key = new byte[32];
                new SecureRandom().nextBytes(key);
                Files.write(masterKey, key);
            }
            return new Settings(
                    PUBLIC_URL,
                    masterKey,
                    directory.resolve("keyset.jws"),
                    Optional.empty(),
                    Set.of("bascule.example"),
                    Set.of(SPKI),
                    "https://id.example",
                    Optional.empty(),
                    Optional.empty(),
                    Settings.Guard.DEFAULT,
                    new RelayPolicy(false),
                    List.of(
                            new Settings.Relay("r1", "wss://r1.example/relay", "wss://r1.example/relay"),
                            new Settings.Relay("r2", "wss://r2.example/relay", "wss://r2.example:8443/relay")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final RootSigningKey ROOT = RootSigningKey.generate();

    /** The same with another identity provider; to be called before anything else. */
    public TestDomain with(String keycloakUrl, Settings.LoginEvents loginEvents) {
        return with(keycloakUrl, Optional.of(loginEvents), settings.operatorDomain(), settings.relayPolicy());
    }

    /** Another node, after a start with this operator's domain. */
    public TestDomain operatedBy(String operatorDomain) {
        return with(
                settings.keycloakUrl(), settings.loginEvents(), Optional.of(operatorDomain), settings.relayPolicy());
    }

    /** Another node, for which relays without TLS are good enough for agents. */
    public TestDomain withPlainRelays() {
        return with(settings.keycloakUrl(), settings.loginEvents(), settings.operatorDomain(), new RelayPolicy(true));
    }

    private TestDomain with(
            String keycloakUrl,
            Optional<Settings.LoginEvents> loginEvents,
            Optional<String> operatorDomain,
            RelayPolicy relayPolicy) {
        return new TestDomain(
                new Settings(
                        settings.publicUrl(),
                        settings.masterKeyFile(),
                        settings.keySetFile(),
                        settings.bootstrapFile(),
                        settings.agentServerNames(),
                        settings.tlsSpkiHashes(),
                        keycloakUrl,
                        loginEvents,
                        operatorDomain,
                        settings.guard(),
                        relayPolicy,
                        settings.relays()),
                clock);
    }

    /** Loads or makes the keys and signs the key set as the operator would. */
    public TestDomain started() {
        Installation installation = get(Installation.class);
        installation.start();
        try {
            Path request = settings.keySetFile().resolveSibling("key-request.json");
            Files.writeString(
                    settings.keySetFile(),
                    KeySetRequest.parse(Files.readString(request)).sign(ROOT, clock.instant()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        clock.advance(Duration.ofSeconds(2));
        return this;
    }

    /** With these settings of identity; to be called before anything else. */
    public TestDomain with(IdentitySettings identity) {
        beans.put(IdentitySettings.class, identity);
        return this;
    }

    /** With this setting of networks; to be called before anything else. */
    public TestDomain with(InternalNetworks networks) {
        beans.put(InternalNetworks.class, networks);
        return this;
    }

    /** The same installation after a restart: database, files and time are the same, memory is empty. */
    public TestDomain restarted() {
        TestDomain again = new TestDomain(settings, clock);
        again.get(Installation.class).start();
        return again;
    }

    /** The one instance of a bean. */
    public <T> T get(Class<T> type) {
        Object known = beans.get(type);
        if (known != null) {
            return type.cast(known);
        }
        try {
            Constructor<T> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            T bean = constructor.newInstance();
            beans.put(type, bean);
            for (Field field : type.getDeclaredFields()) {
                if (field.isAnnotationPresent(Inject.class)) {
                    field.setAccessible(true);
                    field.set(bean, value(field));
                }
            }
            return bean;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(Field field) {
        if (field.getType() == Event.class) {
            return event();
        }
        if (field.getType() == Instance.class
                && ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0] == SessionTraffic.class) {
            return instance(() -> get(Handshakes.class));
        }
        if (field.getType() == Instance.class
                && ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0]
                        == AssistanceTraffic.class) {
            return instance(() -> get(AssistanceDesk.class));
        }
        if (field.getType() == Instance.class
                && ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0] == ConsentTraffic.class) {
            return instance(() -> get(Consents.class));
        }
        if (field.getType() == FreshFactorRule.class) {
            return get(FreshFactorWindows.class);
        }
        if (field.getType() == Instance.class
                && ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0] == PlaceConditions.class) {
            return instance(() -> get(ContractsOfPlaces.class), () -> get(PoliciesOfPlaces.class));
        }
        if (field.getType() == Instance.class
                && ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0] == TakenAlong.class) {
            return instance(
                    () -> get(TakenSubDevices.class),
                    () -> get(TakenConditions.class),
                    () -> get(TakenTokens.class),
                    () -> get(TakenApiTokens.class),
                    () -> get(TakenSignIns.class),
                    () -> get(TakenSessionPolicies.class),
                    () -> get(TakenFixedRelays.class),
                    () -> get(TakenAccessRequests.class),
                    () -> get(TakenAssistance.class),
                    () -> get(TakenFromProviders.class),
                    () -> get(TakenFromSignIn.class),
                    () -> get(TakenAccounts.class));
        }
        return get(field.getType());
    }

    private Event<?> event() {
        return (Event<?>) Proxy.newProxyInstance(
                TestDomain.class.getClassLoader(), new Class<?>[] {Event.class}, (proxy, method, args) -> {
                    if (method.getName().equals("fire")) {
                        if (args[0] instanceof ImportQueued queued) {
                            transactions.afterCommit(
                                    () -> get(ImportRunner.class).queued(queued));
                        } else if (args[0] instanceof AddressesChanged changed) {
                            get(Notifications.class).readdress(changed);
                        } else {
                            fire((LiveEvent) args[0]);
                        }
                    }
                    return null;
                });
    }

    private void fire(LiveEvent event) {
        if (event instanceof LiveEvent.DeviceRemoved removed) {
            get(SessionStore.class).removed(removed);
            transactions.afterCommit(() -> get(DeviceChannels.class).removed(removed));
        }
        if (event instanceof LiveEvent.DeviceRevoked revoked) {
            get(SessionStore.class).revoked(revoked);
            transactions.afterCommit(() -> get(DeviceChannels.class).revoked(revoked));
        }
        if (event instanceof LiveEvent.CredentialEnded ended) {
            get(Leases.class).ended(ended);
        }
        if (event instanceof LiveEvent.SessionChanged session) {
            transactions.afterCommit(() -> get(Consents.class).ended(session));
        }
        if (event instanceof LiveEvent.AccessRequested requested) {
            get(Notifications.class).access(requested);
        }
        if (event instanceof LiveEvent.DeviceAlarm alarm) {
            get(Notifications.class).alarm(alarm);
        }
        if (event instanceof LiveEvent.AssistanceChanged changed) {
            get(Notifications.class).assistance(changed);
            transactions.afterCommit(() -> get(AssistanceDesk.class).changed(changed));
        }
        transactions.afterCommit(() -> {
            TestSnapshots.committed(get(Snapshots.class), event);
            if (event instanceof LiveEvent.RightsChanged changed) {
                get(RightsWatch.class).changed(changed);
            } else if (event instanceof LiveEvent.ResourceMoved moved) {
                get(RightsWatch.class).moved(moved);
            } else if (event instanceof LiveEvent.SubDevicesChanged behind) {
                get(RightsWatch.class).behindChanged(behind);
            }
            live.add(event);
        });
    }

    private static Instance<?> instance(Supplier<?>... beans) {
        return (Instance<?>) Proxy.newProxyInstance(
                TestDomain.class.getClassLoader(), new Class<?>[] {Instance.class}, (proxy, method, args) -> {
                    Iterator<?> all = Stream.of(beans).map(Supplier::get).iterator();
                    if (method.getName().equals("iterator")) {
                        return all;
                    }
                    if (method.getName().equals("forEach")) {
                        @SuppressWarnings("unchecked")
                        var action = (Consumer<Object>) args[0];
                        all.forEachRemaining(action);
                        return null;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** A caller of a domain. */
    public Caller caller(String domainId, String domainName, String userId, String name) {
        return new Caller(userId, name, domainId, domainName, "192.0.2.7", null, clock.instant());
    }
}

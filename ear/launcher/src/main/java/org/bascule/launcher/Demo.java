package org.bascule.launcher;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.launcher.access.ApiClient;
import org.bascule.launcher.access.RealmClient;
import org.bascule.launcher.part.Installation;
import org.bascule.launcher.part.Keycloak;
import org.bascule.launcher.part.LocalAccount;
import org.bascule.launcher.part.MariaDb;
import org.bascule.launcher.part.PayaraServer;
import org.bascule.launcher.part.Relay;
import org.bascule.launcher.part.SampleDevice;
import org.bascule.launcher.state.DemoCertificates;
import org.bascule.launcher.state.Secrets;

/**
 * Starts the whole system.
 *
 * <p>Two chains run side by side after the database: Keycloak with the realms; the access server with configuration, application and key
 * set. The API tokens, relays and the device follow.
 */
public final class Demo {

    /** The domain that everybody gets. */
    public static final String DOMAIN = "demo";

    /** The domain of {@link DemoOptions#withSecondDomain}. */
    public static final String SECOND_DOMAIN = "other";

    /** Wished ports by name. {@code iiop} and {@code closed} begin short ranges of ports that nobody outside Payara uses. */
    public static final Map<String, Integer> PORTS;

    private static final String DEVICE = "sample";
    private static final Duration ONLINE = Duration.ofMinutes(1);

    static {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("http", 8080);
        ports.put("https", 8443);
        ports.put("keycloak", 8180);
        ports.put("database", 3307);
        ports.put("relay-1-http", 8081);
        ports.put("relay-1-https", 8444);
        ports.put("relay-2-http", 8082);
        ports.put("relay-2-https", 8445);
        ports.put("relay-1-ops", 8390);
        ports.put("relay-2-ops", 8391);
        ports.put("admin", 4848);
        ports.put("keycloak-management", 9000);
        ports.put("iiop", 3700);
        ports.put("closed", 7676);
        PORTS = Collections.unmodifiableMap(ports);
    }

    private final DemoOptions options;
    private final Progress output;
    private final DemoFolder folder;
    private final RunningDemo running;
    private final Installation installation;
    private final Secrets secrets;
    private final DemoSettings settings;
    private final DemoCertificates certificates;
    private final InstallationRoot root;
    private final MariaDb database;
    private final Keycloak keycloak;
    private final PayaraServer accessServer;

    private Demo(DemoOptions options, DemoFolder folder) throws IOException, GeneralSecurityException, DemoException {
        this.options = options;
        this.output = options.output();
        this.folder = folder;
        this.running = new RunningDemo(folder, output);
        this.installation = new Installation(options.home());
        this.secrets = Secrets.in(folder.state().resolve("secrets"));
        Map<String, Integer> ports = folder.choosePorts(PORTS, options.ports());
        this.settings = new DemoSettings(
                installation,
                folder.state(),
                secrets,
                ports,
                options.fronts(),
                options.trustedProxies(),
                options.names(),
                options.settings());
        this.certificates =
                DemoCertificates.in(folder.state().resolve("tls"), secrets, options.names(), InstantSource.system());
        this.root = InstallationRoot.in(folder.state().resolve("keys"));
        this.database = new MariaDb(
                installation, folder.state().resolve("mariadb"), folder.logs(), settings.port("database"), secrets);
        this.keycloak = new Keycloak(
                installation,
                folder.state().resolve("keycloak"),
                folder.logs(),
                secrets,
                settings.port("keycloak"),
                settings.port("keycloak-management"),
                settings.port("database"),
                "http://localhost:" + settings.port("http"),
                options.trustedProxies());
        this.accessServer = new PayaraServer(
                installation,
                settings.payaraFolder(),
                folder.logs(),
                settings.accessServerFile(),
                secrets.file("payara-master"),
                settings.port("http"));
    }

    /**
     * Starts everything and returns when it serves.
     *
     * @throws DemoException if it cannot; then nothing runs any more
     */
    public static RunningDemo start(DemoOptions options) throws DemoException, InterruptedException {
        DemoFolder folder;
        try {
            folder = DemoFolder.take(options.folder(), options.extent());
        } catch (IOException e) {
            throw new DemoException(message(e), e);
        }
        try {
            Demo demo = new Demo(options, folder);
            return demo.start();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            closeQuietly(folder);
            throw new DemoException(message(e), e);
        } catch (DemoException e) {
            closeQuietly(folder);
            throw e;
        }
    }

    private RunningDemo start() throws DemoException, InterruptedException {
        Thread stopper = new Thread(this::stopQuietly, "demo-stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        ExecutorService executor = Executors.newCachedThreadPool(Demo::daemon);
        try {
            prepare();
            List<String> domains = domains();
            describe(List.of(), Map.of(), false);
            Map<String, String> tokens = new LinkedHashMap<>();
            if (options.extent() == DemoOptions.Extent.SERVERS) {
                inParallel(executor, List.of(this::startDatabase, this::createServerDomain));
                startServer();
                daemon(this::signWhenAsked).start();
                folder.complete(options.extent());
                describe(List.of(), tokens, true);
                return running;
            }
            CountDownLatch databaseReady = new CountDownLatch(1);
            Progress.Step identity = () -> {
                startDatabase();
                databaseReady.countDown();
                startKeycloak(domains);
            };
            Progress.Step server = () -> {
                createServerDomain();
                databaseReady.await();
                startAccessServer();
            };
            inParallel(executor, List.of(identity, server));
            List<Progress.Step> rest = new ArrayList<>();
            DemoSettings.RELAYS.forEach(id -> rest.add(() -> startRelay(id)));
            List<DemoDescription.Device> devices = new ArrayList<>();
            rest.add(() -> {
                signIn(domains, tokens);
                if (options.extent() == DemoOptions.Extent.EVERYTHING) {
                    startDevice(tokens, devices);
                }
            });
            inParallel(executor, rest);
            folder.complete(options.extent());
            describe(devices, tokens, true);
            output.say("ready");
            return running;
        } catch (InterruptedException e) {
            stopQuietly();
            throw e;
        } catch (Exception e) {
            stopQuietly();
            throw e instanceof DemoException known ? known : new DemoException(message(e), e);
        } finally {
            executor.shutdownNow();
        }
    }

    private List<String> domains() {
        return options.secondDomain() ? List.of(DOMAIN, SECOND_DOMAIN) : List.of(DOMAIN);
    }

    private void prepare() throws Exception {
        settings.writeAccessServer(certificates.serverKeyStore(), certificates.spkiHash(), root.keySet(), ownRelay());
        for (String id : DemoSettings.RELAYS) {
            settings.writeRelay(id, certificates.serverKeyStore(), certificates.caFile(), root.hash());
        }
        settings.writeBootstrap(domains());
        settings.ports().forEach((name, port) -> {
            if (!port.equals(PORTS.get(name)) && !name.equals("closed")) {
                output.say("port " + PORTS.get(name) + " is taken: " + name + " uses " + port);
            }
        });
    }

    /** Without relays of their own the servers have the one within the application. */
    private Optional<DemoSettings.OwnRelay> ownRelay() {
        return options.extent() == DemoOptions.Extent.SERVERS
                ? Optional.of(new DemoSettings.OwnRelay("relay-0", root.hash(), certificates.caFile()))
                : Optional.empty();
    }

    /** Of an application that somebody else deploys, later. */
    private void signWhenAsked() {
        try {
            root.sign();
        } catch (IOException | DemoException e) {
            output.say("the key set was not signed: " + message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void startDatabase() throws Exception {
        database.install();
        output.step("database on 127.0.0.1:" + database.port(), () -> {
            running.launch(database);
            database.createAccounts(settings.accessServerFile());
        });
    }

    private void createServerDomain() throws Exception {
        if (!accessServer.isDomainCreated()) {
            output.step("domain of the access server made", () -> {
                accessServer.createDomain();
            });
        }
    }

    private void startKeycloak(List<String> domains) throws Exception {
        if (secrets.kept("public-url")
                .filter(url -> !url.equals(settings.url()))
                .isPresent()) {
            database.run(Keycloak.move(settings.url()));
            secrets.keep("public-url", settings.url());
        }
        for (String domain : domains) {
            keycloak.offerRealm(settings.realm(domain), settings.accessServerFile());
        }
        output.step("keycloak on " + keycloak.url(), () -> {
            running.launch(keycloak);
            keycloak.confirmRealms();
            secrets.keep("public-url", settings.url());
        });
        keycloak.provision(settings.accessServerFile());
    }

    /** The API tokens. Keycloak asks the access server at every sign-in, so this needs both. */
    private void signIn(List<String> domains, Map<String, String> tokens) throws Exception {
        for (String domain : domains) {
            for (DemoUser user : DemoUser.OTHERS) {
                if (user.hasToken()) {
                    String name = DemoSettings.key(domain, user, "token");
                    String token = apiToken(domain, user, name);
                    synchronized (tokens) {
                        tokens.put(name, token);
                    }
                }
            }
        }
    }

    /** The token of the last run while the realm accepts it, else a new one by signing in. */
    private String apiToken(String domain, DemoUser user, String name) throws IOException, InterruptedException {
        RealmClient realm = new RealmClient(keycloak.url(), domain);
        Optional<String> kept = secrets.kept(name);
        if (kept.isPresent() && realm.accessToken(kept.get()).isPresent()) {
            return kept.get();
        }
        String token = realm.signIn(user.name(), settings.userPassword(domain, user));
        secrets.keep(name, token);
        return token;
    }

    private void startAccessServer() throws Exception {
        startServer();
        if (accessServer.needsDeployment()) {
            output.step("application deployed", () -> {
                accessServer.deploy();
            });
        }
        accessServer.awaitApplication();
        output.say("login page answers: " + settings.url() + "/login");
        root.sign();
    }

    private void startServer() throws Exception {
        running.register(accessServer);
        if (accessServer.needsConfiguration()) {
            output.step("access server configured", () -> {
                accessServer.configure();
            });
        }
        output.step("access server on " + settings.url(), () -> {
            running.launch(accessServer);
        });
    }

    private void startRelay(String id) throws Exception {
        Relay relay = new Relay(
                id, installation, settings.relayFile(id), folder.state().resolve(id), folder.logs());
        output.step(id + " on " + settings.relayNativeUrl(id), () -> {
            running.launch(relay);
        });
    }

    private void startDevice(Map<String, String> tokens, List<DemoDescription.Device> devices) throws Exception {
        String token = Objects.requireNonNull(tokens.get(DemoSettings.key(DOMAIN, DemoUser.AUTOMATION, "token")));
        String access = new RealmClient(keycloak.url(), DOMAIN)
                .accessToken(token)
                .orElseThrow(
                        () -> new DemoException("the realm refuses the API token of " + DemoUser.AUTOMATION.name()));
        ApiClient api = new ApiClient(settings.url(), access);
        SampleDevice device = new SampleDevice(installation, folder.state().resolve("device"), folder.logs());
        if (!isEnrolled(api)) {
            LocalAccount account = LocalAccount.choose();
            output.step("device enrolled, terminals run as " + account.name(), () -> {
                enrol(api, device, account);
            });
        }
        output.step("device online", () -> {
            running.launch(device);
            awaitOnline(api);
        });
        devices.add(new DemoDescription.Device(secrets.kept("device.uid").orElse(""), DEVICE));
    }

    private boolean isEnrolled(ApiClient api) throws IOException, InterruptedException {
        Optional<String> uid = secrets.kept("device.uid");
        return uid.isPresent()
                && secrets.kept("device.server").equals(Optional.of(settings.url() + " " + settings.agentUrl()))
                && api.deviceByUid(uid.get()).isPresent();
    }

    private void enrol(ApiClient api, SampleDevice device, LocalAccount account)
            throws IOException, InterruptedException, DemoException {
        Optional<String> former = secrets.kept("device.uid");
        if (former.isPresent()) {
            api.removeDevice(former.get());
            secrets.forget("device.uid");
        }
        awaitKeySet(api);
        String token = api.createEnrolmentToken(1, Duration.ofMinutes(10));
        device.enrol(settings.agentUrl(), token, DEVICE, account, certificates.caFile());
        String uid = api.newestDevice(DEVICE)
                .orElseThrow(
                        () -> new DemoException("the device was enrolled, but the access server does not list it"));
        api.setAccount(uid, account.name());
        secrets.keep("device.server", settings.url() + " " + settings.agentUrl());
        secrets.keep("device.uid", uid);
    }

    private static void awaitKeySet(ApiClient api) throws IOException, InterruptedException, DemoException {
        Instant deadline = Instant.now().plus(ONLINE);
        while (!api.hasKeySet()) {
            if (Instant.now().isAfter(deadline)) {
                throw new DemoException("the access server does not take the signed key set");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private void awaitOnline(ApiClient api) throws IOException, InterruptedException, DemoException {
        String uid = secrets.kept("device.uid").orElseThrow();
        Instant deadline = Instant.now().plus(ONLINE);
        while (!api.deviceByUid(uid)
                .map(device -> device.getString("state", ""))
                .equals(Optional.of("online"))) {
            if (Instant.now().isAfter(deadline)) {
                throw new DemoException("the device is not online after " + ONLINE.toSeconds() + " s, see "
                        + folder.logs().resolve("device.log"));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private void describe(List<DemoDescription.Device> devices, Map<String, String> tokens, boolean ready)
            throws IOException {
        List<DemoDescription.User> users = new ArrayList<>();
        for (String domain : domains()) {
            users.add(user(domain, DemoUser.ADMIN, tokens));
            for (DemoUser user : DemoUser.OTHERS) {
                users.add(user(domain, user, tokens));
            }
        }
        List<DemoDescription.RelayServer> relays = DemoSettings.RELAYS.stream()
                .map(id -> new DemoDescription.RelayServer(id, settings.relayUrl(id), settings.relayNativeUrl(id)))
                .toList();
        running.describe(new DemoDescription(
                ready,
                settings.url(),
                settings.agentUrl(),
                certificates.caFile(),
                DOMAIN,
                settings.keycloakUrl(),
                users,
                devices,
                relays,
                List.of(),
                new DemoDescription.Database(
                        "127.0.0.1", database.port(), MariaDb.SUPERUSER, database.superuserPassword())));
    }

    private DemoDescription.User user(String domain, DemoUser user, Map<String, String> tokens) throws IOException {
        return new DemoDescription.User(
                domain,
                user.name(),
                settings.userPassword(domain, user),
                settings.secondFactor(domain, user),
                Optional.ofNullable(tokens.get(DemoSettings.key(domain, user, "token"))));
    }

    /** Runs steps side by side; the first failure ends the wait for the others. */
    private void inParallel(ExecutorService executor, List<Progress.Step> steps) throws Exception {
        CompletionService<Boolean> completed = new ExecutorCompletionService<>(executor);
        List<Future<?>> futures = new ArrayList<>();
        for (Progress.Step step : steps) {
            futures.add(completed.submit(() -> {
                step.run();
                return true;
            }));
        }
        try {
            for (int i = 0; i < steps.size(); i++) {
                completed.take().get();
            }
        } catch (ExecutionException e) {
            futures.forEach(future -> future.cancel(true));
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        if (running.failure().isDone()) {
            throw new DemoException(running.failure().join());
        }
    }

    private void stopQuietly() {
        try {
            running.close();
        } catch (IOException e) {
            output.say("while stopping: " + message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(DemoFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            System.getLogger(Demo.class.getName()).log(System.Logger.Level.DEBUG, "lock file: {0}", e.getMessage());
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "demo-start");
        thread.setDaemon(true);
        return thread;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message != null ? message : failure.toString();
    }
}

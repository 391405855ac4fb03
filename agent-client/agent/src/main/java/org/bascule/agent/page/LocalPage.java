package org.bascule.agent.page;

import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.words.FingerprintWords;

/** The local page of a running agent: opens and closes it, and gives the code for its password. Thread-safe. */
public final class LocalPage {

    /** Of the local command: opens the page as its file says now; answers with address and, where the password is not set, a code. */
    public static final String COMMAND = "page";
    /** Code of its refusal: the page is switched off or its port is taken. */
    public static final String CLOSED = "page-closed";

    private static final System.Logger LOG = System.getLogger(LocalPage.class.getName());
    private static final int THREADS = 4;
    private static final int QUEUE = 64;

    static {
        // of the Java platform's server, in seconds: whoever connects and says nothing, or takes nothing, is cut off
        setDefault("sun.net.httpserver.maxReqTime", "10");
        setDefault("sun.net.httpserver.maxRspTime", "20");
        setDefault("sun.net.httpserver.maxIdleConnections", "8");
        setDefault("sun.net.httpserver.maxReqHeaders", "64");
        setDefault("jdk.httpserver.maxConnections", "64");
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    private final StateFolder folder;
    private final PageView view;
    private final PageActions actions;
    private final PagePassword password;
    private final SetupCode code;
    private final PageSessions sessions;
    private final EventLog events;

    // guarded by this
    private final List<HttpServer> servers = new ArrayList<>();
    private PageConfig config = new PageConfig(false, PageConfig.DEFAULT_PORT);
    private String problem = "";

    /** @param nanos a clock that nobody sets */
    public LocalPage(
            DeviceState state,
            Registration registration,
            String version,
            DeviceDesk desk,
            EventLog events,
            InstantSource clock,
            LongSupplier nanos)
            throws StateException {
        this.folder = state.folder();
        this.events = events;
        DeviceIdentityPublicKey identity = state.identity().publicKey();
        AssistanceFolder assistance = AssistanceFolder.in(folder);
        password = new PagePassword(folder);
        code = new SetupCode(nanos);
        sessions = new PageSessions(nanos);
        WatchView watched = new WatchView(desk.watch());
        actions =
                new PageActions(desk, assistance, password, code, new Guesses(nanos), sessions, watched, events, clock);
        view = new PageView(
                new PageView.Machine(
                        registration.name(),
                        registration.domainName(),
                        registration.servers().get(0),
                        identity.fingerprint(),
                        FingerprintWords.text(identity.thumbprint()),
                        version),
                folder,
                assistance,
                new LiveView(desk, watched));
    }

    /** Makes {@link #COMMAND} known. */
    public void addTo(LocalCommands commands) {
        commands.add(COMMAND, (arguments, by) -> asked(StrictJson.of(arguments).optionalFlag("reset"), by));
    }

    private JsonObject asked(boolean reset, String by) throws LocalException, StateException {
        open();
        if (reset) {
            password.forget();
            sessions.endAll();
            events.record("page-password-reset", "by " + DeviceDesk.onCommandLine(by));
        }
        synchronized (this) {
            if (servers.isEmpty()) {
                throw new LocalException(CLOSED, problem.isEmpty() ? "The local page is switched off." : problem);
            }
            JsonObjectBuilder answer = Json.createObjectBuilder().add("url", config.url());
            if (!password.isSet()) {
                answer.add("code", code.renew());
            }
            return answer.build();
        }
    }

    /** Opens the page as its file says, closes it, or moves it; does nothing if it is so already. */
    public synchronized void open() {
        PageConfig wanted;
        try {
            wanted = PageConfig.load(folder);
        } catch (StateException e) {
            close();
            fail(String.valueOf(e.getMessage()));
            return;
        }
        if (wanted.equals(config) && (!servers.isEmpty() || !wanted.enabled())) {
            return;
        }
        close();
        config = wanted;
        problem = "";
        if (wanted.enabled()) {
            listen(wanted.port());
        }
    }

    /** Whether it is open at this port, so that nobody comes to it from afar. */
    public synchronized boolean listensAt(int port) {
        return servers.stream().anyMatch(server -> server.getAddress().getPort() == port);
    }

    private void fail(String why) {
        problem = why;
        LOG.log(System.Logger.Level.WARNING, "there is no local page: {0}", why);
    }

    private synchronized void listen(int port) {
        PageHandler handler = new PageHandler(port, view, actions, sessions, password);
        try {
            servers.add(server("127.0.0.1", port, handler));
        } catch (IOException e) {
            fail("The local page cannot be opened on port " + port + ": " + StateFolder.reason(e) + ".");
            return;
        }
        try {
            servers.add(server("::1", port, handler));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the local page is not there by IPv6: {0}", e.getMessage());
        }
    }

    private static HttpServer server(String address, int port, PageHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), QUEUE);
        server.setExecutor(threads());
        server.createContext("/", handler);
        server.start();
        return server;
    }

    /** None while nobody looks. */
    private static ExecutorService threads() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(QUEUE),
                task -> {
                    Thread thread = new Thread(null, task, "local-page", 256 * 1_024);
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Closes the page. */
    public synchronized void close() {
        for (HttpServer server : servers) {
            server.stop(0);
            if (server.getExecutor() instanceof ExecutorService executor) {
                executor.shutdown();
            }
        }
        servers.clear();
    }
}

package org.bascule.agent.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.agent.state.StateException;

/** Answers requests: checks where they come from, finds the session, and sends what {@link PageView} makes and {@link PageActions} does. */
final class PageHandler implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(PageHandler.class.getName());
    private static final String COOKIE = "bascule_page";
    private static final Pattern SESSION = Pattern.compile("/s/([A-Za-z0-9_-]{10,64})/([a-z]*)");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String HTML = "text/html; charset=utf-8";
    private static final Map<String, String> FILES =
            Map.of("/page.css", "text/css; charset=utf-8", "/page.js", "text/javascript; charset=utf-8");

    private final int port;
    private final PageView view;
    private final PageActions actions;
    private final PageSessions sessions;
    private final PagePassword password;

    PageHandler(int port, PageView view, PageActions actions, PageSessions sessions, PagePassword password) {
        this.port = port;
        this.view = view;
        this.actions = actions;
        this.sessions = sessions;
        this.password = password;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            secure(exchange.getResponseHeaders());
            try {
                answer(exchange);
            } catch (StateException e) {
                LOG.log(System.Logger.Level.WARNING, "the local page: {0}", e.getMessage());
                send(exchange, 500, "text/plain; charset=utf-8", "The agent cannot read its folder.");
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "the local page failed", e);
                send(exchange, 500, "text/plain; charset=utf-8", "The agent failed.");
            }
        }
    }

    private static void secure(Headers headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    private void answer(HttpExchange exchange) throws IOException, StateException {
        if (!isOurHost(first(exchange, "Host"))) {
            // a name of somebody else that leads to this machine
            send(exchange, 421, "text/plain; charset=utf-8", "This page is at http://127.0.0.1:" + port + "/.");
            return;
        }
        boolean post = exchange.getRequestMethod().equals("POST");
        if (!post && !exchange.getRequestMethod().equals("GET")) {
            send(exchange, 405, "text/plain; charset=utf-8", "");
        } else if (post && !isOurOrigin(exchange)) {
            send(exchange, 403, "text/plain; charset=utf-8", "This form is from another page.");
        } else {
            route(exchange, post);
        }
    }

    private void route(HttpExchange exchange, boolean post) throws IOException, StateException {
        String path = exchange.getRequestURI().getRawPath();
        PageTexts texts = PageTexts.of(first(exchange, "Accept-Language"));
        Matcher session = SESSION.matcher(path);
        if (session.matches()) {
            inSession(exchange, texts, session.group(1), session.group(2), post);
        } else if (post && (path.equals("/setup") || path.equals("/login"))) {
            PageActions.SignIn tried = path.equals("/setup")
                    ? actions.setUp(texts, form(exchange), uid(exchange))
                    : actions.signIn(texts, form(exchange), uid(exchange));
            signedIn(exchange, texts, tried);
        } else if (!post && path.equals("/")) {
            front(exchange, texts, 200, "");
        } else if (!post && FILES.containsKey(path)) {
            file(exchange, path);
        } else {
            send(exchange, 404, "text/plain; charset=utf-8", "There is nothing here.");
        }
    }

    private long uid(HttpExchange exchange) {
        return PeerAccount.uid(exchange.getRemoteAddress(), port);
    }

    private void front(HttpExchange exchange, PageTexts texts, int status, String said) throws IOException {
        send(exchange, status, HTML, password.isSet() ? view.login(texts, said) : view.setup(texts, said));
    }

    private void signedIn(HttpExchange exchange, PageTexts texts, PageActions.SignIn tried) throws IOException {
        if (tried.session().isEmpty()) {
            front(exchange, texts, tried.status(), tried.said());
            return;
        }
        PageSession session = tried.session().get();
        exchange.getResponseHeaders()
                .set("Set-Cookie", cookie(session.cookie(), session.id(), PageSessions.LENGTH.toSeconds()));
        redirect(exchange, path(session));
    }

    /** No {@code Secure}: the page is plain HTTP, which does not leave this machine. */
    private static String cookie(String value, String id, long seconds) {
        return COOKIE + "=" + value + "; Path=/s/" + id + "/; HttpOnly; SameSite=Strict; Max-Age=" + seconds;
    }

    private static String path(PageSession session) {
        return "/s/" + session.id() + "/";
    }

    private void inSession(HttpExchange exchange, PageTexts texts, String id, String what, boolean post)
            throws IOException, StateException {
        Optional<PageSession> found = cookie(exchange).flatMap(cookie -> sessions.find(id, cookie));
        if (found.isEmpty()) {
            if (what.equals("live")) {
                send(exchange, 403, "text/plain; charset=utf-8", "");
            } else {
                redirect(exchange, "/");
            }
            return;
        }
        PageSession session = found.get();
        if (!post) {
            switch (what) {
                case "" -> send(exchange, 200, HTML, view.main(texts, session, ""));
                case "live" -> send(exchange, 200, HTML, view.live(texts, session));
                default -> redirect(exchange, path(session));
            }
            return;
        }
        Form form = form(exchange);
        if (!PageSessions.isSame(session.form(), form.get("form"))) {
            send(exchange, 403, HTML, view.main(texts, session, texts.text("form.stale")));
        } else if (what.equals("logout")) {
            sessions.end(id);
            exchange.getResponseHeaders().set("Set-Cookie", cookie("", id, 0));
            redirect(exchange, "/");
        } else {
            String said = actions.run(what, texts, form, session);
            if (said.isEmpty()) {
                redirect(exchange, path(session));
            } else {
                send(exchange, 200, HTML, view.main(texts, session, said));
            }
        }
    }

    private static Optional<String> cookie(HttpExchange exchange) {
        for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
            for (String pair : header.split(";", 64)) {
                String[] parts = pair.strip().split("=", 2);
                if (parts.length == 2
                        && parts[0].equals(COOKIE)
                        && VALUE.matcher(parts[1]).matches()) {
                    return Optional.of(parts[1]);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isOurHost(String host) {
        return List.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port)
                .contains(host);
    }

    /** Browsers send Origin with every form; it names the port too. */
    private boolean isOurOrigin(HttpExchange exchange) {
        String site = first(exchange, "Sec-Fetch-Site");
        return first(exchange, "Origin").equals("http://" + first(exchange, "Host"))
                && (site.isEmpty() || site.equals("same-origin"));
    }

    private static String first(HttpExchange exchange, String name) {
        List<String> values = exchange.getRequestHeaders().getOrDefault(name, List.of());
        return values.size() == 1 ? values.get(0) : "";
    }

    private static Form form(HttpExchange exchange) throws IOException {
        return Form.read(exchange.getRequestBody());
    }

    private static void redirect(HttpExchange exchange, String path) throws IOException {
        exchange.getResponseHeaders().set("Location", path);
        exchange.sendResponseHeaders(303, -1);
    }

    private static void file(HttpExchange exchange, String path) throws IOException {
        try (InputStream in = Objects.requireNonNull(PageHandler.class.getResourceAsStream(path.substring(1)), path)) {
            send(
                    exchange,
                    200,
                    Objects.requireNonNull(FILES.get(path)),
                    new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }
}

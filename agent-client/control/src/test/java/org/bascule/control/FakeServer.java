package org.bascule.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An access server and a realm on loopback, that answer what a test says. */
public final class FakeServer implements AutoCloseable {

    /** An answer. */
    public record Reply(int status, String body) {}

    /** A request that came. */
    public record Request(
            String method,
            String path,
            String query,
            @Nullable String bearer,
            String body,
            Map<String, String> headers) {

        public Map<String, String> form() {
            Map<String, String> form = new HashMap<>();
            for (String field : body.split("&")) {
                String[] parts = field.split("=", 2);
                form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            return form;
        }
    }

    /** Decides about a request. */
    @FunctionalInterface
    public interface Answering {
        Reply to(Request request) throws Exception;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answering> answers = new HashMap<>();
    public final List<Request> requests = new CopyOnWriteArrayList<>();

    public FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String issuer() {
        return url() + "/realms/demo";
    }

    /** Answers requests of that method and path. */
    public void on(String methodAndPath, Answering answering) {
        answers.put(methodAndPath, answering);
    }

    public void on(String methodAndPath, int status, String body) {
        on(methodAndPath, request -> new Reply(status, body));
    }

    /** Sign-in as Keycloak has it; what the token endpoint says is set with {@link #on}. */
    public void realm() {
        on("GET /api/sign-in", 200, "{\"authorizationServer\":\"" + issuer() + "\",\"clientId\":\"bascule-cli\"}");
        on(
                "GET /realms/demo/.well-known/openid-configuration",
                200,
                ("{\"issuer\":\"%1$s\",\"authorization_endpoint\":\"%1$s/auth\",\"device_authorization_endpoint\":\"%1$s/device\",\"token_endpoint\":\"%1$s/token\","
                                + "\"revocation_endpoint\":\"%1$s/revoke\"}")
                        .formatted(issuer()));
        on(
                "POST /realms/demo/device",
                200,
                ("{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":\"%1$s/confirm\","
                                + "\"verification_uri_complete\":\"%1$s/confirm?user_code=ABCD-EFGH\",\"expires_in\":600,\"interval\":5}")
                        .formatted(issuer()));
        on("POST /realms/demo/revoke", 200, "");
    }

    /** An answer of a token endpoint. */
    public static Reply tokens(String access, String refresh) {
        return new Reply(
                200,
                "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":300}".formatted(access, refresh));
    }

    public List<Request> to(String path) {
        List<Request> found = new ArrayList<>();
        for (Request request : requests) {
            if (request.path().equals(path)) {
                found.add(request);
            }
        }
        return found;
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        return headers;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Request request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                String.valueOf(exchange.getRequestURI().getRawQuery()),
                authorization == null ? null : authorization.replaceFirst("^Bearer ", ""),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                headers(exchange));
        requests.add(request);
        Reply reply;
        try {
            reply = answers.getOrDefault(request.method() + " " + request.path(), unknown -> new Reply(404, "{}"))
                    .to(request);
        } catch (Exception e) {
            reply = new Reply(500, "{\"title\":\"" + e.getClass().getSimpleName() + "\"}");
        }
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

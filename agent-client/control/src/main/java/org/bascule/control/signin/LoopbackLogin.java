package org.bascule.control.signin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;

/**
 * Authorization code with PKCE (RFC 7636) and a redirect to a port of this machine that is open for as long as the sign-in takes (RFC 8252, section 7.3).
 *
 * <p>Guarantee: one answer with this sign-in's {@code state}, from the issuer that was asked, is taken; everything else that comes to the port is told
 * nothing and changes nothing.
 */
final class LoopbackLogin {

    private static final String PATH = "/signed-in";

    private final AuthorizationServer server;
    private final Duration patience;

    LoopbackLogin(AuthorizationServer server, Duration patience) {
        this.server = server;
        this.patience = patience;
    }

    /** A code, and what it is exchanged with. */
    record Answer(String code, String verifier, String redirect) {
        @Override
        public String toString() {
            return "Answer[REDACTED]";
        }
    }

    /**
     * Waits until the person has signed in.
     *
     * @param browser told where the person signs in
     */
    Answer await(Consumer<URI> browser) throws CommandException {
        String state = Secrets.random();
        String verifier = Secrets.random();
        CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
        HttpServer listening = listen(state, answer);
        try {
            String redirect = "http://127.0.0.1:" + listening.getAddress().getPort() + PATH;
            browser.accept(
                    server.authorization("openid offline_access", redirect, state, B64.encode(Sha256.of(verifier))));
            Map<String, String> query = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            String code = query.get("code");
            if (code == null) {
                throw new CommandException(
                        ExitCode.NOT_SIGNED_IN,
                        "signing in failed: " + Printable.of(query.getOrDefault("error", "no reason was given")));
            }
            return new Answer(code, verifier, redirect);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.NOT_SIGNED_IN, "nobody signed in in time", e);
        } catch (ExecutionException e) {
            throw new CommandException(ExitCode.FAILED, "the answer of the browser was not understood", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.FAILED, "interrupted", e);
        } finally {
            // the page is on its way to the browser
            listening.stop(1);
        }
    }

    private HttpServer listen(String state, CompletableFuture<Map<String, String>> answer) throws CommandException {
        try {
            HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
            String host = "127.0.0.1:" + listening.getAddress().getPort();
            listening.createContext("/", exchange -> answer(exchange, host, state, answer));
            listening.start();
            return listening;
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, "no port of this machine can be opened: use --device", e);
        }
    }

    private void answer(HttpExchange exchange, String host, String state, CompletableFuture<Map<String, String>> answer)
            throws IOException {
        Map<String, String> query = query(exchange.getRequestURI());
        boolean ours = exchange.getRequestMethod().equals("GET")
                && exchange.getRequestURI().getPath().equals(PATH)
                && host.equals(exchange.getRequestHeaders().getFirst("Host"))
                && isSame(state, query.getOrDefault("state", ""))
                && server.isIssuer(query.get("iss"));
        page(
                exchange,
                ours ? 200 : 404,
                !ours
                        ? "There is nothing here."
                        : query.containsKey("code")
                                ? "You are signed in. Go back to the terminal; this page can be closed."
                                : "You are not signed in. Go back to the terminal; this page can be closed.");
        if (ours) {
            answer.complete(query);
        }
    }

    private static boolean isSame(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        String raw = uri.getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            // what is said twice is said by somebody else
            if (parts.length == 2 && query.put(parts[0], decoded(parts[1])) != null) {
                return Map.of();
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static void page(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = ("<!doctype html><meta charset=utf-8><title>bascule</title><p>" + text)
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
        exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

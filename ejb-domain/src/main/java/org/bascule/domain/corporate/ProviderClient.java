package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bascule.domain.corporate.TestResult.Code;

/**
 * Asks addresses that an administrator of a domain has typed: a short time, a bounded answer, no redirects, and never an address of this machine's link
 * (where clouds tell secrets of the machine), of nobody, or of many.
 */
@ApplicationScoped
public class ProviderClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BODY = 512 << 10;

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** An answer, whatever its status. */
    record Answer(int status, String body) {}

    String get(String url) throws UnusableProviderException {
        Answer answer = exchange(HttpRequest.newBuilder(uri(url)).GET());
        if (answer.status() != 200) {
            throw new UnusableProviderException(
                    Code.UNREADABLE, "The address answers with status %d and not with 200.".formatted(answer.status()));
        }
        return answer.body();
    }

    Answer post(String url, String form, String authorization) throws UnusableProviderException {
        return exchange(HttpRequest.newBuilder(uri(url))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static URI uri(String url) throws UnusableProviderException {
        try {
            URI uri = URI.create(url);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
                requireOrdinary(uri.getHost());
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new UnusableProviderException(Code.UNREADABLE, "An address is not one of http or https.");
    }

    /** What is asked afterwards is asked by name again: this keeps off mistakes and simple tricks, a firewall the rest. */
    static void requireOrdinary(String host) throws UnusableProviderException {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
                    throw new UnusableProviderException(Code.UNREACHABLE, "This address is not asked.");
                }
            }
        } catch (UnknownHostException e) {
            throw new UnusableProviderException(Code.UNREACHABLE, "The name of the host is not known.");
        }
    }

    private static Answer exchange(HttpRequest.Builder request) throws UnusableProviderException {
        try {
            HttpResponse<InputStream> response =
                    CLIENT.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BODY + 1);
                if (bytes.length > MAX_BODY) {
                    throw new UnusableProviderException(Code.UNREADABLE, "The answer is too long.");
                }
                return new Answer(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UnusableProviderException(Code.UNREACHABLE, "The address does not answer.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnusableProviderException(Code.UNREACHABLE, "The address does not answer.");
        }
    }
}

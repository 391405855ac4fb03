package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.bascule.domain.configuration.InternalNetworks;
import org.bascule.domain.corporate.TestResult.Code;
import org.bascule.domain.http.BoundedHttp;

/**
 * Asks addresses that an administrator of a domain has typed: a short time, a bounded answer, no redirects, and never an address of this machine's link
 * (where clouds tell secrets of the machine), of nobody, or of many; nor, unless the installation allows it, one of this machine or a private network.
 */
@ApplicationScoped
public class ProviderClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** To the last byte. */
    private static final Duration WHOLE = Duration.ofSeconds(10);

    /** 64:ff9b::/96 (RFC 6052). */
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final int MAX_BODY = 512 << 10;

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    @Inject
    InternalNetworks internal;

    /** An answer, whatever its status. */
    record Answer(int status, String body) {}

    String get(String url) throws UnusableProviderException {
        Answer answer = exchange(HttpRequest.newBuilder(uri(url)).GET());
        if (answer.status() != 200) {
            throw new UnusableProviderException(
                    Code.UNREADABLE, "The address answers, but not with what was asked for.");
        }
        return answer.body();
    }

    Answer post(String url, String form, String authorization) throws UnusableProviderException {
        return exchange(HttpRequest.newBuilder(uri(url))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private URI uri(String url) throws UnusableProviderException {
        try {
            URI uri = URI.create(url);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
                requireOrdinary(uri.getHost());
                requireEncrypted("https".equalsIgnoreCase(uri.getScheme()));
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new UnusableProviderException(Code.UNREADABLE, "An address is not one of http or https.");
    }

    /** What is asked afterwards is asked by name again: this keeps off mistakes and simple tricks, a firewall the rest. */
    void requireOrdinary(String host) throws UnusableProviderException {
        if (!isKnown(host)) {
            throw new UnusableProviderException(Code.UNREACHABLE, "The name of the host is not known.");
        }
    }

    /** Whoever listens on the way could be the provider: without encryption only where the installation's own network is trusted. */
    void requireEncrypted(boolean encrypted) throws UnusableProviderException {
        if (!encrypted && !internal.allowed()) {
            throw new UnusableProviderException(
                    Code.UNREACHABLE, "Without encryption (https, ldaps or StartTLS) this installation asks nobody.");
        }
    }

    /** An address that a provider says of itself and that the realm asks later, by itself. */
    void requireOrdinaryEndpoint(String url) throws UnusableProviderException {
        requireOrdinary(endpoint(url));
    }

    /**
     * The same of one to which browsers are sent: they may know a name that is not known here.
     *
     * @return whether it is known here
     */
    boolean requireOrdinaryPage(String url) throws UnusableProviderException {
        return isKnown(endpoint(url));
    }

    private String endpoint(String url) throws UnusableProviderException {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new UnusableProviderException(Code.UNREADABLE, "The provider names an address that is none.");
        }
        if (uri.getHost() == null) {
            throw new UnusableProviderException(Code.UNREADABLE, "The provider names an address that is none.");
        }
        requireEncrypted("https".equalsIgnoreCase(uri.getScheme()));
        return uri.getHost();
    }

    private boolean isKnown(String host) throws UnusableProviderException {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                require(plain(address));
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private void require(InetAddress address) throws UnusableProviderException {
        if (address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new UnusableProviderException(Code.UNREACHABLE, "This address is not asked.");
        }
        if (!internal.allowed() && isInternal(address)) {
            throw new UnusableProviderException(
                    Code.UNREACHABLE, "This address is of an internal network, which this installation does not ask.");
        }
    }

    /** Of this machine, private (RFC 1918, unique local) or shared (RFC 6598). */
    private static boolean isInternal(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || (address instanceof Inet4Address
                        ? bytes[0] == 0 || bytes[0] == 100 && (bytes[1] & 0xc0) == 64
                        : (bytes[0] & 0xfe) == 0xfc);
    }

    /** The IPv4 address within an IPv6 one (NAT64), or the same. */
    private static InetAddress plain(InetAddress address) throws UnknownHostException {
        byte[] bytes = address.getAddress();
        boolean within = bytes.length == 16 && Arrays.equals(bytes, 0, NAT64.length, NAT64, 0, NAT64.length);
        return within ? InetAddress.getByAddress(Arrays.copyOfRange(bytes, NAT64.length, bytes.length)) : address;
    }

    private static Answer exchange(HttpRequest.Builder request) throws UnusableProviderException {
        try {
            HttpResponse<byte[]> response =
                    BoundedHttp.send(CLIENT, request.timeout(TIMEOUT).build(), MAX_BODY, WHOLE);
            return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        } catch (BoundedHttp.TooLongException e) {
            throw new UnusableProviderException(Code.UNREADABLE, "The answer is too long.");
        } catch (IOException e) {
            throw new UnusableProviderException(Code.UNREACHABLE, "The address does not answer.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnusableProviderException(Code.UNREACHABLE, "The address does not answer.");
        }
    }
}

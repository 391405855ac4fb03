package org.bascule.system;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Somebody who asks addresses again and again, as agents do, and remembers what was answered. */
final class Knocking implements AutoCloseable {

    static final String REFUSED = "refused";

    private final HttpClient client;
    private final List<URI> addresses;
    private final Set<String> answers = new ConcurrentSkipListSet<>();
    private final Thread thread = new Thread(this::knock, "knocking");

    Knocking(TheSystem system, String... addresses) {
        this.client = HttpClient.newBuilder()
                .sslContext(system.trustingTls())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        this.addresses = List.of(addresses).stream().map(URI::create).toList();
        thread.start();
    }

    private void knock() {
        try {
            while (true) {
                for (URI address : addresses) {
                    answers.add(answer(address));
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private String answer(URI address) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(20))
                    .build();
            return String.valueOf(
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (ConnectException e) {
            return REFUSED;
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Each once. */
    Set<String> answers() {
        return Set.copyOf(answers);
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}

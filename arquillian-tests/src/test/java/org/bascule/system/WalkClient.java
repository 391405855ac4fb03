package org.bascule.system;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Operation;
import org.bascule.system.WalkAnswer.Person;

/** Sends the calls of a walk. */
final class WalkClient {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private final String url;

    WalkClient(String url) {
        this.url = url;
    }

    WalkAnswer send(Person by, Call call, String... headers) {
        return send(by, call, call.operation().method(), call.body(), headers);
    }

    WalkAnswer send(Person by, Call call, String method, Optional<String> body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + call.target()))
                .timeout(LIMIT)
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody()));
        by.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        request.header("X-Forwarded-For", TheSystem.anAddress());
        if (body.isPresent() && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", call.operation().contentType().orElse("application/json"));
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return new WalkAnswer(by, call, http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(by.name() + ": " + method + " " + call.target() + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** With the version that the thing has at present, so that nothing but the caller can be wrong. */
    WalkAnswer sendWithVersion(Person by, Call call, Person whoKnows) {
        return call.operation().needsVersion()
                ? send(by, call, "If-Match", version(whoKnows, call).orElse("\"0\""))
                : send(by, call);
    }

    Optional<String> version(Person by, Call call) {
        Operation operation = call.operation();
        List<String> places = new ArrayList<>(List.of(call.target()));
        if (!call.slots().isEmpty()) {
            places.add(call.slots().get(0).list()
                    + "/"
                    + ApiDescription.encoded(call.sent().get(0)));
        }
        for (String place : places) {
            WalkAnswer got = send(
                    by, new Call(operation, place, Optional.empty(), List.of(), List.of()), "GET", Optional.empty());
            Optional<String> etag = got.http().headers().firstValue("ETag");
            if (got.status() == 200 && etag.isPresent()) {
                return etag;
            }
        }
        return call.slots().isEmpty() ? Optional.empty() : versionInList(by, call);
    }

    private Optional<String> versionInList(Person by, Call call) {
        String list = call.slots().get(0).list() + "?limit=200";
        WalkAnswer got = send(
                by, new Call(call.operation(), list, Optional.empty(), List.of(), List.of()), "GET", Optional.empty());
        if (got.status() != 200) {
            return Optional.empty();
        }
        return Api.json(got.http()).getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(item -> item.toString().contains(call.sent().get(0)) && item.containsKey("etag"))
                .map(item -> '"' + item.getString("etag") + '"')
                .findFirst();
    }
}

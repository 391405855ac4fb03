package org.bascule.system;

import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.bascule.system.ApiDescription.Call;

/** An answer, and what was asked. */
record WalkAnswer(Person by, Call call, HttpResponse<String> http) {

    /** Somebody who calls. */
    record Person(String name, Optional<String> token) {}

    int status() {
        return http.statusCode();
    }

    String everything() {
        return http.headers().map() + "\n" + http.body();
    }

    boolean isProblem() {
        if (!http.headers().firstValue("content-type").orElse("").startsWith("application/problem+json")) {
            return false;
        }
        JsonObject problem = Api.json(http);
        return problem.getString("type").startsWith("urn:bascule:problem:")
                && problem.getInt("status") == status()
                && !problem.getString("detail").isBlank()
                && !problem.getString("reference").isBlank();
    }

    String code() {
        return Api.json(http).getString("type").replace("urn:bascule:problem:", "");
    }

    @Override
    public String toString() {
        String body = http.body().length() > 300 ? http.body().substring(0, 300) + "…" : http.body();
        return by.name() + ": " + call.operation().method() + " " + call.target() + " "
                + call.body().orElse("") + " -> " + status() + " " + body;
    }
}

package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What 50 domains cost ({@code docs/benchmarks}): prints the figures, asserts none. Run by {@code -Pbench}. */
@ExtendWith(RunningSystem.class)
class DomainBench {

    private static final int DOMAINS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final TheSystem system = TheSystem.get();

    @Test
    void costOfDomains() throws Exception {
        System.out.printf("keycloak: start %.1f s, %d MiB%n", restarted(), memory());
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
            times.add(made("Bench " + UUID.randomUUID()));
        }
        Collections.sort(times);
        System.out.printf(
                "domains: %d made, %.1f s in the middle, %.1f s the slowest; keycloak %d MiB%n",
                DOMAINS, times.get(DOMAINS / 2), times.get(DOMAINS - 1), memory());
        System.out.printf("keycloak with %d realms more: start %.1f s, %d MiB%n", DOMAINS, restarted(), memory());
        Api api = system.api("automation");
        long began = System.nanoTime();
        api.getJson("/api/domains?limit=200");
        System.out.printf("list of domains: %.2f s%n", since(began));
    }

    /** Until the domain can be used and its realm was looked over. */
    private double made(String name) throws InterruptedException {
        Api api = system.api("automation");
        JsonObject body = Json.createObjectBuilder()
                .add("name", name)
                .add("owner", Json.createObjectBuilder().add("name", "owner"))
                .build();
        long began = System.nanoTime();
        String id = Api.json(Api.expect(202, api.post("/api/domains", body.toString())))
                .getString("id");
        while (true) {
            JsonObject domain = api.getJson("/api/domains/" + id);
            if (domain.getString("state").equals("ready")
                    && domain.getJsonObject("realmState").getBoolean("applied")) {
                return since(began);
            }
            if (since(began) > PATIENCE.toSeconds()) {
                throw new AssertionError("not made: " + domain);
            }
            Thread.sleep(100);
        }
    }

    private double restarted() throws IOException, InterruptedException {
        system.demo().kill("keycloak");
        long began = System.nanoTime();
        system.demo().start("keycloak");
        return since(began);
    }

    private static double since(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Resident, of the process. */
    private long memory() throws IOException {
        long pid = system.demo().pid("keycloak").orElseThrow();
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1_024)
                .findFirst()
                .orElseThrow();
    }
}

package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real agent's certificate runs out, while it is there and while it is not (DEV-2); the access server issues short ones meanwhile. */
@ExtendWith(RunningSystem.class)
class RenewalIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Certificates begin five minutes early: two thirds are over at once. Two minutes are the least. */
    private static final String LIFE = "PT2M";

    private final TheSystem system = TheSystem.get();

    @BeforeAll
    static void shortLives() throws Exception {
        restart(Map.of("BASCULE_DEVICE_CERTIFICATE_LIFE", LIFE));
    }

    @AfterAll
    static void usualLives() throws Exception {
        restart(Map.of());
    }

    private static void restart(Map<String, String> environment) throws Exception {
        TheSystem system = TheSystem.get();
        system.demo().stop("access-server");
        system.demo().start("access-server", environment);
        Eventually.within(Duration.ofMinutes(3), "the application answers and the sample device is back", () -> {
            try {
                return state(system.api("automation"), system.device().uid()).equals("online");
            } catch (AssertionError e) {
                return false;
            }
        });
    }

    /** With a new access token: the test takes about as long as one lives. */
    private Api api() {
        return system.api("automation");
    }

    private static String state(Api api, String uid) {
        return api.getJson("/api/devices/" + uid).getString("state");
    }

    private JsonObject certificate(String uid) {
        return api().getJson("/api/devices/" + uid).getJsonObject("certificate");
    }

    private long renewals(String uid) {
        return api().items("/api/audit?limit=200&code=device.renew").stream()
                .filter(row -> row.getJsonObject("resource").getString("id").equals(uid))
                .count();
    }

    private String enrol(Path folder) {
        Program.Result enrolled = system.enrol(folder, api().enrolmentToken(1, 600), "renewing");
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        return api().items("/api/devices?q=renewing").get(0).getString("uid");
    }

    private Program run(Path folder) {
        return Program.start(Map.of(), system.agentJar(), "run", "--dir", folder.toString());
    }

    @Test
    void certificateIsRenewedInTimeAndAfterALongAbsence() throws Exception {
        Path folder = system.folder("renewing");
        String uid = enrol(folder);
        String first = certificate(uid).getString("serial");
        try (Program agent = run(folder)) {
            Eventually.within(
                    LIMIT,
                    "a certificate for the next key is in force",
                    () -> !certificate(uid).getString("serial").equals(first)
                            && state(api(), uid).equals("online"));
            assertThat(agent.handle().isAlive()).isTrue();
        }
        JsonObject second = certificate(uid);
        assertThat(renewals(uid)).isEqualTo(1);

        Instant end = Instant.parse(second.getString("notAfter"));
        Eventually.within(
                Duration.between(Instant.now(), end).plusSeconds(10),
                "the certificate has run out while the device is off",
                () -> Instant.now().isAfter(end.plusSeconds(1)));
        try (Program agent = run(folder)) {
            Eventually.within(
                    LIMIT,
                    "back with another certificate",
                    () -> !certificate(uid).getString("serial").equals(second.getString("serial"))
                            && state(api(), uid).equals("online"));
            assertThat(agent.handle().isAlive()).isTrue();
        }
        assertThat(renewals(uid)).isGreaterThanOrEqualTo(2);
        assertThat(api().items("/api/audit?limit=200&code=device.renew"))
                .anyMatch(row -> row.toString().contains("after a long absence"));
    }
}

package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the addresses of a domain's options are told, with a real agent and at a real server for mail (DOM-8). */
@ExtendWith(RunningSystem.class)
class NotificationIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String OPTIONS = "/api/domain/options";
    private static final String ADDRESS = "told-of-the-domain@example.com";

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private void changed(String path, String json) {
        String etag = api.getJson(path).getString("etag");
        Api.expect(200, api.patch(path, json, "If-Match", '"' + etag + '"'));
    }

    private void told(String... addresses) {
        changed(
                OPTIONS,
                Json.createObjectBuilder()
                        .add("notificationAddresses", Json.createArrayBuilder(List.of(addresses)))
                        .build()
                        .toString());
    }

    private List<MimeMessage> mails() {
        return Arrays.stream(system.mail().getReceivedMessages())
                .filter(mail -> recipient(mail).equals(ADDRESS))
                .toList();
    }

    private static String recipient(MimeMessage mail) {
        try {
            return mail.getAllRecipients()[0].toString();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private Program agent(Path folder, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--dir";
        all[arguments.length + 1] = folder.toString();
        return Program.start(Map.of(), system.agentJar(), all);
    }

    @Test
    void aRequestForHelpIsToldByMail() throws MessagingException, IOException {
        String name = "notified-" + System.nanoTime();
        Path folder = system.folder(name);
        Program.Result enrolled = system.enrol(folder, api.enrolmentToken(1, 600), name);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        String uid = api.items("/api/devices?q=" + name).get(0).getString("uid");
        try (Program running = agent(folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            changed("/api/devices/" + uid, "{\"assistance\":{\"enabled\":true}}");
            told(ADDRESS);
            try (Program asked = agent(folder, "assist", "The press is stuck", "--phone", "+43 1 23")) {
                Program.Result result = asked.finish(LIMIT);
                assertThat(result.output()).as(result.error()).contains("nobody has taken it yet");
            }
            Eventually.within(LIMIT, "a mail to " + ADDRESS, () -> !mails().isEmpty());
            MimeMessage mail = mails().get(0);
            assertThat(mail.getSubject()).isEqualTo("Bascule: somebody is needed / Bascule: jemand wird gebraucht");
            assertThat(mail.getContent().toString())
                    .contains(
                            "help is asked for at the device \"" + name + "\"",
                            "Am Gerät \"" + name + "\" wird um Hilfe gebeten",
                            system.url() + "/assistance",
                            system.domain())
                    .doesNotContain("stuck", "+43 1 23");
            assertThat(running.handle().isAlive()).isTrue();
        } finally {
            told();
        }
    }

    private JsonObject device(String uid) {
        return api.getJson("/api/devices/" + uid);
    }
}

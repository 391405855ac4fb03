package org.bascule.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.Main;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.page.PageConfig;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.enrol.EnrolmentToken;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {

    private final Path folder;
    private final TestInstallation installation = new TestInstallation();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    CommandsTest(@TempDir Path temporary) {
        folder = temporary.resolve("state");
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private void assertOneSentence() {
        assertThat(err.toString().strip()).endsWith(".").doesNotContain("\n").doesNotContain("Exception");
    }

    private static String token() {
        return EnrolmentToken.generate(RootSigningKey.generate().publicKey()).reveal();
    }

    @Test
    void statusOfAFolderThatIsNotEnrolled() {
        assertThat(run("status", "--dir", folder.toString())).isEqualTo(ExitCode.STATE);
        assertThat(run("run", "--dir", folder.toString())).isEqualTo(ExitCode.STATE);
        assertOneSentence();
    }

    @Test
    void statusOfAStoppedAgentIsJsonOnDemand() throws Exception {
        installation.enrolled(folder);
        assertThat(run("status", "--json", "--dir", folder.toString())).isEqualTo(ExitCode.NOT_RUNNING);
        StrictJson json = StrictJson.parse(out.toString().strip(), 10_000);
        assertThat(json.string("uid", 36)).isEqualTo(installation.uid);
        assertThat(json.string("state", 20)).isEqualTo("stopped");
    }

    /** To be compared with those that the administrator sees. */
    @Test
    void statusShowsTheFingerprintAndItsWords() throws Exception {
        DeviceIdentityPublicKey identity =
                installation.enrolled(folder).identity().publicKey();
        run("status", "--dir", folder.toString());
        assertThat(out.toString())
                .contains("Fingerprint: " + identity.fingerprint())
                .contains("Words:       " + FingerprintWords.text(identity.thumbprint()));
    }

    @Test
    void theSwitchIsSwitchedWithoutAnAgentAndShown() throws Exception {
        String dir = folder.toString();
        assertThat(run("off", "--dir", dir)).isEqualTo(ExitCode.STATE);
        installation.enrolled(folder);
        assertThat(run("off", "--for", "1h30m", "--reason", "we\u202elding", "--dir", dir))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("Remote access is OFF until ")
                .contains("on the command line")
                .contains("we?lding");
        run("status", "--dir", dir);
        assertThat(out.toString())
                .containsPattern("Access: +OFF until [^ ]+ \\(mode always, by account ")
                .containsPattern("Sessions: +none");
        run("off", "--dir", dir);
        assertThat(out.toString()).contains("OFF until it is switched on or the machine starts anew (mode always, by ");
        assertThat(run("switch", "--mode", "as-left", "--dir", dir)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("OFF until it is switched on (mode as-left, by ");
        assertThat(run("on", "--json", "--dir", dir)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("{\"on\":true,\"mode\":\"as-left\"");
        assertThat(run("page", "--dir", dir)).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(run("page", "--port", "6001", "--dir", dir)).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(folder.resolve("local-page.json"))).contains("6001");
    }

    @Test
    void whatTheSwitchDoesNotTakeIsUsage() throws Exception {
        installation.enrolled(folder);
        String dir = folder.toString();
        for (String time : List.of("", "8", "0h", "h", "8h8d", "400d", "-1h", "99999999999d")) {
            assertThat(run("off", "--for", time, "--dir", dir)).as(time).isEqualTo(ExitCode.USAGE);
        }
        assertThat(run("off", "--reason", "x".repeat(201), "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(run("switch", "--mode", "never", "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(run("switch", "--mode", "key-switch", "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(run("switch", "--mode", "always", "--gpio", "/x", "--dir", dir))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("page", "--enable", "--disable", "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(run("page", "--port", "80", "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(Files.exists(folder.resolve("switch.json"))).isFalse();
        assertThat(run("switch", "--mode", "key-switch", "--dir", dir, "--", "/bin/key", "--slot", "2"))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(folder.resolve("switch.json"))).contains("[\"/bin/key\",\"--slot\",\"2\"]");
    }

    @Test
    void theLogShowsTheNewestLastAndNothingThatATerminalWouldObey() throws Exception {
        String dir = folder.toString();
        assertThat(run("log", "--dir", dir)).isEqualTo(ExitCode.STATE);
        SessionId sid = SessionId.random();
        RecentEvents recent =
                RecentEvents.open(installation.enrolled(folder).state().folder());
        Instant time = Instant.parse("2026-03-01T12:00:00Z");
        recent.add(new DeviceEvent(time, "agent-started", Optional.empty(), "1.0", 1));
        String hostile = "Ada \u001b[2J\u202e\u009b2J\udb40\udc41";
        recent.add(new DeviceEvent(time, "session-started", Optional.of(sid), hostile, 1));
        recent.add(new DeviceEvent(time, "events-lost", Optional.empty(), "", 3));
        assertThat(run("log", "--lines", "2", "--dir", dir)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly(
                        "2026-03-01T12:00:00Z  session-started  session " + sid.hex() + "  Ada ?[2J??2J?",
                        "2026-03-01T12:00:00Z  events-lost  (3 times)");
        assertThat(run("log", "--lines", "0", "--dir", dir)).isEqualTo(ExitCode.USAGE);
        out.getBuffer().setLength(0);
        assertThat(run("log", "--json", "--dir", dir)).isEqualTo(ExitCode.OK);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(3);
        StrictJson started = StrictJson.parse(lines.get(1), 1_000);
        assertThat(started.string("sid", 32)).isEqualTo(sid.hex());
        assertThat(started.text("detail", 100)).isEqualTo(hostile);
        assertThat(lines.get(1)).isPrintable().contains("\\u009b2J\\udb40\\udc41");
    }

    /** The entry in the menu of a desktop opens the page where it is unless it was moved. */
    @Test
    void theDesktopEntryOpensTheLocalPage() throws Exception {
        assertThat(Files.readAllLines(Path.of("src/main/scripts/bascule-agent.desktop")))
                .startsWith("[Desktop Entry]")
                .contains("Exec=xdg-open " + PageConfig.DEFAULT.url());
    }

    @Test
    void aFileAndAServerAreNotGivenTogether() {
        String dir = folder.toString();
        String file = folder.resolveSibling("enrolment.json").toString();
        assertThat(run("enrol", "--file", file, "--server", "https://127.0.0.1:9", "--dir", dir))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("enrol", "--file", file, "--token", token(), "--dir", dir))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("enrol", "--token", token(), "--dir", dir)).isEqualTo(ExitCode.USAGE);
        assertThat(run("enrol", "--file", file, "--dir", dir)).isEqualTo(ExitCode.FAILED);
        assertThat(Files.exists(folder)).isFalse();
    }

    @Test
    void aHeadlessDeviceWhoseFileIsNoneEndsWithASentence() throws Exception {
        installation.enrolled(folder);
        Files.delete(folder.resolve("registration.json"));
        Files.writeString(folder.resolve("enrolment.json"), "{}");
        assertThat(run("run", "--dir", folder.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("is not an enrolment file");
        assertOneSentence();
    }

    @Test
    void enrolledDeviceIsNotEnrolledAgain() throws Exception {
        TestInstallation.Enrolled enrolled = installation.enrolled(folder);
        int code = run("enrol", "--server", "https://127.0.0.1:9", "--token", token(), "--dir", folder.toString());
        assertThat(code).isEqualTo(ExitCode.STATE);
        assertThat(err.toString()).contains("already enrolled in demo as press 7");
        assertOneSentence();
        assertThat(enrolled.state().identity().publicKey())
                .isEqualTo(enrolled.identity().publicKey());
    }

    @Test
    void wrongTokenServerAccountAndFileAreToldApart() {
        String dir = folder.toString();
        assertThat(run("enrol", "--server", "https://127.0.0.1:9", "--token", "x", "--dir", dir))
                .isEqualTo(ExitCode.TOKEN);
        assertThat(run("enrol", "--server", "http://127.0.0.1:9", "--token", token(), "--dir", dir))
                .isEqualTo(ExitCode.FAILED);
        assertThat(run("enrol", "--server", "https://127.0.0.1:9", "--token", token(), "--dir", dir))
                .isEqualTo(ExitCode.SERVER);
        assertThat(run(
                        "enrol",
                        "--server",
                        "https://127.0.0.1:9",
                        "--token",
                        token(),
                        "--dir",
                        dir,
                        "--account",
                        "no-such"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(run(
                        "enrol",
                        "--server",
                        "https://127.0.0.1:9",
                        "--token",
                        token(),
                        "--dir",
                        dir,
                        "--ca",
                        "/no/file"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines()).hasSize(5).allMatch(line -> line.endsWith("."));
        assertThat(err.toString())
                .contains("there is no account no-such on this device")
                .contains("/no/file")
                .contains("nothing answers there");
        assertThat(Files.exists(folder.resolve("registration.json"))).isFalse();
    }

    @Test
    void tokenIsInNoMessage() {
        String token = token();
        run("enrol", "--server", "https://127.0.0.1:9", "--token", token, "--dir", folder.toString());
        assertThat(out.toString() + err).doesNotContain(token.substring(5, 40));
    }

    @Test
    void usageErrorsHaveTheirCode() {
        assertThat(run("enrol")).isEqualTo(ExitCode.USAGE);
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("bascule-agent ");
    }
}

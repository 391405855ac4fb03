package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.WinSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bascule login} at the real realm, confirmed in a real browser, and {@code bascule shell} on a real terminal. */
@ExtendWith(RunningSystem.class)
class LoginAndShellIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern ASKED = Pattern.compile("Open (http\\S+)");

    private final TheSystem system = TheSystem.get();

    private Map<String, String> environment(String folder) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("XDG_CONFIG_HOME", system.folder(folder).toString());
        return environment;
    }

    @Test
    void aSignInThatIsConfirmedInABrowserLastsUntilItIsEnded() throws IOException {
        Map<String, String> environment = environment("device-grant");

        try (Program login = Program.start(
                environment,
                system.basculeJar(),
                "login",
                "--device",
                "--url",
                system.agentUrl(),
                "--domain",
                system.domain())) {
            Eventually.within(LIMIT, "the address to open", () -> ASKED.matcher(login.errorSoFar())
                    .find());
            Matcher asked = ASKED.matcher(login.errorSoFar());
            assertThat(asked.find()).isTrue();
            confirm(asked.group(1));
            Program.Result result = login.finish(LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
        }

        Path file = Path.of(environment.get("XDG_CONFIG_HOME"), "bascule", "sign-in.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run(environment, "ls", "--json").output())
                .contains(system.device().uid());

        String stored = Files.readString(file);
        assertThat(run(environment, "logout").exit()).isZero();
        assertThat(file).doesNotExist();
        Files.writeString(
                file,
                stored.replaceFirst(
                        "\"expires\":\"[^\"]+\"", Matcher.quoteReplacement("\"expires\":\"2000-01-01T00:00:00Z\"")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Program.Result again = run(environment, "ls");
        assertThat(again.exit()).as("a revoked sign-in is refused").isEqualTo(3);
        assertThat(again.error()).doesNotContain("\tat ");
    }

    private void confirm(String address) {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            page.navigate(address);
            // the link alone does nothing: its reader compares the code first
            assertThat(address).contains(page.locator("#device_user_code").inputValue());
            page.getByText("your own terminal shows exactly this code").waitFor();
            page.locator("#kc-login").click();
            new SignInPages(page, system.url())
                    .password("engineer", system.user("engineer").password());
            page.locator("#kc-login").click();
            page.getByText("Device Login Successful").waitFor();
        }
    }

    private Program.Result run(Map<String, String> environment, String... arguments) {
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    @Test
    void aShellOnATerminalFollowsItsSizeAndLeavesItAsItWas() throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(environment("shell"));
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("TERM", "xterm-256color");
        PtyProcess process = new PtyProcessBuilder()
                .setCommand(new String[] {
                    "sh",
                    "-c",
                    "\"$0\" -jar \"$1\" shell \"$2\"; echo ended:$?; stty -a | grep -o ' echo ' && echo as-before",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    system.basculeJar().toString(),
                    system.device().name()
                })
                .setEnvironment(environment)
                .setInitialColumns(101)
                .setInitialRows(31)
                .start();
        Screen screen = new Screen(process.getInputStream());
        try {
            type(process, "echo re''ady\r");
            screen.await("ready\r\n");
            type(process, "stty size\r");
            screen.await("31 101");

            process.setWinSize(new WinSize(77, 22));
            type(process, "while [ \"$(stty size)\" != '22 77' ]; do sleep 0.1; done; echo resi''zed\r");
            screen.await("resized\r\n");

            type(process, "echo gr\u00fc\u00dfe-\u65e5\u672c; exit 3\r");
            screen.await("gr\u00fc\u00dfe-\u65e5\u672c\r\n");
            screen.await("ended:3");
            screen.await("as-before");
        } finally {
            process.destroy();
        }
    }

    private static void type(PtyProcess process, String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Everything that was printed. */
    private static final class Screen {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Screen(InputStream in) {
            Thread reader = new Thread(() -> {
                byte[] buffer = new byte[8_192];
                try {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        synchronized (bytes) {
                            bytes.write(buffer, 0, n);
                        }
                    }
                } catch (IOException e) {
                    // the terminal has gone
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }

        void await(String expected) {
            Eventually.within(LIMIT, "'" + expected + "' in\n" + text(), () -> text().contains(expected));
        }
    }
}

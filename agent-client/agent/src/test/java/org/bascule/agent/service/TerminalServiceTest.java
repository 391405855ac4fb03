package org.bascule.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bascule.agent.account.Account;
import org.bascule.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a real shell on a real pseudo-terminal. */
class TerminalServiceTest {

    private final ServiceFixture fixture = new ServiceFixture();
    private final PipeStream stream = new PipeStream();

    @AfterEach
    void close() {
        stream.reset();
        fixture.close();
    }

    private static JsonObject exitCode(int code) {
        return Json.createObjectBuilder()
                .add("exit", Json.createObjectBuilder().add("code", code))
                .build();
    }

    @Test
    void typedTextIsEchoedAndExecuted() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("echo mar''ker\n");
        stream.awaitText("echo mar''ker");
        stream.awaitText("marker\r\n");
    }

    @Test
    void openedNamesTheAccountBeforeAnythingElse() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("exit\n");
        stream.awaitClosed();
        assertThat(stream.events().get(0).getJsonObject("opened").getString("account"))
                .isEqualTo(fixture.own().name());
    }

    @Test
    void sizeIsGivenAndChanged() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("stty size\n");
        stream.awaitText("24 80");
        stream.send(Json.createObjectBuilder()
                .add("resize", Json.createObjectBuilder().add("cols", 132).add("rows", 50))
                .build());
        stream.type("stty size\n");
        stream.awaitText("50 132");
    }

    @Test
    void nonsensicalResizeIsIgnored() throws Exception {
        fixture.terminal(stream, fixture.own());
        for (String size : List.of("{\"resize\":{\"cols\":0,\"rows\":50}}", "{\"resize\":7}", "{\"x\":1}")) {
            stream.send(Json.createReader(new java.io.StringReader(size)).readObject());
        }
        stream.type("stty size\n");
        stream.awaitText("24 80");
    }

    @Test
    void exitCodeIsTold() throws Exception {
        Future<?> service = fixture.terminal(stream, fixture.own());
        stream.type("exit 7\n");
        stream.awaitClosed();
        assertThat(stream.events().get(1)).isEqualTo(exitCode(7));
        service.get(5, TimeUnit.SECONDS);
    }

    @Test
    void lastOutputComesBeforeTheExitThoughTheShellWasQuietBefore() throws Exception {
        for (int i = 0; i < 3; i++) {
            PipeStream each = new PipeStream();
            fixture.terminal(each, fixture.own());
            each.type("PS1=rea''dy\n");
            each.awaitText("ready");
            TimeUnit.MILLISECONDS.sleep(600); // longer than jobs are waited for
            each.type("echo la''st; exit\n");
            each.awaitClosed();
            assertThat(each.text()).contains("last\r\n");
        }
    }

    @Test
    void signalIsTold() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("kill -9 $$\n");
        stream.awaitClosed();
        assertThat(stream.events().get(1).getJsonObject("exit").getInt("signal"))
                .isEqualTo(9);
    }

    @Test
    void endOfTheClientsInputEndsTheShell() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("PS1=rea''dy\n");
        stream.awaitText("ready"); // the line editor waits
        stream.closeInput();
        stream.awaitClosed();
        assertThat(stream.events().get(1)).isEqualTo(exitCode(0));
    }

    @Test
    void resetEndsTheShellAndItsJobs() throws Exception {
        Future<?> service = fixture.terminal(stream, fixture.own());
        stream.type("trap '' HUP; sleep 1000 & echo pids $$ $! en''d\n");
        stream.awaitText(" end\r\n");
        Matcher pids = Pattern.compile("pids (\\d+) (\\d+) end").matcher(stream.text());
        assertThat(pids.find()).isTrue();
        long shell = Long.parseLong(pids.group(1));
        long job = Long.parseLong(pids.group(2));
        assertThat(ServiceFixture.isAlive(shell) && ServiceFixture.isAlive(job)).isTrue();
        stream.reset();
        PipeStream.await(() -> !ServiceFixture.isAlive(shell) && !ServiceFixture.isAlive(job));
        PipeStream.await(service::isDone);
    }

    @Test
    void jobThatHoldsTheTerminalDoesNotOutliveTheShell() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("(trap '' HUP TERM; exec sleep 1000) & echo pid $! en''d; exit 3\n");
        stream.awaitClosed();
        Matcher pid = Pattern.compile("pid (\\d+) end").matcher(stream.text());
        assertThat(pid.find()).isTrue();
        assertThat(stream.events().get(1)).isEqualTo(exitCode(3));
        PipeStream.await(() -> !ServiceFixture.isAlive(Long.parseLong(pid.group(1))));
    }

    @Test
    void shellHasJobControl() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("set -o | grep monitor\n");
        stream.awaitText("on\r\n");
        assertThat(stream.text()).doesNotContain("no job control");
    }

    @Test
    void environmentIsMadeAnew() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("env -0 | tr '\\0' ';'; echo en''d\n");
        stream.awaitText("end\r\n");
        String own = System.getenv().keySet().stream()
                .filter(name -> name.startsWith("MAVEN") || name.startsWith("JAVA") || name.startsWith("M2"))
                .findFirst()
                .orElse("JAVA_HOME");
        assertThat(stream.text())
                .contains("TERM=xterm-256color;")
                .contains("USER=" + fixture.own().name() + ";")
                .contains("HOME=")
                .contains("LANG=")
                .doesNotContain(own + "=");
    }

    @Test
    void outputWaitsForCredit() throws Exception {
        stream.limit(20_000);
        fixture.terminal(stream, fixture.own());
        stream.type("stty -echo; yes | head -c 400000; echo en''d; exit\n");
        PipeStream.await(() -> stream.bytes().length == 20_000);
        assertThat(stream.text()).doesNotContain("end\r\n");
        assertThat(stream.isClosed()).isFalse();
        stream.grant(Long.MAX_VALUE / 2);
        stream.awaitText("end\r\n");
        stream.awaitClosed();
        assertThat(Arrays.stream(stream.text().split("\r\n", -1))
                        .filter("y"::equals)
                        .count())
                .as("the first line may share its own with an escape sequence")
                .isGreaterThanOrEqualTo(199_999);
    }

    @Test
    void unicodeAndControlBytesPassUnchanged() throws Exception {
        fixture.terminal(stream, fixture.own());
        stream.type("printf '\\xe2\\x82\\xac \\x1b[31mred\\x1b[0m gr\\303\\274n en''d\\n'\n");
        stream.awaitText("€ \u001b[31mred\u001b[0m grün end\r\n");
    }

    @Test
    void rootStepsDownToTheNamedAccountAndTheTerminalIsItsOwn() throws Exception {
        Optional<Account> other = fixture.other();
        assumeTrue(other.isPresent(), "only root may run programs as another account");
        fixture.terminal(stream, other.get());
        stream.type("id -un; id -u; cat /proc/self/status | grep CapEff; echo writ''ten > $(tty); echo en''d\n");
        stream.awaitText("end\r\n");
        assertThat(stream.text())
                .contains("nobody\r\n")
                .contains(other.get().uid() + "\r\n")
                .contains("CapEff:\t0000000000000000")
                .contains("written\r\n")
                .doesNotContain("Permission denied");
        stream.type("exit\n");
        stream.awaitClosed();
    }

    @Test
    void twoTerminalsAreApart() throws Exception {
        PipeStream second = new PipeStream();
        try {
            fixture.terminal(stream, fixture.own());
            fixture.terminal(second, fixture.own());
            Stream.of(stream, second).forEach(each -> each.type("tt''y; echo en''d\n"));
            stream.awaitText("end\r\n");
            second.awaitText("end\r\n");
            assertThat(terminal(stream)).isNotEqualTo(terminal(second));
        } finally {
            second.reset();
        }
    }

    private static String terminal(PipeStream from) {
        Matcher name = Pattern.compile("/dev/pts/\\d+").matcher(from.text());
        assertThat(name.find()).isTrue();
        return name.group();
    }
}

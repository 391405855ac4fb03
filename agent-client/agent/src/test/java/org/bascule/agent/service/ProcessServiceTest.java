package org.bascule.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.account.Account;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessServiceTest {

    private final ServiceFixture fixture = new ServiceFixture();
    private final PipeStream stream = new PipeStream();

    @AfterEach
    void close() {
        stream.reset();
        fixture.close();
    }

    /** The bytes of one channel: 1 output, 2 errors. */
    private String channel(int wanted) {
        ByteBuffer frames = ByteBuffer.wrap(stream.bytes());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (frames.remaining() >= 5) {
            int channel = frames.get();
            byte[] content = new byte[Math.min(frames.getInt(), frames.remaining())];
            frames.get(content);
            assertThat(channel).isBetween(1, 2);
            if (channel == wanted) {
                bytes.writeBytes(content);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private int exitCode() {
        return stream.events().get(1).getJsonObject("exit").getInt("code");
    }

    @Test
    void outputErrorsAndExitCodeComeApart() throws Exception {
        fixture.process(stream, fixture.own(), "{\"shell\":\"echo out; echo err >&2; exit 3\"}");
        stream.awaitClosed();
        assertThat(channel(1)).isEqualTo("out\n");
        assertThat(channel(2)).isEqualTo("err\n");
        assertThat(exitCode()).isEqualTo(3);
        assertThat(stream.events().get(0).getJsonObject("opened").getString("account"))
                .isEqualTo(fixture.own().name());
    }

    @Test
    void argumentsArePassedWithoutAShell() throws Exception {
        fixture.process(stream, fixture.own(), "{\"command\":[\"printf\",\"[%s]\",\"a b\",\"$HOME;id\",\"\"]}");
        stream.awaitClosed();
        assertThat(channel(1)).isEqualTo("[a b][$HOME;id][]");
    }

    @Test
    void inputReachesTheCommandAndItsEndToo() throws Exception {
        fixture.process(stream, fixture.own(), "{\"command\":[\"sort\"]}");
        stream.type("b\na\n");
        stream.closeInput();
        stream.awaitClosed();
        assertThat(channel(1)).isEqualTo("a\nb\n");
        assertThat(exitCode()).isZero();
    }

    @Test
    void inputThatNobodyReadsDoesNotHang() throws Exception {
        fixture.process(stream, fixture.own(), "{\"command\":[\"true\"]}");
        for (int i = 0; i < 50; i++) {
            stream.type("x".repeat(8_000));
        }
        stream.awaitClosed();
        assertThat(exitCode()).isZero();
    }

    @Test
    void megabytesComeWhole() throws Exception {
        fixture.process(stream, fixture.own(), "{\"shell\":\"head -c 5000000 /dev/zero | tr '\\\\0' x\"}");
        stream.awaitClosed();
        assertThat(channel(1)).hasSize(5_000_000).doesNotContain("\0");
    }

    @Test
    void signalIsTold() throws Exception {
        fixture.process(stream, fixture.own(), "{\"shell\":\"kill -9 $$\"}");
        stream.awaitClosed();
        assertThat(stream.events().get(1).getJsonObject("exit").getInt("signal"))
                .isEqualTo(9);
    }

    @Test
    void unknownCommandFailsWithItsReason() throws Exception {
        fixture.process(stream, fixture.own(), "{\"command\":[\"/no/such/programme\"]}");
        stream.awaitClosed();
        assertThat(exitCode()).isNotZero();
        assertThat(channel(2)).contains("/no/such/programme");
    }

    @Test
    void resetEndsTheWholeGroup() throws Exception {
        Future<?> service = fixture.process(
                stream, fixture.own(), "{\"shell\":\"trap '' TERM HUP; sleep 1000 & echo pids $$ $! end; wait\"}");
        stream.awaitText(" end\n");
        Matcher pids = Pattern.compile("pids (\\d+) (\\d+) end").matcher(stream.text());
        assertThat(pids.find()).isTrue();
        stream.reset();
        PipeStream.await(() -> !ServiceFixture.isAlive(Long.parseLong(pids.group(1)))
                && !ServiceFixture.isAlive(Long.parseLong(pids.group(2))));
        PipeStream.await(service::isDone);
    }

    /** A write to the command waits then, and whatever waits for that would keep the command alive. */
    @Test
    void resetEndsACommandThatDoesNotReadItsInput() throws Exception {
        Future<?> service = fixture.process(stream, fixture.own(), "{\"shell\":\"echo pid $$ end; exec sleep 1000\"}");
        stream.awaitText(" end\n");
        Matcher pid = Pattern.compile("pid (\\d+) end").matcher(stream.text());
        assertThat(pid.find()).isTrue();
        for (int i = 0; i < 50; i++) {
            stream.type("x".repeat(8_000));
        }
        PipeStream.await(() -> stream.untaken() < 50);
        TimeUnit.MILLISECONDS.sleep(300); // time to fill the pipe
        assertThat(stream.untaken()).as("a write waits").isPositive();
        stream.reset();
        PipeStream.await(() -> !ServiceFixture.isAlive(Long.parseLong(pid.group(1))));
        PipeStream.await(service::isDone);
    }

    @Test
    void childThatHoldsTheOutputDoesNotKeepTheStreamOpen() throws Exception {
        fixture.process(stream, fixture.own(), "{\"shell\":\"sleep 1000 & echo pid $! end\"}");
        stream.awaitClosed();
        Matcher pid = Pattern.compile("pid (\\d+) end").matcher(stream.text());
        assertThat(pid.find()).isTrue();
        assertThat(exitCode()).isZero();
        PipeStream.await(() -> !ServiceFixture.isAlive(Long.parseLong(pid.group(1))));
    }

    @Test
    void outputIsHeldBackWithoutCredit() throws Exception {
        stream.limit(10_000);
        fixture.process(stream, fixture.own(), "{\"shell\":\"yes | head -c 3000000\"}");
        PipeStream.await(() -> stream.bytes().length == 10_000);
        assertThat(stream.isClosed()).isFalse();
        stream.grant(Long.MAX_VALUE / 2);
        stream.awaitClosed();
        assertThat(channel(1)).hasSize(3_000_000);
    }

    @Test
    void environmentAndAccountAreTheNamedAccounts() throws Exception {
        Optional<Account> other = fixture.other();
        assumeTrue(other.isPresent(), "only root may run programs as another account");
        fixture.process(
                stream, other.get(), "{\"shell\":\"id -un; id -Gn; env | cut -d= -f1 | sort | tr '\\\\n' ' '\"}");
        stream.awaitClosed();
        String[] lines = channel(1).split("\n", -1);
        assertThat(lines[0]).isEqualTo("nobody");
        assertThat(lines[1]).isEqualTo("nogroup");
        assertThat(List.of(lines[2].split(" ")))
                .contains("HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG")
                .doesNotContain("JAVA_HOME", "MAVEN_CMD_LINE_ARGS", "TERM");
    }
}

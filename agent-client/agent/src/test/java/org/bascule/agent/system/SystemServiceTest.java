package org.bascule.agent.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.service.SystemRequest.Signal;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real processes of this machine. */
@Timeout(60)
class SystemServiceTest {

    private static final Operations ALL =
            Operations.of(Operations.PROCESS_VIEW, Operations.PROCESS_MANAGE, Operations.POWER);

    private final SystemService service = new SystemService();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<Process> started = new CopyOnWriteArrayList<>();
    private volatile Operations permitted = ALL;
    private volatile boolean logFails;
    private Account account = new Account("nobody", 65_534, 65_534, Path.of("/"), Path.of("/bin/false"));

    @BeforeEach
    void account() throws Exception {
        account = new AccountDirectory().own();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
        executor.shutdownNow();
    }

    private Process program(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private Future<String> start(SystemClient client, SystemRequest request) {
        return executor.submit(() -> {
            service.run(
                    client,
                    request,
                    new SystemService.Caller(account, () -> permitted),
                    (pid, signal, command) -> {
                        if (logFails) {
                            throw new IOException("the log is full");
                        }
                        log.add(pid + " " + signal + " " + command + " "
                                + ProcessHandle.of(pid)
                                        .map(ProcessHandle::isAlive)
                                        .orElse(false));
                    },
                    reason -> log.add("restart " + reason));
            return "over";
        });
    }

    private SystemClient run(SystemRequest request) throws Exception {
        SystemClient client = new SystemClient();
        start(client, request).get(30, TimeUnit.SECONDS);
        return client;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static long ticks(Process process) throws IOException {
        return new ProcFiles(Path.of("/proc"), Path.of("/etc/passwd"))
                .stat(process.pid())
                .start();
    }

    private static SystemRequest.Kill kill(Process process, Signal signal) throws IOException {
        return new SystemRequest.Kill(process.pid(), ticks(process), signal);
    }

    private static JsonArray row(SystemClient client, long pid) throws Exception {
        return client.all("rows").stream()
                .map(value -> value.asJsonArray())
                .filter(row -> row.getJsonNumber(0).longValue() == pid)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aProcessIsSeenKilledAndGone() throws Exception {
        Process sleep = program("sleep", "987");
        SystemClient client = new SystemClient();
        Future<String> watching = start(client, new SystemRequest.Processes(1));
        await(() -> client.samples() > 0);
        JsonArray row = row(client, sleep.pid());
        assertThat(row.getJsonNumber(1).longValue()).isEqualTo(ticks(sleep));
        assertThat(row.getJsonNumber(2).longValue())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(row.getString(3)).isEqualTo(account.name());
        assertThat(row.getString(8)).isEqualTo("sleep");
        assertThat(row.getString(9)).isEqualTo("sleep 987");
        assertThat(row.getJsonNumber(7).longValue()).as("memory").isBetween(100_000L, 100_000_000L);

        SystemClient killer = run(kill(sleep, Signal.TERM));
        assertThat(killer.events).singleElement().satisfies(event -> assertThat(event)
                .containsKey("done"));
        assertThat(killer.closed).isTrue();
        assertThat(sleep.waitFor()).isEqualTo(128 + 15);
        assertThat(log).as("before the effect").containsExactly(sleep.pid() + " 15 sleep 987 true");
        await(() -> client.all("gone").toString().contains(String.valueOf(sleep.pid())));
        client.leave();
        assertThat(watching.get(10, TimeUnit.SECONDS)).isEqualTo("over");
    }

    @Test
    void signalsStopAndContinue() throws Exception {
        Process sleep = program("sleep", "986");
        ProcFiles files = new ProcFiles(Path.of("/proc"), Path.of("/etc/passwd"));
        run(kill(sleep, Signal.STOP));
        await(() -> files.stat(sleep.pid()).state() == 'T');
        run(kill(sleep, Signal.CONT));
        await(() -> files.stat(sleep.pid()).state() == 'S');
        run(kill(sleep, Signal.KILL));
        assertThat(sleep.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void anotherProcessOfTheSameNumberIsNotMeant() throws Exception {
        Process sleep = program("sleep", "985");
        assertThat(run(new SystemRequest.Kill(sleep.pid(), ticks(sleep) + 1, Signal.KILL))
                        .refused())
                .isEqualTo("gone");
        assertThat(sleep.isAlive()).isTrue();
        assertThat(log).isEmpty();
        SystemRequest.Kill late = kill(sleep, Signal.TERM);
        sleep.destroyForcibly().waitFor();
        assertThat(run(late).refused()).isEqualTo("gone");
    }

    @Test
    void onlyWhatTheAccountMay() throws Exception {
        Process sleep = program("sleep", "984");
        account = new Account("somebody", 54_321, 54_321, Path.of("/"), Path.of("/bin/sh"));
        SystemClient client = run(kill(sleep, Signal.KILL));
        assertThat(client.refused()).isEqualTo("denied");
        assertThat(client.failed).isEqualTo("denied");
        assertThat(sleep.isAlive()).isTrue();
        assertThat(log).isEmpty();
    }

    @Test
    void theAgentItselfIsNotSignalled() throws Exception {
        long pid = ProcessHandle.current().pid();
        assertThat(run(new SystemRequest.Kill(pid, 0, Signal.KILL)).refused()).isEqualTo("agent");
    }

    @Test
    void whatCannotBeLoggedDoesNotHappen() throws Exception {
        Process sleep = program("sleep", "983");
        logFails = true;
        Future<String> killing = start(new SystemClient(), kill(sleep, Signal.KILL));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> killing.get(10, TimeUnit.SECONDS)))
                .hasRootCauseMessage("the log is full");
        assertThat(sleep.isAlive()).isTrue();
    }

    @Test
    void everyRequestNeedsItsOperation() throws Exception {
        Process sleep = program("sleep", "982");
        permitted = Operations.of(Operations.PROCESS_MANAGE, Operations.POWER);
        assertThat(run(new SystemRequest.Processes(1)).refused()).isEqualTo("not-permitted");
        assertThat(run(new SystemRequest.Info()).refused()).isEqualTo("not-permitted");
        permitted = Operations.of(Operations.PROCESS_VIEW, Operations.POWER);
        assertThat(run(kill(sleep, Signal.KILL)).refused()).isEqualTo("not-permitted");
        permitted = Operations.of(Operations.PROCESS_VIEW, Operations.PROCESS_MANAGE);
        assertThat(run(new SystemRequest.Restart("because")).refused()).isEqualTo("not-permitted");
        assertThat(sleep.isAlive()).isTrue();
        assertThat(log).isEmpty();
        permitted = ALL;
        assertThat(run(new SystemRequest.Restart("because")).events.toString()).contains("done");
        assertThat(log).containsExactly("restart because");
    }

    @Test
    void aRightThatIsTakenAwayEndsTheTable() throws Exception {
        SystemClient client = new SystemClient();
        Future<String> watching = start(client, new SystemRequest.Processes(60));
        await(() -> client.samples() > 1);
        permitted = Operations.of(Operations.POWER);
        long begin = System.nanoTime();
        watching.get(20, TimeUnit.SECONDS);
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(client.refused()).isEqualTo("not-permitted");
    }

    @Test
    void nothingIsLookedAtWhileNobodyReads() throws Exception {
        SystemClient client = new SystemClient();
        client.credit.drainPermits();
        start(client, new SystemRequest.Processes(1));
        Thread.sleep(2_500);
        assertThat(client.bytes()).isZero();
        client.credit.release(Integer.MAX_VALUE);
        await(() -> client.samples() == 1);
        assertThat(client.samples()).as("no heap of old samples").isEqualTo(1);
        client.leave();
    }

    @Test
    void aBusyLoopHasItsShareOfAProcessor() throws Exception {
        Process busy = program("/bin/sh", "-c", "while :; do :; done");
        SystemClient client = new SystemClient();
        start(client, new SystemRequest.Processes(1));
        await(() -> client.all("figures").stream()
                .map(value -> value.asJsonArray())
                .anyMatch(figures -> figures.getJsonNumber(0).longValue() == busy.pid()
                        && figures.getJsonNumber(4).longValue() > 100));
        assertThat(row(client, busy.pid()).getInt(6)).as("not known at once").isEqualTo(-1);
        client.leave();
    }

    @Test
    void hostileCommandLinesStayText() throws Exception {
        byte[] name = {'a', '\n', 0x1b, '[', '2', 'J', (byte) 0xc3, '"', '\\'};
        String argument = new String(name, StandardCharsets.ISO_8859_1);
        Process sleep = program("/bin/sh", "-c", "sleep 981; :", argument, "x".repeat(100_000));
        SystemClient client = new SystemClient();
        start(client, new SystemRequest.Processes(1));
        await(() -> client.samples() > 0);
        String command = row(client, sleep.pid()).getString(9);
        assertThat(command).startsWith("/bin/sh -c sleep 981; : a\n\u001b[2J").endsWith("x…");
        assertThat(command.length()).isLessThanOrEqualTo(ProcFiles.MAX_COMMAND + 1);
        assertThat(client.text()).doesNotContain("\u001b");
        client.leave();
        ProcessHandle.of(sleep.pid()).ifPresent(shell -> shell.children().forEach(ProcessHandle::destroy));
    }

    @Test
    void informationIsThere() throws Exception {
        SystemClient client = run(new SystemRequest.Info());
        assertThat(client.failed).isEmpty();
        JsonObject info = StrictJson.parse(client.text(), 256 << 10).object();
        assertThat(info).containsKeys("os", "cpu", "kernel", "now", "fileSystems", "addresses", "people");
        JsonObject now = info.getJsonObject("now");
        assertThat(now.getJsonArray("load")).hasSize(3);
        assertThat(now.getJsonArray("memory").getJsonNumber(0).longValue()).isGreaterThan(64L << 20);
        assertThat(now.getJsonNumber("uptime").longValue()).isPositive();
        assertThat(info.getJsonArray("fileSystems")).isNotEmpty();
    }

    @Test
    void theOwnersCommandRestarts() throws Exception {
        SystemService.execute(List.of("/bin/true"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> SystemService.execute(List.of("/bin/false"))))
                .isInstanceOf(DeviceProblem.class)
                .hasMessage("/bin/false ended with the exit code 1.");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> SystemService.execute(List.of("/no/such"))))
                .isInstanceOf(DeviceProblem.class)
                .hasMessageContaining("/no/such");
    }
}

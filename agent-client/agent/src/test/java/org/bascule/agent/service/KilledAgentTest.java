package org.bascule.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.session.service.CommandLine;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process in the agent's place is killed, and what it had started for somebody must not go on. */
class KilledAgentTest {

    /** Starts a command as the agent does, prints its pid, and waits to be killed. */
    public static final class InPlaceOfTheAgent {
        public static void main(String[] arguments) throws Exception {
            Account account = new AccountDirectory().find(arguments[0]).orElseThrow();
            Launch launch = new Launcher(AccountDirectory.ownUid(), Optional.of(Path.of("/bin/sh")))
                    .command(
                            account,
                            CommandLine.parse(StrictJson.parse("{\"command\":[\"sleep\",\"300\"]}", 1_000)
                                    .object()));
            Process process = new ProcessBuilder(launch.command()).start();
            System.out.println(process.pid());
            process.waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCommandEndsWithTheAgentThatWasKilled(boolean asAnother) throws Exception {
        boolean root = AccountDirectory.ownUid() == 0;
        String account =
                asAnother && root ? "nobody" : new AccountDirectory().own().name();
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        InPlaceOfTheAgent.class.getName(),
                        account)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle command = started(agent);
        awaitName(command, "sleep");

        agent.destroyForcibly().waitFor();

        command.onExit().get(10, TimeUnit.SECONDS);
        assertThat(command.isAlive()).isFalse();
    }

    private static ProcessHandle started(Process agent) throws IOException {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(agent.getInputStream(), StandardCharsets.UTF_8))) {
            return ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
        }
    }

    /** The tools before it execute in place: it has been reached when the process is called as it is. */
    private static void awaitName(ProcessHandle process, String name) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!process.info().command().orElse("").endsWith("/" + name)) {
            assertThat(System.nanoTime()).as("the command was not reached").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}

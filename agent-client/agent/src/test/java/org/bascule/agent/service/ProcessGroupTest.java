package org.bascule.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessGroupTest {

    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");

    @Test
    void nothingIsSignalledOnceItsNumberMayBeSomebodyElses() throws Exception {
        Process leader = session("0");
        ProcessGroup group = new ProcessGroup(leader.pid());
        assertThat(leader.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(group.members()).isEmpty();
        Process other = sessionOf(leader.pid());
        try {
            assumeThat(other.pid()).as("the number was taken by somebody else").isEqualTo(leader.pid());
            assertThat(new ProcessGroup(other.pid()).members()).hasSize(1);
            group.end();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    private static Process session(String seconds) throws IOException {
        return new ProcessBuilder("setsid", "sleep", seconds).start();
    }

    /** With that number, if the kernel lets the test choose it and nobody is quicker. */
    private static Process sessionOf(long pid) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                Files.writeString(LAST_PID, Long.toString(pid - 1));
            } catch (IOException e) {
                assumeThat(e).as("numbers can be chosen").isNull();
            }
            Process process = session("30");
            if (process.pid() == pid) {
                // until it has a session of its own
                while (process.isAlive() && new ProcessGroup(pid).members().isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                return process;
            }
            process.destroyForcibly().waitFor();
        }
        return session("30");
    }
}

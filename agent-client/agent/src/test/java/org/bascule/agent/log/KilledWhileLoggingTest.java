package org.bascule.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full log is in the audit log exactly once (AUD-3): a process in the agent's place acts and logs, is killed again and again at random moments, and finds a server that takes
 * nothing for lives on end, or takes it and does not come to say so. The server's rule is that of the access server: it skips what it has.
 */
class KilledWhileLoggingTest {

    private static final int LIVES = 10;

    /** Logs and then acts, as fast as it can; its network are standard output and input, one line for a message. */
    public static final class InPlaceOfTheAgent {
        public static void main(String[] arguments) throws Exception {
            Path effects = Path.of(arguments[1]);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            EventSpool spool = EventSpool.open(
                    StateFolder.create(Path.of(arguments[0])), EventSpool.DEFAULT_BOUND, count -> "lost " + count);
            EventLog events = new EventLog(spool, Instant::now, message -> {
                System.out.println(((ReportMessage.Events) message).toJson());
                return true;
            });
            events.connected();
            Thread acknowledgements = new Thread(() -> {
                try {
                    for (String line = in.readLine(); line != null; line = in.readLine()) {
                        events.acknowledged(Long.parseLong(line));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            acknowledgements.setDaemon(true);
            acknowledgements.start();
            SessionLog log = new SessionLog(events, SessionId.random(), () -> true, () -> false);
            for (int i = 0; ; i++) {
                String action = arguments[2] + "-" + i;
                log.processStarted(action, "service");
                Files.writeString(effects, action + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    private final Random random = new Random(20_261);
    private final List<String> audit = new ArrayList<>();
    private long next;

    @Test
    void everyActionIsInTheLogOnceWhateverHappens(@TempDir Path folder) throws Exception {
        Path effects = folder.resolve("effects");
        for (int life = 0; life < LIVES; life++) {
            boolean unreachable = life % 3 != 2;
            Process agent = start(folder, effects, "life" + life);
            serve(agent, unreachable, false, 100 + random.nextInt(400));
        }
        // the last one finds everything in order, until there is nothing left that is old
        Process agent = start(folder, effects, "last");
        serve(agent, false, true, 30_000);

        List<String> done = Files.readAllLines(effects, StandardCharsets.UTF_8);
        List<String> old =
                done.stream().filter(action -> action.startsWith("life")).toList();
        assertThat(old).as("something happened").hasSizeGreaterThan(LIVES);
        assertThat(audit).doesNotHaveDuplicates();
        assertThat(audit).containsAll(old);
        long without = audit.stream()
                .filter(action -> action.startsWith("life") && !done.contains(action))
                .count();
        assertThat(without)
                .as("at most one action a life was logged and did not happen any more")
                .isLessThanOrEqualTo(LIVES);
    }

    private static Process start(Path folder, Path effects, String name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InPlaceOfTheAgent.class.getName(),
                        folder.resolve("events").toString(),
                        effects.toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /**
     * Takes what comes, and kills the process.
     *
     * @param last whether it goes on until something of this process comes, and then ends it
     * @param millis after its first message
     */
    private void serve(Process agent, boolean unreachable, boolean last, long millis) throws Exception {
        long begun = System.nanoTime();
        try (BufferedReader from =
                        new BufferedReader(new InputStreamReader(agent.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter to =
                        new BufferedWriter(new OutputStreamWriter(agent.getOutputStream(), StandardCharsets.UTF_8))) {
            Thread killer = new Thread(() -> kill(agent, millis));
            killer.setDaemon(true);
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (killer.getState() == Thread.State.NEW) {
                    killer.start();
                }
                if (unreachable || !take(line)) {
                    continue;
                }
                if (last && audit.get(audit.size() - 1).startsWith("last")) {
                    agent.destroyForcibly();
                    break;
                }
                if (last || random.nextInt(10) > 0) {
                    acknowledge(to);
                }
                if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(60)) {
                    throw new AssertionError("nothing new came");
                }
            }
        } catch (IOException e) {
            // it was killed while it was written to
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    private void acknowledge(BufferedWriter to) throws IOException {
        to.write(next + "\n");
        to.flush();
    }

    private static void kill(Process agent, long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        agent.destroyForcibly();
    }

    /** False for a line that was cut off. */
    private boolean take(String line) {
        ReportMessage.Events batch;
        try {
            batch = (ReportMessage.Events) ControlMessage.parse(line).orElseThrow();
        } catch (org.bascule.wire.WireException e) {
            return false;
        }
        assertThat(batch.first()).as("nothing is left out").isLessThanOrEqualTo(next);
        for (int i = 0; i < batch.events().size(); i++) {
            if (batch.first() + i >= next) {
                next = batch.first() + i + 1;
                audit.add(command(batch.events().get(i)));
            }
        }
        return true;
    }

    private static String command(DeviceEvent event) {
        return event.detail().replaceAll(".*\"command\":\"([^\"]*)\".*", "$1");
    }
}

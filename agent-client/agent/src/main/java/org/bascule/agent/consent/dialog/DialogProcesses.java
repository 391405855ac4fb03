package org.bascule.agent.consent.dialog;

import jakarta.json.JsonObjectBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.consent.Question;
import org.bascule.agent.consent.QuestionListener;
import org.bascule.agent.display.Display;
import org.bascule.agent.display.Displays;
import org.bascule.agent.display.WindowProgramme;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Shows each question on every display that somebody is in front of, and gives what is answered there to the desk. Thread-safe. */
public final class DialogProcesses implements QuestionListener {

    private static final System.Logger LOG = System.getLogger(DialogProcesses.class.getName());
    private static final int MAX_ANSWER = 4_096;
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final ConsentDesk desk;
    private final Displays displays;
    private final InstantSource clock;
    private final Executor executor;
    private final WindowProgramme programme;

    // guarded by this
    private final Map<String, List<Process>> shown = new HashMap<>();

    public DialogProcesses(ConsentDesk desk, long ownUid, InstantSource clock, Executor executor) {
        this(
                desk,
                new Displays(new AccountDirectory(), ownUid),
                clock,
                executor,
                WindowProgramme.of(ownUid, ConsentDialog.class));
    }

    /** The same with another programme that shows the question: for tests. */
    DialogProcesses(
            ConsentDesk desk, Displays displays, InstantSource clock, Executor executor, WindowProgramme programme) {
        this.desk = desk;
        this.displays = displays;
        this.clock = clock;
        this.executor = executor;
        this.programme = programme;
    }

    @Override
    public void opened(Question question) {
        try {
            List<Display> present = displays.present();
            if (present.isEmpty()) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "no display for a question: answer with `bascule-agent consent` or on the local page");
            }
            for (Display display : present) {
                start(question, display);
            }
        } catch (AccountException | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a question is not on the display: {0}", e.getMessage());
        }
    }

    private void start(Question question, Display display) throws AccountException, IOException {
        Process process = programme.start(display);
        synchronized (this) {
            shown.computeIfAbsent(question.id(), id -> new ArrayList<>()).add(process);
        }
        executor.execute(() -> follow(question, display, process));
        OutputStream in = process.getOutputStream(); // stays open: its end closes the dialog
        in.write((ask(question) + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        if (desk.open().stream().noneMatch(one -> one.id().equals(question.id()))) {
            closed(question); // answered while it was being shown
        }
    }

    private String ask(Question question) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("user", question.user()).add("from", question.from());
        question.reason().ifPresent(reason -> json.add("reason", reason));
        return json.add(
                        "operations",
                        Json.createArrayBuilder(question.operations().names()))
                .add(
                        "seconds",
                        Math.max(
                                0,
                                Duration.between(clock.instant(), question.until())
                                        .toSeconds()))
                .build()
                .toString();
    }

    /** Nothing is written by a dialog that cannot be shown, is closed because its time is over, or is killed. */
    private void follow(Question question, Display display, Process process) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            char[] text = new char[MAX_ANSWER];
            int length = 0;
            int read;
            while (length < text.length && (read = out.read(text, length, text.length - length)) > 0) {
                length += read;
                if (text[length - 1] == '\n') {
                    break;
                }
            }
            if (length > 0) {
                StrictJson answer = StrictJson.parse(new String(text, 0, length), MAX_ANSWER);
                desk.answer(question.id(), granted(answer), display.account().name() + " on display " + display.name());
            }
        } catch (IOException | WireException e) {
            LOG.log(System.Logger.Level.WARNING, "a dialog on display {0}: {1}", display.name(), e.getMessage());
        }
    }

    private static Optional<Operations> granted(StrictJson answer) throws WireException {
        return answer.has("operations")
                ? Optional.of(Operations.of(answer.strings("operations", 16, 128)))
                : Optional.empty();
    }

    @Override
    public void closed(Question question) {
        List<Process> processes;
        synchronized (this) {
            processes = shown.remove(question.id());
        }
        if (processes == null) {
            return;
        }
        for (Process process : processes) {
            close(process);
        }
    }

    private static void close(Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

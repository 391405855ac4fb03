package org.bascule.agent.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Version;
import org.bascule.agent.consent.ConsentCommands;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent consent}. */
@Command(
        name = "consent",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows who wants to use this device, and lets you allow or refuse it.",
            "Without --grant and --refuse it asks you about each one, on a terminal."
        })
public final class ConsentCommand implements Callable<Integer> {

    private static final int MAX_QUESTIONS = 64;
    /** Characters of an id that are enough to name a question. */
    private static final int ENOUGH = 4;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What to answer. */
    private static final class Answer {
        @Option(
                names = "--grant",
                paramLabel = "ID",
                description = "Allows what this question is about; the first characters of its id are enough.")
        private @Nullable String grant;

        @Option(names = "--refuse", paramLabel = "ID", description = "Refuses it.")
        private @Nullable String refuse;
    }

    @ArgGroup
    private @Nullable Answer answer;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "TOOL",
            description = "With --grant: these tools and no others of those that were asked for.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "With --refuse: why, for who asked.")
    private String reason = "";

    @Option(names = "--wait", description = "Waits until somebody asks.")
    private boolean wait;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    private record Asked(String id, String user, String from, String reason, List<String> operations, long seconds) {

        static Asked parse(StrictJson json) throws WireException {
            return new Asked(
                    json.string("id", 32),
                    json.string("user", 256),
                    json.text("from", 64),
                    json.optionalString("reason", 500).orElse(""),
                    json.strings("operations", 16, 128),
                    json.number("seconds", 0, 3_600));
        }
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try {
            if (!Files.isDirectory(folder.path())) {
                return fail("This device is not enrolled.", ExitCode.STATE);
            }
            LocalClient agent = new LocalClient(StateFolder.open(folder.path()));
            Optional<StrictJson> answered = list(agent);
            if (answered.isEmpty()) {
                return fail("No agent is running in this folder.", ExitCode.NOT_RUNNING);
            }
            List<Asked> questions = questions(answered.get());
            if (answer != null) {
                return decide(agent, questions);
            }
            if (json) {
                print(Printable.json(answered.get().object()));
                return ExitCode.OK;
            }
            return System.console() == null ? shown(questions) : ask(agent, questions);
        } catch (LocalException e) {
            return fail(e.sentence(), ExitCode.FAILED);
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        } catch (WireException e) {
            return fail("The running agent's answer cannot be understood.", ExitCode.FAILED);
        }
    }

    private Optional<StrictJson> list(LocalClient agent) throws LocalException, WireException, InterruptedException {
        Optional<StrictJson> answered = agent.ask(ConsentCommands.LIST);
        while (wait && answered.isPresent() && questions(answered.get()).isEmpty()) {
            TimeUnit.SECONDS.sleep(1);
            answered = agent.ask(ConsentCommands.LIST);
        }
        return answered;
    }

    private static List<Asked> questions(StrictJson answered) throws WireException {
        List<Asked> questions = new ArrayList<>();
        for (StrictJson question : answered.children("questions", MAX_QUESTIONS)) {
            questions.add(Asked.parse(question));
        }
        return questions;
    }

    private int decide(LocalClient agent, List<Asked> questions) throws LocalException {
        Answer what = answer == null ? new Answer() : answer;
        String id = what.grant == null ? String.valueOf(what.refuse) : what.grant;
        List<Asked> named = questions.stream()
                .filter(one -> id.length() >= ENOUGH && one.id().startsWith(id.toLowerCase(Locale.ROOT)))
                .toList();
        if (named.size() != 1) {
            return fail("There is no such question, or not only one.", ExitCode.FAILED);
        }
        Asked question = named.get(0);
        if (what.grant == null) {
            return send(agent, question, Optional.empty(), reason);
        }
        List<String> granted = only.isEmpty() ? question.operations() : only;
        if (!question.operations().containsAll(granted)) {
            return fail("That was not asked for.", ExitCode.USAGE);
        }
        return send(agent, question, Optional.of(granted), "");
    }

    private int send(LocalClient agent, Asked question, Optional<List<String>> granted, String why)
            throws LocalException {
        JsonObjectBuilder arguments = Json.createObjectBuilder().add("id", question.id());
        granted.ifPresentOrElse(
                operations -> arguments.add("operations", Json.createArrayBuilder(operations)),
                () -> arguments.add("refused", why));
        JsonObject sent = arguments.build();
        if (agent.ask(ConsentCommands.ANSWER, sent).isEmpty()) {
            return fail("No agent is running in this folder.", ExitCode.NOT_RUNNING);
        }
        print(granted.map(operations -> "Allowed: " + Printable.of(String.join(", ", operations)) + ".")
                .orElse("Refused."));
        return ExitCode.OK;
    }

    private int shown(List<Asked> questions) {
        if (questions.isEmpty()) {
            print("Nobody asks.");
        }
        questions.forEach(this::show);
        return ExitCode.OK;
    }

    private void show(Asked question) {
        print(
                """
                Question: %s   (%d s left)
                Who:      %s
                From:     %s
                Why:      %s
                Tools:    %s"""
                        .formatted(
                                question.id().substring(0, 8),
                                question.seconds(),
                                Printable.of(question.user()),
                                Printable.of(question.from()),
                                question.reason().isEmpty() ? "(not said)" : Printable.of(question.reason()),
                                Printable.of(String.join(", ", question.operations()))));
    }

    private int ask(LocalClient agent, List<Asked> questions) throws LocalException, IOException {
        if (questions.isEmpty()) {
            return shown(questions);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        for (Asked question : questions) {
            show(question);
            List<String> granted = new ArrayList<>();
            for (String operation : question.operations()) {
                if (confirms(in, "Allow " + Printable.of(operation) + "? [y/N] ")) {
                    granted.add(operation);
                }
            }
            int code = send(agent, question, granted.isEmpty() ? Optional.empty() : Optional.of(granted), "");
            if (code != ExitCode.OK) {
                return code;
            }
        }
        return ExitCode.OK;
    }

    private boolean confirms(BufferedReader in, String question) throws IOException {
        var out = spec.commandLine().getOut();
        out.print(question);
        out.flush();
        String said = in.readLine();
        return said != null && said.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    private void print(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
        return code;
    }
}

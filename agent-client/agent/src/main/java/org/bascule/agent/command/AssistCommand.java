package org.bascule.agent.command;

import jakarta.json.JsonObjectBuilder;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Version;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.control.ReportMessage.Assist;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bascule-agent assist}. */
@Command(
        name = "assist",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Asks those who look after this device for help, and says what became of it.")
public final class AssistCommand implements Callable<Integer> {

    private static final int PAUSE_MILLIS = 200;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "What is wrong.")
    private @Nullable String text;

    @Option(names = "--name", paramLabel = "NAME", description = "Whom to ask for.")
    private @Nullable String name;

    @Option(names = "--phone", paramLabel = "NUMBER", description = "Where to call.")
    private @Nullable String phone;

    @Option(names = "--email", paramLabel = "ADDRESS", description = "Where to write.")
    private @Nullable String email;

    @Option(names = "--status", description = "Says what became of the last request.")
    private boolean status;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long to wait for the server's answer (default: ${DEFAULT-VALUE}).")
    private int wait = 15;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() throws InterruptedException {
        if (status == (text != null)) {
            return fail("Say what is wrong, or --status.", ExitCode.USAGE);
        }
        try {
            if (!Files.isDirectory(folder.path())) {
                return fail("This device is not enrolled.", ExitCode.STATE);
            }
            DeviceState state = new DeviceState(StateFolder.open(folder.path()));
            if (!state.isEnrolled()) {
                return fail("This device is not enrolled.", ExitCode.STATE);
            }
            AssistanceFolder assistance = AssistanceFolder.in(state.folder());
            return text == null ? shown(assistance) : ask(state, assistance, text);
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        }
    }

    private int ask(DeviceState state, AssistanceFolder assistance, String what)
            throws StateException, InterruptedException {
        Optional<String> wrong = wrong(what);
        if (wrong.isPresent()) {
            return fail(wrong.get(), ExitCode.USAGE);
        }
        if (!assistance.mayAsk()) {
            return fail("Help was asked for already; see `bascule-agent assist --status`.", ExitCode.STATE);
        }
        assistance.ask(new Assist(
                UUID.randomUUID().toString(),
                what,
                Optional.ofNullable(name),
                Optional.ofNullable(phone),
                Optional.ofNullable(email),
                Instant.now()));
        if (!state.folder().isLocked()) {
            print("The request is kept; no agent is running to send it.", "unsent", "");
            return ExitCode.NOT_RUNNING;
        }
        for (int i = 0; i * PAUSE_MILLIS < wait * 1_000 && assistance.told().isEmpty(); i++) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return shown(assistance);
    }

    private Optional<String> wrong(String what) {
        if (what.isBlank() || what.length() > Assist.MAX_TEXT) {
            return Optional.of("The text has 1 to " + Assist.MAX_TEXT + " characters.");
        }
        return isWrong(name, Assist.MAX_NAME) || isWrong(phone, Assist.MAX_PHONE) || isWrong(email, Assist.MAX_EMAIL)
                ? Optional.of("Name, number or address is empty or too long.")
                : Optional.empty();
    }

    private static boolean isWrong(@Nullable String value, int max) {
        return value != null && (value.isBlank() || value.length() > max);
    }

    private int shown(AssistanceFolder assistance) throws StateException {
        Optional<Assist> request = assistance.request();
        if (request.isEmpty()) {
            print("Nobody has asked for help.", "none", "");
            return ExitCode.OK;
        }
        Optional<AssistanceFolder.Told> told = assistance.told();
        if (told.isEmpty()) {
            if (assistance.isSent()) {
                print("The request was sent; the server has not answered yet.", "sent", "");
            } else {
                print(
                        "The request is kept and will be sent when the server can be reached; until then another one takes its place.",
                        "unsent",
                        "");
            }
            return ExitCode.OK;
        }
        String detail = told.get().detail();
        print(sentence(told.get().state(), Printable.of(detail)), told.get().state(), detail);
        return told.get().state().equals("refused") ? ExitCode.SERVER : ExitCode.OK;
    }

    private static String sentence(String state, String detail) {
        return switch (state) {
            case "open" -> "Help was asked for; nobody has taken it yet.";
            case "taken" -> "Taken by " + detail + ".";
            case "closed" -> detail.isEmpty() ? "Closed." : "Closed: " + detail;
            case "expired" -> "Nobody closed the request in time; ask again.";
            case "refused" -> "Not accepted: " + refusal(detail);
            default -> state + ": " + detail;
        };
    }

    private static String refusal(String code) {
        return switch (code) {
            case "disabled" -> "requests for help are switched off for this device.";
            case "already-open" -> "another request of this device is open.";
            case "invalid" -> "its text has nothing that can be read.";
            case "too-many" -> "this device has asked too often today.";
            case "contact-name" -> "say who you are with --name.";
            case "contact-phone" -> "say where you can be called with --phone.";
            case "contact-email" -> "say your address with --email.";
            default -> code + ".";
        };
    }

    private void print(String sentence, String state, String detail) {
        var out = spec.commandLine().getOut();
        JsonObjectBuilder object =
                Json.createObjectBuilder().add("state", state).add("detail", detail);
        out.println(json ? Printable.json(object.build()) : sentence);
        out.flush();
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
        return code;
    }
}

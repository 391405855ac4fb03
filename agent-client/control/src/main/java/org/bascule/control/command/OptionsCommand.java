package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the domain has decided about itself. */
@Command(
        name = "options",
        header = "Options of the domain: show, set.",
        subcommands = {OptionsCommand.Show.class, OptionsCommand.Set.class})
final class OptionsCommand {

    private static final String PATH = "/api/domain/options";
    private static final String NONE = "none";

    @Command(name = "show", header = "Show the options.")
    static final class Show extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(PATH));
        }
    }

    @Command(name = "set", header = "Change options; those that are not given stay.")
    static final class Set extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(
                names = "--comment-required",
                paramLabel = "on|off",
                description = "at the end of a session its user says what was done")
        private @Nullable String commentRequired;

        @Option(
                names = "--full-session-log",
                paramLabel = "on|off",
                description = "every session is logged in full, whatever its policy says")
        private @Nullable String fullSessionLog;

        @Option(
                names = "--assistance",
                paramLabel = "on|off",
                description = "help may be asked for, at devices where it is on as well")
        private @Nullable String assistance;

        @Option(
                names = "--contact-fields",
                split = ",",
                paramLabel = "FIELD",
                description = "what a request for help must name: name, phone, email, or none")
        private @Nullable List<String> contactFields;

        @Option(
                names = "--assistance-expires",
                paramLabel = "HOURS",
                description = "when a request for help that nobody closes is over, 1 to 720")
        private @Nullable Integer expiresHours;

        @Option(
                names = "--notify",
                split = ",",
                paramLabel = "ADDRESS",
                description = "who is told by e-mail of requests and alarms, or none")
        private @Nullable List<String> notify;

        @Option(
                names = "--quota",
                paramLabel = "N",
                description = "so many sessions at once in the domain, or none for no limit")
        private @Nullable String quota;

        @Option(
                names = "--audit-days",
                paramLabel = "DAYS",
                description = "how long the audit log is kept, 365 to 36500")
        private @Nullable Integer auditDays;

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject body = body();
            if (body.isEmpty()) {
                throw new CommandException(
                        ExitCode.USAGE, "say which option to change: see 'bascule options set --help'");
            }
            String etag = version.of(desk.server().get(PATH));
            return desk.members(desk.server().change(PATH, etag, body));
        }

        private JsonObject body() throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder();
            addSwitch(body, "commentRequired", commentRequired, "--comment-required");
            addSwitch(body, "fullSessionLog", fullSessionLog, "--full-session-log");
            JsonObjectBuilder help = Json.createObjectBuilder();
            addSwitch(help, "enabled", assistance, "--assistance");
            addList(help, "contactFields", contactFields, "--contact-fields");
            addNumber(help, "expiresHours", expiresHours);
            JsonObject helpBody = help.build();
            if (!helpBody.isEmpty()) {
                body.add("assistance", helpBody);
            }
            addList(body, "notificationAddresses", notify, "--notify");
            addNumber(body, "auditDays", auditDays);
            String most = quota;
            if (most != null) {
                body.add("quota", quota(most));
            }
            return body.build();
        }

        private static void addSwitch(JsonObjectBuilder body, String member, @Nullable String value, String option)
                throws CommandException {
            if (value != null) {
                body.add(member, Switch.parse(option, value));
            }
        }

        private static void addNumber(JsonObjectBuilder body, String member, @Nullable Integer value) {
            if (value != null) {
                body.add(member, value);
            }
        }

        private static void addList(JsonObjectBuilder body, String member, @Nullable List<String> values, String option)
                throws CommandException {
            if (values == null) {
                return;
            }
            if (values.stream().anyMatch(String::isBlank)) {
                throw new CommandException(ExitCode.USAGE, option + " has an empty text; none of them is 'none'");
            }
            JsonArrayBuilder list = Json.createArrayBuilder();
            if (!values.equals(List.of(NONE))) {
                values.forEach(list::add);
            }
            body.add(member, list);
        }

        private static JsonValue quota(String text) throws CommandException {
            if (text.equals(NONE)) {
                return JsonValue.NULL;
            }
            try {
                return Json.createValue(Integer.parseInt(text));
            } catch (NumberFormatException e) {
                throw new CommandException(
                        ExitCode.USAGE, "a quota is a number or 'none', not " + Printable.of(text), e);
            }
        }
    }
}

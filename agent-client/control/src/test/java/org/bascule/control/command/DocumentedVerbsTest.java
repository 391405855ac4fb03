package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** {@code docs/cli.md} says what the program does: every verb with an example that is a correct command line, every exit code. */
class DocumentedVerbsTest {

    private static final Path DOCUMENT = Path.of("../../docs/cli.md");
    private static final Path OPERATIONS =
            Path.of("../../ejb-domain/src/main/java/org/bascule/domain/audit/Operation.java");
    private static final Pattern OPERATION = Pattern.compile("^ {4}[A-Z_]+\\(\"([a-z.-]+)\"", Pattern.MULTILINE);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| ([^|]*) \\|");

    /** The example lines: words as a shell would make them. */
    private static List<List<String>> examples() throws IOException {
        List<List<String>> examples = new ArrayList<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("bascule ")) {
                List<String> words = new ArrayList<>();
                Matcher word = WORD.matcher(line.substring("bascule ".length()));
                while (word.find()) {
                    words.add(
                            word.group(1) != null
                                    ? word.group(1)
                                    : word.group(2) != null ? word.group(2) : word.group(3));
                }
                examples.add(words);
            }
        }
        return examples;
    }

    /** Names such as {@code folder rename} of all commands that do something. */
    private static TreeSet<String> verbs(CommandLine line, String name) {
        TreeSet<String> verbs = new TreeSet<>();
        if (line.getCommand() instanceof Action) {
            verbs.add(name);
        }
        line.getSubcommands().forEach((sub, command) -> verbs.addAll(verbs(command, (name + " " + sub).strip())));
        return verbs;
    }

    private static String verb(ParseResult parsed) {
        List<String> names = new ArrayList<>();
        for (ParseResult at = parsed; at.hasSubcommand(); at = at.subcommand()) {
            names.add(at.subcommand().commandSpec().name());
        }
        return String.join(" ", names);
    }

    @Test
    void everyExampleIsACorrectCommandLine() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(50);
        for (List<String> words : examples()) {
            assertThatCode(() -> Bascule.whole().parseArgs(words.toArray(String[]::new)))
                    .as("bascule " + String.join(" ", words))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyVerbHasAnExample() throws IOException {
        TreeSet<String> shown = new TreeSet<>();
        for (List<String> words : examples()) {
            shown.add(verb(Bascule.whole().parseArgs(words.toArray(String[]::new))));
        }
        TreeSet<String> verbs = verbs(Bascule.whole(), "");
        assertThat(verbs).hasSizeGreaterThan(60);
        assertThat(shown).isEqualTo(verbs);
    }

    /** The server answers a code that does not exist with an empty list, not with an error. */
    @Test
    void operationCodesInExamplesExist() throws IOException {
        List<String> codes = OPERATION
                .matcher(Files.readString(OPERATIONS))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(codes).hasSizeGreaterThan(80);
        List<String> shown = new ArrayList<>();
        for (List<String> words : examples()) {
            int option = words.indexOf("--code");
            if (option >= 0) {
                shown.add(words.get(option + 1));
            }
        }
        assertThat(shown).isNotEmpty().isSubsetOf(codes);
    }

    /** {@code --json} is for programs: only what prints nothing of the server, or bytes, goes without. */
    @Test
    void everyVerbThatAsksTheServerHasJson() {
        for (String verb : verbs(Bascule.whole(), "")) {
            CommandLine command = Bascule.whole();
            for (String name : verb.split(" ")) {
                command =
                        Optional.ofNullable(command.getSubcommands().get(name)).orElseThrow();
            }
            if (command.getCommand() instanceof ServerAction) {
                assertThat(command.getCommandSpec().findOption("--json"))
                        .as(verb)
                        .isNotNull();
            }
        }
    }

    @Test
    void everyExitCodeIsInTheTableAndNoOther() throws IOException {
        Map<Integer, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(Integer.parseInt(row.group(1)), row.group(2));
            }
        }
        assertThat(documented.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ExitCode.values()).map(ExitCode::code).toList());
        for (ExitCode code : ExitCode.values()) {
            assertThat(documented.get(code.code())).contains(code.meaning());
        }
    }

    /** Each code by what the document says leads to it. */
    @ParameterizedTest
    @CsvSource({
        "0, 200, none, folder list",
        "1, 500, internal, folder list",
        "2, 200, none, folder list --bogus",
        "3, 401, not-signed-in, folder list",
        "4, 403, forbidden, folder list",
        "4, 404, not-found, folder list",
        "5, 409, device-offline, folder list",
        "6, 409, handshake-failed, folder list",
        "7, 503, unavailable, folder list",
        "8, 409, last-owner, folder list",
        "9, 204, none, token delete x",
        "10, 412, precondition-failed, folder list"
    })
    void exitCodesAreAsDocumented(int code, int status, String problem, String line, @TempDir Path home)
            throws IOException {
        try (FakeServer server = new FakeServer()) {
            TestUser user = new TestUser(home);
            user.environment.put("BASCULE_URL", server.url());
            user.environment.put("BASCULE_TOKEN", "access");
            server.on(
                    "GET /api/folders",
                    status,
                    problem.equals("none")
                            ? "{\"items\":[],\"next\":null}"
                            : "{\"type\":\"urn:bascule:problem:" + problem + "\",\"detail\":\"Because.\"}");
            assertThat(user.run(line.split(" "))).as(user.err()).isEqualTo(code);
        }
    }
}

package org.bascule.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands of {@code docs/operations.md} are those that the launcher, and so every test, runs. */
class OperationsTextTest {

    private static final Path SCRIPTS = Path.of("target/install/scripts").toAbsolutePath();
    private static final Path TEXT = Path.of("../../docs/operations.md");

    /** Lines of the blocks, without comments. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean block = false;
        for (String line : Files.readAllLines(TEXT)) {
            if (line.startsWith("```")) {
                block = !block;
            } else if (block) {
                commands.add(line.replaceFirst(" +# .*", "").strip());
            }
        }
        return commands;
    }

    @Test
    void everyScriptThatIsNamedIsInstalledAndTakesThatManyArguments() throws IOException {
        List<String> scripts =
                commands().stream().filter(line -> line.startsWith("scripts/")).toList();
        assertThat(scripts).hasSizeGreaterThan(5);
        for (String line : scripts) {
            String[] words = line.split(" +");
            Path script = SCRIPTS.resolve(words[0].substring("scripts/".length()));
            assertThat(script).as(line).exists();
            Pattern usage = Pattern.compile(
                    "Usage: " + Pattern.quote(script.getFileName().toString()) + "((?: [A-Z-]+)*)");
            List<MatchResult> usages =
                    usage.matcher(Files.readString(script)).results().toList();
            assertThat(usages).as("usage of " + script).isNotEmpty();
            long wanted = usages.get(0).group(1).strip().split(" ").length;
            assertThat((long) words.length - 1).as(line).isGreaterThanOrEqualTo(wanted);
        }
    }

    /** The launcher runs the JVM itself, because {@code kc.sh} stays between it and the server; the words are the same. */
    @Test
    void keycloakIsStartedAsTheTextSays() throws IOException {
        String start = String.join(" ", Keycloak.START);
        assertThat(commands().stream().filter(line -> line.contains("kc.sh")))
                .containsExactly(
                        "/opt/keycloak/bin/kc.sh " + start + " " + Keycloak.IMPORT, "/opt/keycloak/bin/kc.sh " + start);
        assertThat(commands()).anyMatch(line -> line.endsWith(" /opt/keycloak/" + Keycloak.IMPORT_FOLDER));
    }
}

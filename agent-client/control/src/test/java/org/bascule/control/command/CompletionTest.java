package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bascule completion} prints, in a real bash. */
@Timeout(60)
class CompletionTest {

    private Path home = Path.of("nowhere");
    private Path script = Path.of("completion");

    @BeforeEach
    void write(@TempDir Path folder) throws IOException {
        home = folder;
        TestUser user = new TestUser(home);
        assertThat(user.run("completion", "bash")).as(user.err()).isZero();
        script = Files.writeString(home.resolve("completion"), user.out());
    }

    private static String bash(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 3];
        command[0] = "bash";
        command[1] = "--norc";
        command[2] = "--noprofile";
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        bash.getOutputStream().close();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).as(output).isZero();
        return output;
    }

    /** What bash offers for the last word. */
    private List<String> offered(String line) throws Exception {
        String[] words = line.split(" ", -1);
        StringBuilder program = new StringBuilder(
                // bash knows it only while it completes by itself
                "compopt() { :; }; source \"$1\"; COMP_WORDS=(");
        for (String word : words) {
            program.append("'").append(word).append("' ");
        }
        program.append("); COMP_CWORD=")
                .append(words.length - 1)
                .append("; COMP_LINE='")
                .append(line)
                .append("'; COMP_POINT=")
                .append(line.length())
                .append(
                        "; complete -p bascule >/dev/null || exit 9; _complete_bascule; printf '%s\\n' \"${COMPREPLY[@]}\"");
        return bash("-c", program.toString(), "bash", script.toString()).lines().toList();
    }

    @ParameterizedTest
    @CsvSource({
        "bascule fol, folder",
        "bascule qual, qualification",
        "bascule folder re, rename remove",
        "bascule device rel, release",
        "bascule sub-device mo, move",
        "bascule sub-device move --t, --to",
        "bascule device assi, assistance",
        "bascule device reb, rebind",
        "bascule device tr, trust",
        "bascule pairing acc, accept",
        "bascule pairing accept --wo, --words",
        "bascule alarm ack, acknowledge",
        "bascule options se, set",
        "bascule rights inherit --prev, --preview",
        "bascule group remove-, remove-member",
        "bascule rights ex, explain",
        "bascule grant li, list",
        "bascule grant --prev, --preview",
        "bascule rights explain --ch, --check",
        "bascule request create --un, --until",
        "bascule completion z, zsh"
    })
    void bashOffersVerbsAndOptions(String line, String expected) throws Exception {
        assertThat(offered(line)).containsExactlyInAnyOrder(expected.split(" "));
    }

    @Test
    void everyCommandIsOffered() throws Exception {
        assertThat(offered("bascule "))
                .containsAll(Bascule.whole().getSubcommands().keySet());
    }

    /** One script serves both; here only its form can be checked. */
    @Test
    void zshGetsAScriptThatLoadsItsEmulation() throws Exception {
        TestUser user = new TestUser(home);
        assertThat(user.run("completion", "zsh")).isZero();
        assertThat(user.out()).contains("bashcompinit");
        bash("-n", script.toString());
        assertThat(user.run("completion", "fish")).isEqualTo(2);
    }
}

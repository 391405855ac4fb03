package org.bascule.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {

    @Test
    void commandLineIsReadFromTheDryRun() throws IOException {
        List<String> printed = List.of(
                "Unable to retrieve infocmp",
                "Dump of JVM Invocation line that would be used to launch:",
                "/usr/bin/java",
                "-cp",
                "a:b",
                "com.sun.enterprise.glassfish.bootstrap.ASMain",
                "-read-stdin",
                "true",
                "",
                "Command start-domain executed successfully.");
        assertThat(PayaraServer.parse(printed))
                .containsExactly(
                        "/usr/bin/java",
                        "-cp",
                        "a:b",
                        "com.sun.enterprise.glassfish.bootstrap.ASMain",
                        "-read-stdin",
                        "true");
    }

    @Test
    void outputWithoutACommandLineIsRefused() {
        assertThatThrownBy(() -> PayaraServer.parse(List.of("There is no such domain.")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("printed no command line");
    }

    @Test
    void ordinaryUserIsTheAccount() {
        assertThat(LocalAccount.choose("carol", null, List.of())).isEqualTo(new LocalAccount("carol", true));
    }

    @Test
    void rootTakesTheUserBehindSudo() {
        List<String> passwd = List.of(
                "root:x:0:0::/root:/bin/bash",
                "first:x:1000:1000::/home/first:/bin/bash",
                "carol:x:1001:1001::/home/carol:/bin/zsh");
        assertThat(LocalAccount.choose("root", "carol", passwd)).isEqualTo(new LocalAccount("carol", true));
    }

    @Test
    void rootNeverTakesRootEvenBehindSudo() {
        List<String> passwd = List.of("root:x:0:0::/root:/bin/bash", "first:x:1000:1000::/home/first:/bin/bash");
        assertThat(LocalAccount.choose("root", "root", passwd)).isEqualTo(new LocalAccount("first", true));
    }

    @Test
    void rootWithoutOrdinaryAccountsTakesNobody() {
        List<String> passwd = List.of(
                "root:x:0:0::/root:/bin/bash",
                "service:x:1000:1000::/:/usr/sbin/nologin",
                "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin",
                "broken line");
        assertThat(LocalAccount.choose("root", null, passwd)).isEqualTo(new LocalAccount("nobody", false));
    }
}

package org.bascule.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRoutesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/login",
                "/devices",
                "/devices/0192b3c4-0000-7000-8000-000000000001",
                "/devices/0192b3c4-0000-7000-8000-000000000001/terminal",
                "/devices/0192b3c4-0000-7000-8000-000000000001/sub-devices",
                "/sessions",
                "/audit"
            })
    void pagesAreKnown(String path) {
        assertThat(PageRoutes.isPage(path)).isTrue();
    }

    /** What the application routes and the server does not know would be shown, but with 404. */
    @Test
    void everyAddressOfTheApplicationIsKnown() throws IOException {
        Matcher path = Pattern.compile("path: \"(/[^\"]*)\"")
                .matcher(Files.readString(Path.of("src/main/frontend/src/app/App.tsx")));
        int found = 0;
        while (path.find()) {
            found++;
            assertThat(PageRoutes.isPage(path.group(1).replaceAll(":[a-z]+", "0192b3c4-0000-7000-8000-000000000001")))
                    .as(path.group(1))
                    .isTrue();
        }
        assertThat(found).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/admin", "/devices/x/y/z", "/devices/../WEB-INF/web.xml", "/audit/", "//", ""})
    void othersAreNot(String path) {
        assertThat(PageRoutes.isPage(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/WEB-INF/web.xml", "/web-inf/web.xml", "/META-INF/MANIFEST.MF", "/assets/", "x"})
    void nothingInsideTheArchiveIsAFile(String path) {
        assertThat(PageRoutes.isFile(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/index-B4xd_9Za.js", "/assets/TerminalTab-a1b2c3d4.css"})
    void hashedNamesAreKeptForever(String path) {
        assertThat(PageRoutes.isImmutable(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/index.html", "/early.js", "/icon.svg", "/assets/plain.js"})
    void othersAreAskedForAgain(String path) {
        assertThat(PageRoutes.isImmutable(path)).isFalse();
    }
}

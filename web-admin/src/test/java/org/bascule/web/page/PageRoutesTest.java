package org.bascule.web.page;

import static org.assertj.core.api.Assertions.assertThat;

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
                "/sessions",
                "/audit"
            })
    void pagesAreKnown(String path) {
        assertThat(PageRoutes.isPage(path)).isTrue();
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
    @ValueSource(strings = {"/index.html", "/theme.js", "/icon.svg", "/assets/plain.js"})
    void othersAreAskedForAgain(String path) {
        assertThat(PageRoutes.isImmutable(path)).isFalse();
    }
}

package org.bascule.system;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks for what keeps people from using a page: the rules of axe, on the page as the browser draws it. */
final class Axe {

    /** As the tests of the pages use it; there after the first build. */
    private static final Path SCRIPT = Path.of("../web-admin/src/main/frontend/node_modules/axe-core/axe.min.js");

    private Axe() {}

    /** What is serious or worse, with the elements that it is about; best empty. */
    static List<String> seriousFindings(Page page) {
        try {
            page.evaluate(Files.readString(SCRIPT));
        } catch (IOException e) {
            throw new AssertionError("axe is not there: build web-admin first", e);
        }
        Object found = page.evaluate(
                """
                async () => (await axe.run()).violations
                  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                  .map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', '))""");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }
}

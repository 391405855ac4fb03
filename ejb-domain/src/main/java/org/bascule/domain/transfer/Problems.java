package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/** What is wrong with an import, up to a limit: after that many nobody reads on. */
final class Problems {

    static final int MAX = 200;

    private final List<ImportProblem> found = new ArrayList<>();

    void report(Line line, Column column, @Template String template, Object... arguments) {
        report(line.number(), column.code(), template, arguments);
    }

    void report(long line, String column, @Template String template, Object... arguments) {
        tell(line, column, Sentence.of(template, arguments));
    }

    void tell(long line, String column, Sentence reason) {
        if (!isFull()) {
            found.add(new ImportProblem(line, column, reason));
        }
    }

    boolean isFull() {
        return found.size() >= MAX;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<ImportProblem> list() {
        return List.copyOf(found);
    }
}

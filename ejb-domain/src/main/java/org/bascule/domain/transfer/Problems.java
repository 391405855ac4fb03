package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with an import, up to a limit: after that many nobody reads on. */
final class Problems {

    static final int MAX = 200;

    private final List<ImportProblem> found = new ArrayList<>();

    void add(Line line, Column column, String reason) {
        add(line.number(), column.code(), reason);
    }

    void add(long line, String column, String reason) {
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

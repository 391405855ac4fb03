package org.bascule.domain.transfer;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An import as its user sees it.
 *
 * @param state {@code running}, {@code done} or {@code failed}
 * @param phase {@code reading}, {@code checking}, {@code writing} or {@code ended}
 * @param done lines that the phase is through with
 * @param problems why it failed; nothing was changed then
 */
public record ImportView(
        String id,
        String format,
        boolean dryRun,
        String state,
        String phase,
        long done,
        long total,
        Counts counts,
        List<ImportProblem> problems,
        Instant created,
        @Nullable Instant finished) {

    /** Numbers of things, by what became or would become of them. */
    public record Counts(long created, long updated, long moved, long deleted, long unchanged, long skipped) {}

    public ImportView {
        problems = List.copyOf(problems);
    }
}

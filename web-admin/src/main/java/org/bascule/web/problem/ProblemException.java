package org.bascule.web.problem;

import java.util.List;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;
import org.jspecify.annotations.Nullable;

/** Ends a request with a {@link Problem}. The cause goes to the log, never to the caller. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        this(problem, null);
    }

    public ProblemException(Problem problem, @Nullable Throwable cause) {
        super(problem.code().code() + " " + problem.reference() + ": " + problem.detail(), cause);
        this.problem = problem;
    }

    public static ProblemException of(ProblemCode code) {
        return new ProblemException(Problem.of(code));
    }

    public static ProblemException of(ProblemCode code, @Template String template, Object... arguments) {
        return new ProblemException(Problem.of(code, template, arguments));
    }

    public static ProblemException invalid(String field, @Template String template, Object... arguments) {
        return new ProblemException(
                Problem.invalid(List.of(new Problem.FieldError(field, Sentence.of(template, arguments)))));
    }

    public Problem problem() {
        return problem;
    }
}

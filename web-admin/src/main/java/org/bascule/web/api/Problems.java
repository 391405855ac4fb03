package org.bascule.web.api;

import jakarta.ejb.EJBException;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.Problem.FieldError;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.WireException;

/** What a failure is to the caller. Whatever is not known to be safe to show becomes {@link ProblemCode#INTERNAL}. */
final class Problems {

    /** Our importers name the member first. */
    private static final Pattern FIELD = Pattern.compile("'([A-Za-z0-9]{1,40})'");

    private static final Map<Integer, ProblemCode> BY_STATUS = Map.of(
            400, ProblemCode.MALFORMED,
            401, ProblemCode.NOT_SIGNED_IN,
            403, ProblemCode.FORBIDDEN,
            404, ProblemCode.NOT_FOUND,
            405, ProblemCode.METHOD_NOT_ALLOWED,
            406, ProblemCode.NOT_ACCEPTABLE,
            413, ProblemCode.TOO_LARGE,
            415, ProblemCode.UNSUPPORTED_MEDIA_TYPE,
            503, ProblemCode.UNAVAILABLE);

    private Problems() {}

    static Problem of(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        if (failure instanceof RefusedException refused) {
            return refused(refused);
        }
        if (failure instanceof WireException wire) {
            return wire(wire);
        }
        if (failure instanceof WebApplicationException web) {
            return Problem.of(code(web.getResponse().getStatus()));
        }
        if (failure instanceof TimeoutException
                || failure instanceof DatabaseException database && database.isDeadlock()) {
            // nothing was changed: two who changed the same waited for each other, and this one was sent back
            return Problem.of(ProblemCode.UNAVAILABLE);
        }
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof CompletionException
                || failure instanceof ExecutionException
                || failure instanceof EJBException;
        return wrapper && cause != null && cause != failure ? of(cause) : Problem.of(ProblemCode.INTERNAL);
    }

    /** 4xx by the framework are about the request; its texts name our classes, so they stay here. */
    static ProblemCode code(int status) {
        return BY_STATUS.getOrDefault(status, ProblemCode.INTERNAL);
    }

    private static Problem refused(RefusedException refused) {
        ProblemCode code = ProblemCode.valueOf(refused.problem().name());
        List<FieldError> fields = refused.fields().stream()
                .map(field -> new FieldError(field.field(), field.detail()))
                .toList();
        Problem problem = new Problem(code, refused.detail(), Problem.of(code).reference(), fields, 0);
        return refused.retryAfter().map(problem::after).orElse(problem);
    }

    /** A member of the wrong form is malformed; one that is merely too long is a value that a person may have typed. */
    private static Problem wire(WireException wire) {
        String message = String.valueOf(wire.getMessage());
        Matcher field = FIELD.matcher(message);
        if (wire.reason() == WireException.Reason.TOO_LARGE && field.find()) {
            return Problem.invalid(List.of(new FieldError(field.group(1), message)));
        }
        return Problem.of(ProblemCode.MALFORMED, "The request is not what this resource expects: " + message + ".");
    }
}

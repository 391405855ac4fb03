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
import org.bascule.domain.refusal.Sentence;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.Problem.FieldError;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.WireException;

/** What a failure is to the caller. Whatever is not known to be safe to show becomes {@link ProblemCode#INTERNAL}. */
final class Problems {

    /** What our importers say of a member that is too long. */
    private static final Pattern TOO_LONG = Pattern.compile("(?:an entry of )?'([A-Za-z0-9]{1,40})'"
            + " (?:is longer than|exceeds|has more than) ([0-9]{1,9}) (characters|bytes|entries)");

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
                .map(field -> new FieldError(field.field(), field.sentence()))
                .toList();
        Problem problem = new Problem(code, refused.sentence(), Problem.of(code).reference(), fields, 0);
        return refused.retryAfter().map(problem::after).orElse(problem);
    }

    /** A member of the wrong form is malformed; one that is merely too long is a value that a person may have typed. */
    private static Problem wire(WireException wire) {
        String message = String.valueOf(wire.getMessage());
        Matcher tooLong = TOO_LONG.matcher(message);
        if (wire.reason() == WireException.Reason.TOO_LARGE && tooLong.matches()) {
            Sentence sentence =
                    tooLong(message.startsWith("an entry"), tooLong.group(3), Long.valueOf(tooLong.group(2)));
            return Problem.invalid(List.of(new FieldError(tooLong.group(1), sentence)));
        }
        return Problem.of(ProblemCode.MALFORMED, "The request is not what this resource expects: %s.", message);
    }

    private static Sentence tooLong(boolean entry, String what, Long max) {
        if (what.equals("entries")) {
            return Sentence.of("More than %,d entries.", max);
        }
        if (entry) {
            return Sentence.of("One of these is longer than %,d characters.", max);
        }
        return what.equals("bytes")
                ? Sentence.of("Longer than %,d bytes.", max)
                : Sentence.of("Longer than %,d characters.", max);
    }
}

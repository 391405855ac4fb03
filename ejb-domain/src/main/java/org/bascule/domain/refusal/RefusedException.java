package org.bascule.domain.refusal;

import jakarta.ejb.ApplicationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that cannot be granted. Rolls the transaction back. The message is for people and safe to show. */
@ApplicationException(rollback = true)
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final Problem problem;
    private final transient List<InvalidField> fields;
    private final @Nullable Duration retryAfter;

    public RefusedException(Problem problem, String detail) {
        this(problem, detail, List.of(), null);
    }

    private RefusedException(Problem problem, String detail, List<InvalidField> fields, @Nullable Duration retryAfter) {
        super(detail);
        this.problem = problem;
        this.fields = fields;
        this.retryAfter = retryAfter;
    }

    /** What is not visible to the caller and what does not exist are told apart by nobody. */
    public static RefusedException notFound() {
        return new RefusedException(Problem.NOT_FOUND, "There is no such resource.");
    }

    public static RefusedException forbidden() {
        return new RefusedException(Problem.FORBIDDEN, "You have no permission for this.");
    }

    public static RefusedException invalid(String field, String detail) {
        return new RefusedException(Problem.INVALID, detail, List.of(new InvalidField(field, detail)), null);
    }

    /** Too much from this address was wrong: nothing is looked at until the time is over. */
    public static RefusedException blocked(Duration left) {
        long minutes = (left.toSeconds() + 59) / 60;
        return new RefusedException(
                Problem.ADDRESS_BLOCKED,
                "There were too many failed attempts from this address. Try again in %d %s."
                        .formatted(minutes, minutes == 1 ? "minute" : "minutes"),
                List.of(),
                left);
    }

    /** Too much is being tried from this address at once. */
    public static RefusedException busy(Duration pause) {
        return new RefusedException(
                Problem.TOO_MANY_REQUESTS, "Too many attempts at once. Try again in a moment.", List.of(), pause);
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /** After which time it may be different; empty where time alone changes nothing. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Which members of the request were wrong; empty unless the problem is {@link Problem#INVALID}. */
    public List<InvalidField> fields() {
        return fields;
    }

    /** One wrong member of a request. */
    public record InvalidField(String field, String detail) {}
}

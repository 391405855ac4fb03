package org.bascule.domain.refusal;

import jakarta.ejb.ApplicationException;
import java.util.List;

/** A request that cannot be granted. Rolls the transaction back. The message is for people and safe to show. */
@ApplicationException(rollback = true)
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final Problem problem;
    private final transient List<InvalidField> fields;

    public RefusedException(Problem problem, String detail) {
        this(problem, detail, List.of());
    }

    private RefusedException(Problem problem, String detail, List<InvalidField> fields) {
        super(detail);
        this.problem = problem;
        this.fields = fields;
    }

    /** What is not visible to the caller and what does not exist are told apart by nobody. */
    public static RefusedException notFound() {
        return new RefusedException(Problem.NOT_FOUND, "There is no such resource.");
    }

    public static RefusedException forbidden() {
        return new RefusedException(Problem.FORBIDDEN, "You have no permission for this.");
    }

    public static RefusedException invalid(String field, String detail) {
        return new RefusedException(Problem.INVALID, detail, List.of(new InvalidField(field, detail)));
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /** Which members of the request were wrong; empty unless the problem is {@link Problem#INVALID}. */
    public List<InvalidField> fields() {
        return fields;
    }

    /** One wrong member of a request. */
    public record InvalidField(String field, String detail) {}
}

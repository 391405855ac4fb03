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
    private final transient Sentence sentence;
    private final transient List<InvalidField> fields;
    private final @Nullable Duration retryAfter;

    /** @param arguments what goes into the template, see {@link Sentence#of} */
    public RefusedException(Problem problem, @Template String template, Object... arguments) {
        this(problem, Sentence.of(template, arguments), List.of(), null);
    }

    private RefusedException(
            Problem problem, Sentence sentence, List<InvalidField> fields, @Nullable Duration retryAfter) {
        super(sentence.toString());
        this.problem = problem;
        this.sentence = sentence;
        this.fields = fields;
        this.retryAfter = retryAfter;
    }

    /** The same with a sentence that was made elsewhere. */
    public static RefusedException saying(Problem problem, Sentence sentence) {
        return new RefusedException(problem, sentence, List.of(), null);
    }

    /** What is not visible to the caller and what does not exist are told apart by nobody. */
    public static RefusedException notFound() {
        return new RefusedException(Problem.NOT_FOUND, "There is no such resource.");
    }

    public static RefusedException forbidden() {
        return new RefusedException(Problem.FORBIDDEN, "You have no permission for this.");
    }

    /** @param arguments what goes into the template, see {@link Sentence#of} */
    public static RefusedException invalid(String field, @Template String template, Object... arguments) {
        return invalidFor(field, Sentence.of(template, arguments));
    }

    /** The same with a sentence that was made elsewhere. */
    public static RefusedException invalidFor(String field, Sentence sentence) {
        return new RefusedException(Problem.INVALID, sentence, List.of(new InvalidField(field, sentence)), null);
    }

    /** Too much from this address was wrong: nothing is looked at until the time is over. */
    public static RefusedException blocked(Duration left) {
        long minutes = (left.toSeconds() + 59) / 60;
        Sentence sentence = minutes == 1
                ? Sentence.of("There were too many failed attempts from this address. Try again in one minute.")
                : Sentence.of(
                        "There were too many failed attempts from this address. Try again in %d minutes.", minutes);
        return new RefusedException(Problem.ADDRESS_BLOCKED, sentence, List.of(), left);
    }

    /** Too much is being tried from this address at once. */
    public static RefusedException busy(Duration pause) {
        return new RefusedException(
                Problem.TOO_MANY_REQUESTS,
                Sentence.of("Too many attempts at once. Try again in a moment."),
                List.of(),
                pause);
    }

    public Problem problem() {
        return problem;
    }

    /** What to say to a person. */
    public Sentence sentence() {
        return sentence;
    }

    /** The sentence in English: for logs and the audit. */
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
    public record InvalidField(String field, Sentence sentence) {}
}

package org.bascule.domain.corporate;

import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/** A provider that does not answer as it must. The message is for people, and repeats nothing that it answered. */
final class UnusableProviderException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient TestResult result;

    UnusableProviderException(TestResult.Code code, @Template String template, Object... arguments) {
        this(new TestResult(code, Sentence.of(template, arguments)));
    }

    private UnusableProviderException(TestResult result) {
        super(result.sentence().toString());
        this.result = result;
    }

    TestResult result() {
        return result;
    }
}

package org.bascule.domain.corporate;

/** A provider that does not answer as it must. The message is for people, and repeats nothing that it answered. */
final class UnusableProviderException extends Exception {

    private static final long serialVersionUID = 1;

    private final TestResult.Code code;

    UnusableProviderException(TestResult.Code code, String message) {
        super(message);
        this.code = code;
    }

    TestResult result() {
        return new TestResult(code, String.valueOf(getMessage()));
    }
}

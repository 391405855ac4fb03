package org.bascule.session.trust;

/** Two heads of one tree of which the answer does not prove that they belong together. The access server is asked before it is refused. */
final class UnprovenException extends TrustException {

    private static final long serialVersionUID = 1L;

    private final long first;
    private final long second;

    UnprovenException(long first, long second) {
        super(
                Check.LOG_FORKED,
                "the access server does not prove that its log of %d entries became that of %d"
                        .formatted(first, second));
        this.first = first;
        this.second = second;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }
}

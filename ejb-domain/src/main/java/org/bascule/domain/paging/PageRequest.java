package org.bascule.domain.paging;

import org.bascule.domain.refusal.RefusedException;

/**
 * Which part of a list is wanted.
 *
 * @param page from 1 to 1,000,000
 * @param size from 1 to 200
 */
public record PageRequest(int page, int size) {

    public static final int MAX_SIZE = 200;
    public static final int MAX_PAGE = 1_000_000;

    public PageRequest {
        if (page < 1 || page > MAX_PAGE) {
            throw new IllegalArgumentException("page " + page + " is not within 1 and " + MAX_PAGE);
        }
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("size " + size + " is not within 1 and " + MAX_SIZE);
        }
    }

    /** Checks numbers that came from outside. */
    public static PageRequest checked(int page, int size) throws RefusedException {
        if (page < 1 || page > MAX_PAGE) {
            throw RefusedException.invalid("page", "The page is 1 to %d.".formatted(MAX_PAGE));
        }
        if (size < 1 || size > MAX_SIZE) {
            throw RefusedException.invalid("size", "The size is 1 to %d.".formatted(MAX_SIZE));
        }
        return new PageRequest(page, size);
    }

    public long offset() {
        return (page - 1L) * size;
    }
}

package org.bascule.domain.paging;

import java.util.List;

/**
 * One page of a list.
 *
 * @param items what is on it, in the order that was asked for
 * @param total how many there are on all pages
 */
public record Page<T>(List<T> items, long total, int page, int size) {

    public Page {
        items = List.copyOf(items);
    }

    public static <T> Page<T> of(List<T> items, long total, PageRequest request) {
        return new Page<>(items, total, request.page(), request.size());
    }
}

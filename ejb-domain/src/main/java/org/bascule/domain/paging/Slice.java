package org.bascule.domain.paging;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list that is read with a {@link Cursor}.
 *
 * @param items what is on it, in the order that was asked for
 * @param next text form of the position behind it; null if it is the last
 */
public record Slice<T>(List<T> items, @Nullable String next) {

    public Slice {
        items = List.copyOf(items);
    }
}

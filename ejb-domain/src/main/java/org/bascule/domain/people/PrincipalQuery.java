package org.bascule.domain.people;

import org.bascule.domain.paging.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Which users or groups are wanted; null stands for "any".
 *
 * @param text part of the name or the description
 * @param folder id of a folder; those in folders below it are included
 * @param group id of a group whose direct members are wanted; for users alone
 * @param cursor by name and id
 */
public record PrincipalQuery(@Nullable String text, @Nullable String folder, @Nullable String group, Cursor cursor) {

    /** Sort keys of a list. */
    public static final int KEYS = 2;
}

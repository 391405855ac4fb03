package org.bascule.domain.directory;

import org.bascule.domain.paging.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Which folders are wanted.
 *
 * @param cursor by name and id
 */
public record FolderQuery(Scope scope, @Nullable String value, Cursor cursor) {

    /** Sort keys of a list of folders. */
    public static final int KEYS = 2;

    /** Where to look. */
    public enum Scope {
        /** The folders above which the caller sees none. */
        TOP,
        /** Those directly in the folder whose id is the value. */
        CHILDREN,
        /** Those anywhere whose name or description contains the value. */
        SEARCH,
        /** All. */
        ALL
    }

    public static FolderQuery top(Cursor cursor) {
        return new FolderQuery(Scope.TOP, null, cursor);
    }

    public static FolderQuery childrenOf(String folder, Cursor cursor) {
        return new FolderQuery(Scope.CHILDREN, folder, cursor);
    }

    public static FolderQuery containing(String text, Cursor cursor) {
        return new FolderQuery(Scope.SEARCH, text, cursor);
    }

    public static FolderQuery all(Cursor cursor) {
        return new FolderQuery(Scope.ALL, null, cursor);
    }
}

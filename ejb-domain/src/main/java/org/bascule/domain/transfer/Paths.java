package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.directory.FolderPaths;
import org.jspecify.annotations.Nullable;

/** Paths as text: {@code /} is the root folder, {@code /Customer/Plant\/7} what is two levels below it. */
final class Paths {

    static final String ROOT = "/";

    private Paths() {}

    static String of(List<String> names) {
        return FolderPaths.text(names);
    }

    /** Where a folder is, from the root folder down. */
    static String of(@Nullable String folderId, Map<String, DirectoryState.Folder> folders) {
        List<String> names = new ArrayList<>();
        DirectoryState.Folder folder = folderId == null ? null : folders.get(folderId);
        while (folder != null && folder.parent() != null) {
            names.add(0, folder.name());
            folder = folders.get(folder.parent());
        }
        return of(names);
    }

    /** The names of a path; empty for a text that is none. */
    static Optional<List<String>> names(String path) {
        if (path.equals(ROOT)) {
            return Optional.of(List.of());
        }
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        List<String> names =
                Lists.split(path.substring(1), '/').stream().map(String::strip).toList();
        return names.stream().anyMatch(String::isEmpty) ? Optional.empty() : Optional.of(names);
    }
}

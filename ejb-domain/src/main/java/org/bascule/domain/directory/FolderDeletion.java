package org.bascule.domain.directory;

import java.util.List;

/**
 * What goes when a folder is deleted: as far as the caller sees it.
 *
 * @param folders with the folder itself
 * @param entries permission entries on any of it
 * @param names of the first devices
 */
public record FolderDeletion(
        long folders,
        long devices,
        long subDevices,
        long users,
        long groups,
        long entries,
        long tokens,
        long sessions,
        List<String> names) {}

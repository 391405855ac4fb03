package org.bascule.domain.directory;

import java.util.List;

/**
 * What goes when a folder is deleted: as far as the caller sees it.
 *
 * @param folders with the folder itself
 * @param tokens for enrolment into it
 * @param assistance requests for help that nobody has closed
 * @param settings session policies and fixed relays of folders and devices, and fixed relays of users
 * @param contracts of folders
 * @param limitedTokens API tokens of users who stay, which no longer count in folders that go
 * @param partnerFolders places that people of partner organisations reach
 * @param people what goes with its users and groups; entries, access requests and sessions are those of everything in it
 * @param names of the first devices
 */
public record FolderDeletion(
        long folders,
        long devices,
        long subDevices,
        long users,
        long groups,
        long tokens,
        long assistance,
        long settings,
        long contracts,
        long limitedTokens,
        long partnerFolders,
        PrincipalDeletion people,
        List<String> names) {}

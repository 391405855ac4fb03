package org.bascule.domain.directory;

/**
 * What goes with users and groups that are deleted: as far as the caller sees it.
 *
 * @param entries permission entries about them, and on them
 * @param memberships in groups, and of members
 * @param apiTokens of users
 * @param accessRequests those that nobody has decided
 * @param settings fixed relays of users
 * @param signIns that go on
 * @param signInRules places in the settings of the sign-in and of identity providers
 * @param sessions that have not ended
 */
public record PrincipalDeletion(
        long entries,
        long memberships,
        long qualifications,
        long apiTokens,
        long accessRequests,
        long settings,
        long signIns,
        long signInRules,
        long sessions) {}

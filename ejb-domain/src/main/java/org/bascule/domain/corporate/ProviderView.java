package org.bascule.domain.corporate;

import java.util.List;
import org.bascule.domain.directory.Named;
import org.jspecify.annotations.Nullable;

/**
 * A provider as an administrator sees it.
 *
 * @param addresses what has to be registered there; null for a directory
 * @param users who came with it
 * @param groupNames of the mapped groups; empty for those that the caller does not see
 * @param folderNames of a partner's folders
 */
public record ProviderView(
        String id,
        String name,
        boolean enabled,
        Way way,
        boolean secretSet,
        List<GroupMapping> groups,
        @Nullable Partner partner,
        @Nullable Addresses addresses,
        long users,
        List<Named> groupNames,
        List<Named> folderNames,
        long revision) {

    /**
     * Of the domain's realm.
     *
     * @param metadata null but for SAML
     */
    public record Addresses(String redirect, String logout, @Nullable String metadata) {}
}

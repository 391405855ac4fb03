package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Named;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.jspecify.annotations.Nullable;

/** What is shown of a domain's providers. */
@Dependent
class ProviderViews {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    CorporateUsers users;

    @Inject
    Identities identities;

    /** As the caller may see them: of names of groups and folders only those that he sees. */
    List<ProviderView> of(Caller caller, List<StoredProvider> providers) {
        Map<String, Long> counts = users.counts(caller.domainId());
        Set<String> shown = new TreeSet<>();
        for (StoredProvider provider : providers) {
            shown.addAll(GroupMapping.ours(provider.groups()));
            shown.addAll(folders(provider.partner()));
        }
        Map<String, String> names = names(caller, shown);
        return providers.stream()
                .map(one -> new ProviderView(
                        one.id(),
                        one.name(),
                        one.enabled(),
                        one.way(),
                        one.sealedSecret() != null,
                        one.groups(),
                        one.partner(),
                        one.way().kind() == Kind.LDAP ? null : addresses(caller.domainId(), one),
                        counts.getOrDefault(one.id(), 0L),
                        named(GroupMapping.ours(one.groups()), names),
                        named(folders(one.partner()), names),
                        one.revision()))
                .toList();
    }

    private static Set<String> folders(@Nullable Partner partner) {
        return partner == null ? Set.of() : partner.folders();
    }

    private static List<Named> named(Collection<String> ids, Map<String, String> names) {
        return ids.stream().map(id -> new Named(id, names.getOrDefault(id, ""))).toList();
    }

    /** Of those that the caller sees. */
    private Map<String, String> names(Caller caller, Set<String> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        Map<String, String> names = new HashMap<>();
        sql.in(caller.domainId())
                .statement("select id, name, kind from resource where domain_id = :domain and id in (:ids)")
                .set("ids", ids)
                .list(row -> {
                    Permission needed = row.text(3).equals("folder") ? Permission.SEE_RESOURCES : Permission.SEE_USERS;
                    boolean seen =
                            permissions.getOrDefault(row.text(1), Set.of()).contains(needed);
                    return seen ? names.put(row.text(1), row.text(2)) : null;
                });
        return names;
    }

    /** Where the provider sends people and log-outs. */
    ProviderView.Addresses addresses(String domainId, StoredProvider provider) {
        String issuer = domain(domainId).issuer();
        String broker = issuer + "/broker/" + provider.id() + "/endpoint";
        boolean saml = provider.way().kind() == Kind.SAML;
        return new ProviderView.Addresses(
                broker,
                saml ? broker : issuer + "/protocol/openid-connect/logout/backchannel-logout",
                saml ? broker + "/descriptor" : null);
    }

    DomainReference domain(String domainId) {
        return identities
                .domainOfId(domainId)
                .orElseThrow(() -> new IllegalStateException("there is no domain " + domainId));
    }
}

package org.bascule.domain.startup;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.realm.DomainFounder;
import org.bascule.domain.refusal.RefusedException;

/** Creates the domains of a {@link BootstrapFile} that do not exist; one that does is left alone. */
@Stateless
public class Bootstrap {

    private static final Logger LOG = System.getLogger(Bootstrap.class.getName());

    @Inject
    Identities identities;

    @Inject
    DomainFounder founder;

    @Inject
    Entries entries;

    @Inject
    Uuid7 ids;

    /** Creates one domain with everything that it needs, or nothing. */
    public void create(BootstrapFile.Domain domain) {
        if (identities.domainOfName(domain.name()).isPresent()) {
            return;
        }
        try {
            String id = ids.next();
            DomainFounder.Founded founded = founder.found(id, domain.name(), domain.realm(), "of the bootstrap file");
            Map<String, String> users = createUsers(id, domain, founded.groups());
            for (BootstrapFile.Entry entry : domain.entries()) {
                entries.add(
                        id,
                        founded.root(),
                        principal(entry, users, founded.groups()),
                        entry.permission(),
                        entry.effect());
            }
            LOG.log(Level.INFO, "domain {0} was created", domain.name());
        } catch (DuplicateException | RefusedException e) {
            throw new IllegalStateException(
                    "the domain " + domain.name() + " of the bootstrap file cannot be created", e);
        }
    }

    private Map<String, String> createUsers(String domainId, BootstrapFile.Domain domain, Map<String, String> groups)
            throws RefusedException {
        Map<String, String> users = new HashMap<>();
        for (BootstrapFile.User user : domain.users()) {
            Map<String, String> of = new LinkedHashMap<>();
            user.groups().forEach(group -> of.put(group, named(groups, group)));
            founder.addUser(domainId, user.id(), user.name(), of);
            users.put(user.name(), user.id());
        }
        return users;
    }

    private static String principal(BootstrapFile.Entry entry, Map<String, String> users, Map<String, String> groups) {
        return entry.user()
                .map(user -> named(users, user))
                .orElseGet(() -> named(groups, entry.group().orElseThrow()));
    }

    private static String named(Map<String, String> known, String name) {
        return Optional.ofNullable(known.get(name))
                .orElseThrow(() ->
                        new IllegalStateException("the bootstrap file names '" + name + "', which it does not define"));
    }
}

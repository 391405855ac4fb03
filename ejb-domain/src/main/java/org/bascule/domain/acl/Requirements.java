package org.bascule.domain.acl;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bascule.domain.database.PresentTransaction;

/**
 * The permissions that the present transaction required and found held, from {@link #note} on: whoever is to get its result a second time must still
 * hold them.
 */
@Dependent
public class Requirements {

    @Inject
    PresentTransaction transaction;

    /** A permission on a resource. */
    public record Requirement(Permission permission, String resource) {}

    private record Key() {}

    private record Noted(Set<Requirement> requirements) {}

    /** Begins to note. */
    public void note() {
        transaction.put(new Key(), new Noted(new LinkedHashSet<>()));
    }

    /** What was noted; empty where nothing was to be. */
    public List<Requirement> noted() {
        return transaction
                .get(new Key())
                .map(Noted.class::cast)
                .map(noted -> List.copyOf(noted.requirements()))
                .orElseGet(List::of);
    }

    void met(Permission permission, String resource) {
        transaction.get(new Key()).map(Noted.class::cast).ifPresent(noted -> noted.requirements()
                .add(new Requirement(permission, resource)));
    }
}

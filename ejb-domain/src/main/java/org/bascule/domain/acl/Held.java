package org.bascule.domain.acl;

import java.util.Optional;
import java.util.Set;

/** Who owns a domain at one time: what was there before a change must be there after it. A domain that lacked something before goes on without it. */
public final class Held {

    private final Ownership present;
    private final Ownership all;
    private final Optional<String> breakGlass;

    /**
     * @param present those who can sign in
     * @param all these, and those who could if their accounts were switched on and had no end
     * @param breakGlass who signs in without a company's provider, where nobody else does
     */
    Held(Ownership present, Ownership all, Optional<String> breakGlass) {
        this.present = present;
        this.all = all;
        this.breakGlass = breakGlass;
    }

    boolean hasOwner() {
        return !present.owners().isEmpty();
    }

    /** Whether who signs in without a provider is an owner. */
    boolean opens() {
        return breakGlass.filter(one -> !present.owners().contains(one)).isEmpty();
    }

    boolean hasLostOwner(Held before) {
        return before.hasOwner() && !hasOwner() || before.opens() && !opens();
    }

    /** What could be passed on before and cannot now, by those who can sign in, or not even by the others: these may be switched on again. */
    Set<Permission> lostSince(Held before) {
        Set<Permission> lost = present.lostSince(before.present);
        lost.addAll(all.lostSince(before.all));
        return lost;
    }
}

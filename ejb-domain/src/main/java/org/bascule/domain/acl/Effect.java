package org.bascule.domain.acl;

import java.util.Locale;

/** What an entry says. */
public enum Effect {
    ALLOW,
    DENY;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}

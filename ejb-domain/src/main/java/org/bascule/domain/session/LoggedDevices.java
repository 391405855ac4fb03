package org.bascule.domain.session;

import org.bascule.domain.acl.Scope;

/** The devices of the connection log, {@code s} in statements, as {@code r}: what of it a reader sees. */
final class LoggedDevices {

    static final String JOIN = " left join resource r on r.domain_id = :domain and r.id = s.device_id";

    private LoggedDevices() {}

    /**
     * The condition for what is seen. A device that is gone is nowhere in the tree: its connections are the whole domain's.
     *
     * @param whole whether the reader may view the log of the domain
     */
    static String visible(Scope scope, boolean whole) {
        return "(" + (whole ? "r.id is null or " : "") + scope.things("r") + ")";
    }
}

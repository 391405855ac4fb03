package org.bascule.domain.database;

import java.util.Optional;

/** Statements of the application's account, in the present transaction. */
public final class Sql {

    private final ConnectionSource connections;

    public Sql(ConnectionSource connections) {
        this.connections = connections;
    }

    /** What belongs to one domain: every statement must use {@code :domain}, which is bound here. */
    public Scope in(String domainId) {
        return new Scope(connections, Optional.of(domainId));
    }

    /** What belongs to the installation, or is looked for before its domain is known. Used sparingly: each use is a place to review. */
    public Scope acrossDomains() {
        return new Scope(connections, Optional.empty());
    }

    /** Where statements are made. */
    public static final class Scope {
        private final ConnectionSource connections;
        private final Optional<String> domainId;

        private Scope(ConnectionSource connections, Optional<String> domainId) {
            this.connections = connections;
            this.domainId = domainId;
        }

        /**
         * A statement with named parameters such as {@code :name}.
         *
         * @throws IllegalArgumentException if a domain's statement does not use {@code :domain}
         */
        public Statement statement(String text) {
            NamedParameters parsed = NamedParameters.parse(text);
            if (domainId.isPresent() && !parsed.names().contains("domain")) {
                throw new IllegalArgumentException("a statement of a domain must bind :domain");
            }
            Statement statement = new Statement(connections, parsed);
            domainId.ifPresent(id -> statement.set("domain", id));
            return statement;
        }
    }
}

package org.bascule.domain.schema;

/** The schema could not be migrated: the application must not start. */
public final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}

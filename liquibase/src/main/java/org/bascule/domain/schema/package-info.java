/**
 * Brings the database to the schema that this version needs.
 *
 * <p>Invariants: runs on a connection that may alter the schema, which nothing else uses; two servers that start at the same time take turns;
 * a shipped changeset is never edited.
 */
@NullMarked
package org.bascule.domain.schema;

import org.jspecify.annotations.NullMarked;

/**
 * The way to the database: statements, rows, transactions.
 *
 * <p>Invariants: whatever belongs to a domain goes through {@link org.bascule.domain.database.Sql#in}, which binds the domain in one place and
 * refuses a statement that does not mention it; values are always parameters; times are UTC whatever the time zone of server or driver. No
 * statement of a feature belongs here.
 */
@NullMarked
package org.bascule.domain.database;

import org.jspecify.annotations.NullMarked;

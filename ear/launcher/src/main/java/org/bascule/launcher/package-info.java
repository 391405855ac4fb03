/**
 * Runs the whole system on one machine: MariaDB, Keycloak, Payara Server with the application, two relays, and a sample device.
 *
 * <p>Start with {@link org.bascule.launcher.Demo#start}. Invariants: nothing listens beyond the loopback interface; every password is
 * generated; no program outlives the launcher; the state folder is complete or its parts are made anew. Tests use the same classes as
 * {@code mvn -Pdemo}.
 */
@NullMarked
package org.bascule.launcher;

import org.jspecify.annotations.NullMarked;

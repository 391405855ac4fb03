/**
 * The control socket of the running agent: {@code control.sock} in the state folder, for the commands of {@code bascule-agent} and nobody else. One request and one answer a
 * connection, both one line of JSON. Invariant: whoever may not read the state folder cannot say anything here; a peer that is neither the agent's account nor root is refused
 * even if it could connect. Thread-safe.
 */
@NullMarked
package org.bascule.agent.local;

import org.jspecify.annotations.NullMarked;

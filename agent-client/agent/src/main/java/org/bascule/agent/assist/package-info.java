/**
 * Asking for help from this device ({@code bascule-agent assist}). The command line and the running agent meet in the folder {@code assistance}: the command
 * alone writes {@code request.json}, the agent alone {@code state.json}. Invariant: a request is on the disk until the server has told its state.
 */
@NullMarked
package org.bascule.agent.assist;

import org.jspecify.annotations.NullMarked;

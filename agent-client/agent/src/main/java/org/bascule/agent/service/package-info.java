/**
 * What a session can do on the device: a terminal, a command. Invariants: nothing starts before {@link org.bascule.agent.account.AccountRules} gave an
 * account; the environment is made anew, nothing of the agent's own reaches it; when a stream ends, what it started is ended; what a stream has no
 * credit for stays unread at its source.
 */
@NullMarked
package org.bascule.agent.service;

import org.jspecify.annotations.NullMarked;

/**
 * The consent of the person at the device (requirement DEV-6, {@code docs/protocol/consent.md}): questions, answers, and what was granted until the session comes.
 *
 * <p>Invariant: a session that needs consent starts with nothing but what a person granted for it, once, within 120 s; nobody answering, an answer too late, and anything that goes wrong refuse.
 */
@NullMarked
package org.bascule.agent.consent;

import org.jspecify.annotations.NullMarked;

/**
 * The question on the display of the person at the device: a process of its own, as the account whose display it is, so that the agent loads no window toolkit and shows nothing with its own rights.
 *
 * <p>Invariants: what is shown is text, never markup; the keyboard alone does not grant by accident; a dialog that is closed, killed or cannot be shown grants nothing.
 */
@NullMarked
package org.bascule.agent.consent.dialog;

import org.jspecify.annotations.NullMarked;

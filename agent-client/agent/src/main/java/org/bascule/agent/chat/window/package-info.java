/**
 * The chat in a window on the display of the person at the device: a process of its own, as the account whose display it is. Invariants: what is shown is text, never markup; a
 * message counts as shown when it stands in a window that is open.
 */
@NullMarked
package org.bascule.agent.chat.window;

import org.jspecify.annotations.NullMarked;
